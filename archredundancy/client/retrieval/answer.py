"""One raw answer, or one stored file, taken apart: samples in stored order, and places where something is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from archredundancy.model import (
    NS_PER_SECOND,
    ChunkSummary,
    FailureKind,
    GrowingSamples,
    ReadFailure,
    Samples,
    TimeRange,
)
from archredundancy.wire import ChunkHeader, ChunkReader, ChunkStarted, Damage, Event, SampleBlock

__all__ = ["Answer", "AnswerReader", "Wound"]

#: More places than this are told as one.
_MOST_WOUNDS = 100


@dataclass(frozen=True, kw_only=True)
class Wound:
    """A place in an answer where samples are missing or cannot be used.

    Attributes
    ----------
    row, resume : int
        Samples `row - 1` and `resume` of the answer are the good ones on either side of it.
    kind : FailureKind
    reason : str
    """

    row: int
    resume: int
    kind: FailureKind
    reason: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """One raw answer or file.

    Attributes
    ----------
    headers : tuple of ChunkHeader
    blocks : tuple of Samples
        In stored order; neighbours differ in type.
    chunks : tuple of ChunkSummary
        One for each header.
    wounds : tuple of Wound
        Those that the bytes themselves show.
    time : int64, (n,), ns since 1970 UTC
        Stamps of all blocks.
    """

    headers: tuple[ChunkHeader, ...]
    blocks: tuple[Samples, ...]
    chunks: tuple[ChunkSummary, ...]
    wounds: tuple[Wound, ...]
    time: npt.NDArray[np.int64] = field(repr=False)

    @property
    def metadata(self) -> Mapping[str, str]:
        """EGU, PREC and so on of the last header that has any."""
        return dict(next((header.headers for header in reversed(self.headers) if header.headers), ()))

    def look_back(self, start: int) -> int | None:
        """Return the stamp of the sample that the server owes for `start`: the first, unless it lies after `start`."""
        return int(self.time[0]) if len(self.time) and self.time[0] <= start else None

    def newest(self, end: int) -> int | None:
        """Return the newest stamp not after `end`."""
        earlier = self.time <= end
        return int(np.max(self.time, where=earlier, initial=np.iinfo(np.int64).min)) if earlier.any() else None

    def failures(self, window: TimeRange) -> list[ReadFailure]:
        """Return what the answer itself shows to be missing from a window, bounded by the good samples around it."""
        found = []
        for wound in (*_few(self.wounds), *_few(self._hollow_chunks(window)), *_few(self._strays(window))):
            bounds = self._bounds(wound, window)
            if bounds.duration:
                found.append(ReadFailure(range=bounds, kind=wound.kind, message=wound.reason))
        return found

    def _bounds(self, wound: Wound, window: TimeRange) -> TimeRange:
        start = int(self.time[wound.row - 1]) + 1 if wound.row else window.start
        end = int(self.time[wound.resume]) if wound.resume < len(self.time) else window.end
        if start > end and start <= window.end and end >= window.start:
            return window  # times go back here, so neighbours bound nothing
        start = min(max(start, window.start), window.end)
        return TimeRange(start=start, end=max(start, min(end, window.end)))

    def _hollow_chunks(self, window: TimeRange) -> Iterable[Wound]:
        """Yield places between samples of the window where a chunk has a header and nothing else.

        Seen only where a partition file is damaged, has no sample, or is hidden by another store that is ahead of it
        (golden 06_damaged_files, 03_stores). Empty chunks elsewhere, at the start or round New Year, are usual.
        """
        row = 0
        for chunk in self.chunks:
            row += chunk.count
            between = 0 < row < len(self.time) and not chunk.count
            if between and self.time[row - 1] >= window.start and self.time[row] < window.end:
                yield Wound(row=row, resume=row, kind=FailureKind.DAMAGED, reason="a partition file gave no samples")

    def _strays(self, window: TimeRange) -> Iterable[Wound]:
        """Yield runs of samples dated outside the window, apart from earlier ones that come first.

        A changed byte may decode to another second or, in a header, to another year. Old servers send samples up to a
        second after `to`; these are no strays.
        """
        outside = (self.time < window.start) | (self.time > window.end + NS_PER_SECOND)
        if not outside.any():
            return
        first = int(np.argmin(outside)) if not outside.all() else len(outside)
        outside[:first] &= self.time[:first] > window.end
        edges = np.flatnonzero(np.diff(np.concatenate([[False], outside, [False]]).astype(np.int8)))
        for row, resume in edges.reshape(-1, 2).tolist():
            yield Wound(row=row, resume=resume, kind=FailureKind.DAMAGED, reason="samples dated outside what was asked")


class AnswerReader:
    """Reads the bytes of one answer as they come, into columns that grow: there is never a second copy of them.

    Examples
    --------
    >>> AnswerReader().finish().time
    array([], dtype=int64)
    """

    def __init__(self) -> None:
        self._reader = ChunkReader(strict=False)
        self._headers: list[ChunkHeader] = []
        self._chunk_rows: list[int] = []  # where each chunk starts
        self._runs: list[GrowingSamples] = []
        self._wounds: list[Wound] = []
        self._rows = 0
        self._last = b""
        self._lines = _RecentLines()

    @property
    def rows(self) -> int:
        """How many samples have been read so far."""
        return self._rows

    @property
    def is_inside_a_line(self) -> bool:
        """Whether the bytes so far, samples among them, end in the middle of a line."""
        return self._rows > 0 and self._last != b"\n"

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._last = data[-1:] or self._last
        self._lines.append(data)
        self._take(self._reader.feed(data))

    def finish(self) -> Answer:
        """Return the answer whose bytes have all been fed."""
        self._take(self._reader.close())
        return self._answer()

    def break_off(self, kind: FailureKind, reason: str) -> Answer:
        """Return the answer whose bytes will not come any more: what its last complete line leaves out is missing."""
        self._take(event for event in self._reader.close() if not isinstance(event, Damage))
        self._wounds.append(Wound(row=self._rows, resume=self._rows, kind=kind, reason=reason))
        return self._answer()

    def _take(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, ChunkStarted):
                self._headers.append(event.header)
                self._chunk_rows.append(self._rows)
                self._lines.start_block(event.offset, self._rows, 0)
            elif isinstance(event, SampleBlock):
                self._append(event.samples)
                self._lines.start_block(event.offset, self._rows, len(event.samples))
                self._rows += len(event.samples)
            else:
                self._add_damage(event)

    def _append(self, samples: Samples) -> None:
        if not self._runs or self._runs[-1].dbr_type is not samples.dbr_type:
            self._runs.append(GrowingSamples(samples.dbr_type))
        self._runs[-1].append(samples)

    def _add_damage(self, damage: Damage) -> None:
        row = self._lines.row_of(damage)
        # A spoilt stretch may come as many pieces; without a sample between them they are one place.
        if not self._wounds or self._wounds[-1].row != row:
            reason = f"unreadable at byte {damage.offset} of the answer: {damage.reason}"
            self._wounds.append(Wound(row=row, resume=row, kind=FailureKind.DAMAGED, reason=reason))

    def _answer(self) -> Answer:
        blocks = tuple(run.finish() for run in self._runs)
        stamps = [block.time for block in blocks]
        time = stamps[0] if len(stamps) == 1 else np.concatenate([np.empty(0, np.int64), *stamps])
        edges = pairwise([*self._chunk_rows, self._rows])
        return Answer(
            headers=tuple(self._headers),
            blocks=blocks,
            chunks=tuple(
                _summary(header, time[start:end]) for header, (start, end) in zip(self._headers, edges, strict=True)
            ),
            wounds=tuple(self._wounds),
            time=time,
        )


class _RecentLines:
    """The bytes since the last block of samples began: they tell between which of its samples a damage lies.

    A `ChunkReader` reports the samples of a block first and its damages after them. Pieces without a line end tell
    nothing and are not kept: a line may be endless.
    """

    def __init__(self) -> None:
        self._pieces: list[tuple[int, bytes]] = []  # where each starts in the stream, and what it holds
        self._size = 0
        self._row = 0
        self._count = 0
        self._at = 0
        self._good = 0

    def append(self, data: bytes) -> None:
        if b"\n" in data:
            self._pieces.append((self._size, data))
        self._size += len(data)

    def start_block(self, offset: int, row: int, count: int) -> None:
        """Note that a block of `count` samples begins at a byte of the stream, after `row` samples."""
        self._pieces = [(start, piece) for start, piece in self._pieces if start + len(piece) > offset]
        self._row, self._count = row, count
        self._at, self._good = offset, 0

    def row_of(self, damage: Damage) -> int:
        """Return how many samples come before a damage; to be asked for each damage of a block in order."""
        end = max(damage.offset, self._at)
        self._good += sum(
            piece.count(b"\n", max(0, self._at - start), max(0, end - start)) for start, piece in self._pieces
        )
        self._at = end + damage.length + 1
        return self._row + min(self._good, self._count)


def _few(wounds: Iterable[Wound]) -> list[Wound]:
    """Return the wounds, or one that holds them all where there are very many, as after a merge of two types."""
    found = list(wounds)
    damaged = [wound for wound in found if wound.kind is FailureKind.DAMAGED]
    if len(damaged) <= _MOST_WOUNDS:
        return found
    first, last = damaged[0], damaged[-1]
    reason = f"{len(damaged)} places, the first {first.reason}"
    whole = Wound(row=first.row, resume=last.resume, kind=FailureKind.DAMAGED, reason=reason)
    return [whole, *(wound for wound in found if wound.kind is not FailureKind.DAMAGED)]


def _summary(header: ChunkHeader, time: npt.NDArray[np.int64]) -> ChunkSummary:
    return ChunkSummary(
        dbr_type=header.dbr_type,
        year=header.year,
        count=len(time),
        first=int(time[0]) if len(time) else None,
        last=int(time[-1]) if len(time) else None,
    )
