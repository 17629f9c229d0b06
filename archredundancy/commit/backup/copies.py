"""Copies of samples in the run folder: what both sides had before, and what was promised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from archredundancy.client import RetrievalClient
from archredundancy.commit.disk.durable import make_private_folder, write_durably
from archredundancy.commit.journal.history import Copy
from archredundancy.errors import StoreError, VerificationError, WireError
from archredundancy.model import DbrType, Partition, Samples, TimeRange, year_of
from archredundancy.wire import ChunkHeader, encode_chunk, read_chunks

__all__ = ["back_up", "content_of", "read_copies", "read_copy", "save_hidden", "save_promised"]


def back_up(reader: RetrievalClient, pv: str, partition: Partition, run: Path, folder: str, round_name: str) -> Copy:
    """Save what a cluster answers for a partition, byte for byte, durably.

    Parameters
    ----------
    reader : RetrievalClient
        Of the member that owns the PV.
    pv : str
    partition : Partition
    run : Path
        The run folder.
    folder : str
        Of the PV inside it.
    round_name : str
        Tells copies made at different times apart.

    Raises
    ------
    ArchRedundancyError
        If the cluster cannot be asked.
    StoreError
        If the copy cannot be written.
    """
    body = b"".join(reader.raw_blocks(pv, TimeRange(start=partition.start, end=partition.end)))
    return _save(reader.name, partition.name, body, run, f"{folder}/{reader.name}/{partition.name}.{round_name}.raw")


def save_promised(samples: Samples, pv: str, partitions: Iterable[Partition], run: Path, folder: str) -> Iterator[Copy]:
    """Save the promised samples as PB files, durably; yields a copy for each partition that has any."""
    return _save_files("promised", samples, pv, partitions, run, f"{folder}/promised/")


def save_hidden(
    samples: Samples, pv: str, partitions: Iterable[Partition], run: Path, folder: str, key: str
) -> Iterator[Copy]:
    """Save samples that the primary does not show, with names and folders as a store has them; see `save_promised`."""
    return _save_files("hidden", samples, pv, partitions, run, f"{folder}/hidden/{key}")


def _save_files(
    side: str, samples: Samples, pv: str, partitions: Iterable[Partition], run: Path, prefix: str
) -> Iterator[Copy]:
    for partition in partitions:
        inside = samples.between(partition.start, partition.end)
        if len(inside):
            header = ChunkHeader(dbr_type=samples.dbr_type, pv=pv, year=year_of(partition.start))
            yield _save(side, partition.name, encode_chunk(header, inside), run, f"{prefix}{partition.name}.pb")


def _save(side: str, partition: str, content: bytes, run: Path, file: str) -> Copy:
    path = run / file
    try:
        make_private_folder(path.parent)
        write_durably(path, content)
    except OSError as error:
        raise StoreError(
            f"the copy {path} cannot be written: {error}; make room, and plan again", path=str(path)
        ) from error
    return Copy(side=side, partition=partition, file=file, sha256=sha256(content).hexdigest())


def read_copy(run: Path, copy: Copy, partition: Partition, dbr_type: DbrType) -> Samples:
    """Return the samples of a copy that lie in its partition, in stored order.

    Raises
    ------
    StoreError
        If the file is not there.
    VerificationError
        If it is not what was written, cannot be read, or holds another type.
    """
    path, content = run / copy.file, content_of(run, copy)
    try:
        chunks = [chunk.samples for chunk in read_chunks(content, strict=True) if len(chunk.samples)]
    except WireError as error:
        raise VerificationError(f"the copy {path} is damaged: {error}; the cluster sent it like that", pv="") from error
    inside = [cut for samples in chunks if len(cut := _inside(samples, partition))]
    if any(samples.dbr_type is not dbr_type for samples in inside):
        raise VerificationError(f"the copy {path} holds samples of another type than {dbr_type.name}", pv="")
    return Samples.concatenate([Samples.empty(dbr_type), *inside])


def content_of(run: Path, copy: Copy) -> bytes:
    """Return the bytes of a copy, as they were written.

    Raises
    ------
    StoreError
        If the file is not there.
    VerificationError
        If it is not what was written.
    """
    path = run / copy.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StoreError(f"the copy {path} cannot be read: {error}", path=str(path)) from error
    if sha256(content).hexdigest() != copy.sha256:
        raise VerificationError(f"the copy {path} is not what was written: its SHA-256 has changed", pv="")
    return content


def read_copies(
    run: Path, copies: Mapping[str, Copy], partitions: Mapping[str, Partition], dbr_type: DbrType
) -> Samples:
    """Return the samples of several copies, in order of time; of partitions without a copy, none."""
    parts = [read_copy(run, copies[name], partitions[name], dbr_type) for name in partitions if name in copies]
    return Samples.concatenate([Samples.empty(dbr_type), *parts])


def _inside(samples: Samples, partition: Partition) -> Samples:
    """Return the samples of a partition: an answer begins with one before it, and may end with one after it."""
    rows = (samples.time >= partition.start) & (samples.time < partition.end)
    return samples.take(rows.nonzero()[0])
