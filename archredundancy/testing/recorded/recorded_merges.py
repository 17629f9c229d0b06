"""Each `mergeInData` of a recording as evidence of the moment before it, and the files after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from archredundancy.errors import InputError, WireError
from archredundancy.model import (
    ChunkSummary,
    Evidence,
    FailureKind,
    MergeEvidence,
    Partition,
    ReadFailure,
    Reading,
    Samples,
    SideEvidence,
    StoreUrl,
    TimeRange,
    TypeInfo,
    chunk_key,
    start_of_year,
)
from archredundancy.segments import Segments
from archredundancy.testing.recorded.golden import Recording
from archredundancy.wire import Chunk, read_chunks

__all__ = ["RecordedMerge", "recorded_merges"]

#: The recordings hold samples of 2031, and one PV has them on purpose; here they are past.
_ASKED = TimeRange(start=start_of_year(1971), end=start_of_year(2040))
_NOW = start_of_year(2039)
_OTHER = {"P": "S", "S": "P"}


@dataclass(frozen=True, kw_only=True)
class RecordedMerge:
    """One merge.

    Attributes
    ----------
    recording : str
    step : int
        Number of the request in the recording.
    pv : str
    status : int
        HTTP status of the answer.
    evidence : MergeEvidence
        As if it had been asked before the merge and before any consolidation. The cluster merged into is the primary.
    after : Samples
        What the files of the store merged into hold afterwards.
    """

    recording: str
    step: int
    pv: str
    status: int
    evidence: MergeEvidence
    after: Samples


def recorded_merges(recording: Recording) -> Iterator[RecordedMerge]:
    """Yield the merges between P and S into a store that exists, each with the next look at the files."""
    merged: set[str] = set()
    for number, step in enumerate(recording.steps):
        path = urlsplit(step.get("path", ""))
        if path.path.endswith("/mergeInData") and step["cluster"] in _OTHER:
            query = {key: values[0] for key, values in parse_qs(path.query).items()}
            infos = _type_infos(recording, query.get("pv", ""))
            after = next((each["files"] for each in recording.steps[number:] if "files" in each), None)
            if infos.keys() == _OTHER.keys() and after is not None and query.get("storage") == "LTS":
                initial = recording.files if query["pv"] not in merged else []
                before = initial or _files_before(recording, number)
                merged.add(query["pv"])
                yield _merge(recording, number, infos, before, after)


def _type_infos(recording: Recording, pv: str) -> dict[str, TypeInfo]:
    return {each["cluster"]: TypeInfo.from_reply(each["typeinfo"]) for each in recording.pvs if each["pv"] == pv}


def _files_before(recording: Recording, number: int) -> Sequence[Mapping[str, Any]]:
    return next((each["files"] for each in reversed(recording.steps[:number]) if "files" in each), [])


def _merge(
    recording: Recording,
    number: int,
    infos: Mapping[str, TypeInfo],
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
) -> RecordedMerge:
    step = recording.steps[number]
    primary = step["cluster"]
    secondary = _OTHER[primary]
    mine = _files(recording, before, primary, infos[primary])
    theirs = _files(recording, before, secondary, infos[secondary])
    results = [file for file in _files(recording, after, primary, infos[primary]) if file.store == "LTS"]
    empty = (file for file in mine if file.store == "LTS" and not any(len(chunk.samples) for chunk in file.chunks))
    evidence = Evidence(
        pv=infos[primary].pv,
        asked=_ASKED,
        now=_NOW,
        primary=_side(infos[primary], mine),
        secondary=_side(infos[secondary], theirs),
    )
    return RecordedMerge(
        recording=recording.name,
        step=number,
        pv=evidence.pv,
        status=step["status"],
        evidence=MergeEvidence(
            evidence=evidence, storage="LTS", certified=True, empty_files=tuple(file.partition.name for file in empty)
        ),
        after=_joined(results, infos[primary]),
    )


@dataclass(frozen=True)
class _File:
    store: str
    partition: Partition
    chunks: list[Chunk]
    is_damaged: bool


def _files(recording: Recording, entries: Sequence[Mapping[str, Any]], cluster: str, info: TypeInfo) -> list[_File]:
    """Return one PV's files on one cluster in order of time; one of another granularity than its store's is none."""
    stores = {store.name: store for store in info.stores}
    found = []
    for entry in entries:
        path = f"{entry['store']}/{entry['path']}" if "store" in entry else entry["path"]
        folder, _, name = path.partition("/")
        name = name.removesuffix(".pb")
        prefix = chunk_key(info.pv)
        if entry["cluster"] == cluster and name.startswith(prefix) and path.endswith(".pb"):
            partition = _partition(name.removeprefix(prefix), stores[folder.upper()])
            if partition is not None:
                found.append(_read(folder.upper(), partition, recording.body(dict(entry))))
    return sorted(found, key=lambda file: file.partition)


def _partition(name: str, store: StoreUrl) -> Partition | None:
    try:
        return None if store.granularity is None else Partition.from_name(name, store.granularity)
    except InputError:
        return None


def _read(store: str, partition: Partition, data: bytes) -> _File:
    try:
        chunks = read_chunks(data)
    except WireError:
        chunks = []
    return _File(store, partition, chunks, not chunks or any(chunk.damages for chunk in chunks))


def _side(info: TypeInfo, files: list[_File]) -> SideEvidence:
    damaged = [TimeRange(start=file.partition.start, end=file.partition.end) for file in files if file.is_damaged]
    samples = _joined(files, info)
    reading = Reading(
        pv=info.pv,
        cluster=info.appliance,
        asked=_ASKED,
        samples=samples,
        before=Samples.empty(samples.dbr_type),
        known=Segments.of((_ASKED.start, _ASKED.end)) - Segments.of(*((span.start, span.end) for span in damaged)),
        failures=tuple(ReadFailure(range=span, kind=FailureKind.DAMAGED, message="damaged file") for span in damaged),
        layout=tuple(_summary(chunk) for file in files for chunk in file.chunks),
    )
    return SideEvidence(reading=reading, type_info=info)


def _joined(files: list[_File], info: TypeInfo) -> Samples:
    """Return the samples of all files that have the configured type."""
    blocks = [chunk.samples for file in files for chunk in file.chunks if chunk.header.dbr_type is info.dbr_type]
    return Samples.concatenate([Samples.empty(info.dbr_type), *blocks])


def _summary(chunk: Chunk) -> ChunkSummary:
    times = chunk.samples.time
    first, last = (int(times[0]), int(times[-1])) if len(times) else (None, None)
    return ChunkSummary(
        dbr_type=chunk.header.dbr_type, year=chunk.header.year, count=len(times), first=first, last=last
    )
