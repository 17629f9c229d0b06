"""Asking a secondary as its users do, and both sides for themselves."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import numpy as np

from archredundancy.client import AwayReader, RetrievalClient
from archredundancy.client.retrieval.answer import Answer
from archredundancy.client.windows import probe_at, whole_seconds
from archredundancy.coverage import ViewAnswer, ViewEvidence
from archredundancy.errors import ArchRedundancyError, InputError, UnknownPVError
from archredundancy.model import NS_PER_SECOND, FailureKind, TimeRange
from archredundancy.survey.merge_survey import external_of, urls_of
from archredundancy.survey.survey import Source, owner_of, reader_of, survey

__all__ = ["survey_merged_view", "view_answer"]

#: For how long samples may be in the memory of an engine only, ns: then two requests may get different ones.
_SETTLES = 60 * NS_PER_SECOND
_CUT = (FailureKind.CUT_SHORT, FailureKind.TIMEOUT)


def survey_merged_view(pv: str, asked: TimeRange, primary: Source, secondary: Source, now: int) -> ViewEvidence:
    """Ask the secondary as its users do, and both sides for themselves.

    Parameters
    ----------
    pv : str
    asked : TimeRange
        The newest minute before `now` is left out: its samples may still be in the memory of an engine.
    primary, secondary : Source
    now : int, ns since 1970 UTC

    Returns
    -------
    ViewEvidence

    Raises
    ------
    InputError
        If the secondary is a folder of files, the range is newer than the newest minute, or the two clusters proxy each
        other, or that cannot be ruled out: one such request ends both.
    ArchRedundancyError
        If the secondary cannot be asked.

    Notes
    -----
    Cost: one request to the primary, one to the secondary, which asks the primary again, and that of `survey`, one
    after the other so that none slows another down.
    """
    asked = _settled(asked, now)
    client = _client_of(secondary, pv)
    merges = _merges(primary, secondary)
    _warm_up(primary, secondary, pv=pv, asked=asked)
    primary_seconds = _time_alone(primary, pv, asked)
    answer = _ask_as_users_do(client, pv, asked)
    started = time.perf_counter()
    evidence = survey(pv, asked, primary, secondary, now)
    return ViewEvidence(
        evidence=evidence,
        answer=answer,
        merges=merges,
        primary_seconds=primary_seconds,
        union_seconds=time.perf_counter() - started,
    )


def _settled(asked: TimeRange, now: int) -> TimeRange:
    """Return a range without the newest minute.

    Raises
    ------
    InputError
        If nothing is left.
    """
    end = min(asked.end, now - _SETTLES)
    if end <= asked.start:
        raise InputError(
            f"{asked} has nothing older than a minute; the newest samples may still be in the memory of an engine, so "
            "give an earlier start"
        )
    return replace(asked, end=end)


def _client_of(source: Source, pv: str) -> RetrievalClient:
    """Return what asks the member that owns a PV.

    Raises
    ------
    InputError
        If the side is a folder of files, or the owner is not in the cluster now.
    ConnectionFailed
        If the side did not answer when the pair was opened.
    """
    owner = owner_of(source, pv)
    reader = reader_of(source, owner)
    if isinstance(reader, AwayReader):
        raise reader.error
    if reader is None:
        raise InputError(f"{pv} belongs to the member {owner!r}, which is not in the cluster now; ask again when it is")
    if not isinstance(reader, RetrievalClient):
        raise InputError(f"{source.name} is a folder of files, which merges nothing; name a cluster as secondary")
    return reader


def _merges(primary: Source, secondary: Source) -> bool | None:
    """Return whether the secondary merges the primary's samples; None where it cannot be asked.

    Raises
    ------
    InputError
        If the primary passes on what the secondary has, too, or may do so.
    """
    theirs = external_of(secondary.management)
    if any(isinstance(reader, RetrievalClient) for reader in primary.readers.values()):
        _refuse_mutual(external_of(primary.management), urls_of(secondary))
    return None if theirs is None else _names(theirs, urls_of(primary))


def _refuse_mutual(external: tuple[str, ...] | None, secondary: tuple[str, ...]) -> None:
    """Refuse to ask where the answer may never come to an end.

    Raises
    ------
    InputError
        If the primary merges other archivers' samples, passes on the secondary's, or cannot be asked.
    """
    why = "where two clusters proxy each other, one request without skipExternalServers takes all threads of both"
    if external is None:
        raise InputError(
            f"the primary's external servers are not known, and {why}; open the pair with the primary's management URL"
        )
    if any("mergeDuringRetrieval" in url for url in external) or _names(external, secondary, merging=False):
        raise InputError(
            f"the primary passes on what {', '.join(external)} has, and {why}; remove it "
            "(removeExternalArchiverServer, then resetFailoverCaches), and check again"
        )


def _names(external: Iterable[str], members: Iterable[str], *, merging: bool = True) -> bool:
    """Return whether one of some external servers is a member of a cluster, and merges."""
    hosts = {urlsplit(url).netloc for url in members}
    return any(urlsplit(url).netloc in hosts and ("mergeDuringRetrieval" in url or not merging) for url in external)


def _warm_up(*sources: Source, pv: str, asked: TimeRange) -> None:
    """Open connections, so that no side's time has that in it."""
    first = probe_at(whole_seconds(asked).start)
    for source in sources:
        _time_alone(source, pv, first)


def _time_alone(source: Source, pv: str, asked: TimeRange) -> float:
    """Return how long, in seconds, a side takes for its own samples by one request; NaN if it does not answer."""
    with suppress(ArchRedundancyError):
        client = _client_of(source, pv)
        started = time.perf_counter()
        client.read_plainly(pv, asked)
        return time.perf_counter() - started
    return float("nan")


def _ask_as_users_do(client: RetrievalClient, pv: str, asked: TimeRange) -> ViewAnswer:
    started = time.perf_counter()
    try:
        answer = client.read_plainly(pv, asked, merged=True)
    except UnknownPVError as error:
        seconds = time.perf_counter() - started
        nothing = np.empty(0, np.int64)
        return ViewAnswer(
            blocks=(),
            year=nothing,
            opens=nothing.astype(bool),
            is_refused=True,
            troubles=(str(error),),
            seconds=seconds,
        )
    return view_answer(answer, time.perf_counter() - started)


def view_answer(answer: Answer, seconds: float) -> ViewAnswer:
    """Return an answer that took so many seconds, as the check takes it: nothing put in order, nothing left out."""
    counts = [chunk.count for chunk in answer.chunks]
    opens = np.zeros(len(answer.time), bool)
    opens[[end - count for end, count in zip(np.cumsum(counts).tolist(), counts, strict=True) if count]] = True
    return ViewAnswer(
        blocks=answer.blocks,
        year=np.repeat(np.array([chunk.year for chunk in answer.chunks], np.int64), counts),
        opens=opens,
        is_cut=any(wound.kind in _CUT for wound in answer.wounds),
        troubles=tuple(wound.reason for wound in answer.wounds),
        seconds=seconds,
    )
