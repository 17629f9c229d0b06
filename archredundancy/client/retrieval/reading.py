"""Many answers to one `Reading`: what to keep, what came before, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from archredundancy.client.retrieval.answer import Answer
from archredundancy.model import (
    DbrType,
    FailureKind,
    ReadFailure,
    Reading,
    Samples,
    TimeRange,
    format_time,
    join_samples,
)
from archredundancy.segments import Segments

__all__ = ["Piece", "build_reading", "join_failures"]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """An answer and the span whose samples are taken from it.

    Attributes
    ----------
    span : TimeRange
    answer : Answer
    """

    span: TimeRange
    answer: Answer


def build_reading(
    pv: str,
    cluster: str,
    asked: TimeRange,
    pieces: list[Piece],
    failures: Iterable[ReadFailure],
    vouched: Segments | None = None,
) -> Reading:
    """Return what the pieces hold of a range.

    Parameters
    ----------
    pv, cluster : str
    asked : TimeRange
    pieces : list of Piece
        In order of time. The list is emptied, so that each piece can be let go when it has been copied.
    failures : iterable of ReadFailure
        What could not be read; may reach beyond the range.
    vouched : Segments, optional
        Where the source can be relied upon at all; the whole range if not given.

    Returns
    -------
    Reading
        Samples of the newest type; other types are failures of kind TYPE_CHANGED. `known` is what is vouched
        for without the failures.

    Notes
    -----
    Without any sample the type is that of the last chunk header, or SCALAR_DOUBLE where there is none. Memory: none
    where there is one piece; where there are several, the result and the longest column of one.
    """
    cuts = (_cut(block, piece.span, asked) for piece in pieces for block in piece.answer.blocks)
    blocks = [block for block in cuts if len(block)]
    before = _before([block for piece in pieces for block in piece.answer.blocks], asked.start)
    kept = _newest_type(pieces, blocks, before)
    changes = _type_changes(asked, blocks, before, kept)
    clipped = join_failures(_clip(failure, asked) for failure in (*failures, *changes))
    if before is None or before.dbr_type is not kept:
        before = Samples.empty(kept)
    lost = Segments.of(*((failure.range.start, failure.range.end) for failure in clipped))
    known = Segments.of((asked.start, asked.end))
    layout = tuple(chunk for piece in pieces for chunk in piece.answer.chunks)
    headers = next((found for piece in reversed(pieces) if (found := piece.answer.metadata)), {})
    names = tuple(dict.fromkeys(header.pv for piece in pieces for header in piece.answer.headers))
    blocks = [block for block in blocks if block.dbr_type is kept]
    pieces.clear()
    return Reading(
        pv=pv,
        cluster=cluster,
        asked=asked,
        samples=join_samples(blocks, kept),
        before=before,
        known=(known if vouched is None else known & vouched) - lost,
        failures=tuple(clipped),
        layout=layout,
        headers=headers,
        names=names,
    )


def join_failures(failures: Iterable[ReadFailure]) -> list[ReadFailure]:
    """Return failures in order of time, neighbours of one kind and message joined, empty ones left out."""
    joined: list[ReadFailure] = []
    for failure in sorted(dict.fromkeys(failures), key=lambda each: each.range):
        last = joined[-1] if joined else None
        if last and (last.kind, last.message, last.range.end) == (failure.kind, failure.message, failure.range.start):
            span = TimeRange(start=last.range.start, end=failure.range.end)
            joined[-1] = ReadFailure(range=span, kind=failure.kind, message=failure.message)
        elif failure.range.duration:
            joined.append(failure)
    return joined


def _clip(failure: ReadFailure, asked: TimeRange) -> ReadFailure:
    start = min(max(failure.range.start, asked.start), asked.end)
    span = TimeRange(start=start, end=max(start, min(failure.range.end, asked.end)))
    return ReadFailure(range=span, kind=failure.kind, message=failure.message)


def _cut(block: Samples, span: TimeRange, asked: TimeRange) -> Samples:
    start, end = max(span.start, asked.start), min(span.end, asked.end)
    inside = (block.time >= start) & (block.time < end)
    first, count = int(np.argmax(inside)), int(np.count_nonzero(inside))
    if inside[first : first + count].all():  # the usual case: neighbours, no copy
        return block.slice(first, first + count)
    return block.take(np.flatnonzero(inside))


def _before(blocks: Iterable[Samples], start: int) -> Samples | None:
    """Return the newest sample before `start`, the last one in stored order where stamps are equal."""
    best: Samples | None = None
    for block in blocks:
        rows = np.flatnonzero(block.time < start)
        if not len(rows):
            continue
        row = rows[len(rows) - 1 - int(np.argmax(block.time[rows][::-1]))]
        if best is None or block.time[row] >= best.time[0]:
            best = block.slice(int(row), int(row) + 1)
    return None if best is None else Samples.concatenate([best])  # a copy: a slice would hold all of its block


def _newest_type(pieces: Sequence[Piece], blocks: Sequence[Samples], before: Samples | None) -> DbrType:
    if blocks:
        return max(blocks, key=lambda block: int(block.time.max())).dbr_type
    if before is not None:
        return before.dbr_type
    types = [chunk.dbr_type for piece in pieces for chunk in piece.answer.chunks]
    return types[-1] if types else DbrType.SCALAR_DOUBLE


def _type_changes(
    asked: TimeRange, blocks: Sequence[Samples], before: Samples | None, kept: DbrType
) -> list[ReadFailure]:
    """Return the spans whose samples are not of type `kept`, each up to the next sample of a different type."""
    runs = [(dbr_type, list(run)) for dbr_type, run in groupby(blocks, key=lambda block: block.dbr_type)]
    starts = [int(run[0].time[0]) for _, run in runs]
    changes = []
    if before is not None and before.dbr_type is not kept and runs[0][0] is not before.dbr_type:
        changes.append(_type_change(TimeRange(start=asked.start, end=starts[0]), before.dbr_type, runs[0][0]))
    for row, (dbr_type, run) in enumerate(runs):
        if dbr_type is kept:
            continue
        held = row == 0 and before is not None and before.dbr_type is dbr_type
        start = asked.start if held else starts[row]
        last = max(int(block.time.max()) for block in run) + 1
        # Stored order need not be that of time: a span then ends with its own last sample.
        end = starts[row + 1] if row + 1 < len(runs) and starts[row + 1] >= last else last
        following = runs[row + 1][0] if row + 1 < len(runs) else kept
        changes.append(_type_change(TimeRange(start=start, end=end), dbr_type, following))
    return changes


def _type_change(span: TimeRange, dbr_type: DbrType, following: DbrType) -> ReadFailure:
    message = (
        f"samples are of type {dbr_type.name} until {format_time(span.end)} and of type {following.name} from there "
        f"on; load {span} by itself"
    )
    return ReadFailure(range=span, kind=FailureKind.TYPE_CHANGED, message=message)
