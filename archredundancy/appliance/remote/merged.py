"""Merging streams as they are read (`MergeDedupEventStream`, `MergeDedupWithCallablesEventStream`), row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import SampleStream

__all__ = ["Merged", "merge_rows", "merge_streams"]


@dataclass(frozen=True, kw_only=True)
class Merged(SampleStream):
    """Samples of two sides in order of time, under the header of the first side; can be read once."""

    content: Iterator[Row]

    def rows(self) -> Iterator[Row]:
        """Yield copies of the samples.

        Raises
        ------
        DamagedFile
            At a sample that cannot be read: nothing comes after it.
        """
        try:
            yield from self.content
        except DamagedLine as damage:
            raise DamagedFile(f"the merge of {self.source} ends early: {damage}") from None


def merge_streams(local: Iterable[SampleStream], others: Iterable[SampleStream]) -> Merged | None:
    """Return the union of two sides; at equal times the local sample.

    Parameters
    ----------
    local, others : iterable of SampleStream
        In order. On each side the streams are read one after the other; **the first one without samples ends its
        side**, so a file that is only a header hides all that comes after it (`moveIt1`, `appliance.md` A.3). Only the
        first local stream is asked for before samples are.

    Returns
    -------
    Merged or None
        None if there is no local stream: the appliance cannot describe what it merged then and leaves it out, whatever
        the others have (`appliance.md` C.3).
    """
    streams = iter(local)
    first = next(streams, None)
    if first is None:
        return None
    rows = merge_rows(_side(chain([first], streams)), _side(others))
    return Merged(header=first.header, source=f"{first.source} and others", content=rows)


def _side(streams: Iterable[SampleStream]) -> Iterator[Row]:
    for stream in streams:
        count = 0
        for row in _until_damage(stream):
            count += 1
            yield row
        if not count:
            return


def _until_damage(stream: SampleStream) -> Iterator[Row]:
    try:
        yield from stream.rows()
    except DamagedFile:
        return


def merge_rows(preferred: Iterable[Row], others: Iterable[Row]) -> Iterator[Row]:
    """Yield copies of the samples of two streams in order of time; at equal times that of the first one.

    Raises
    ------
    DamagedLine
        At a sample that cannot be read.
    """
    first, second = iter(preferred), iter(others)
    one, two = next(first, None), next(second, None)
    while one is not None and two is not None:
        if two.time < one.time:
            yield two.copy()
            two = next(second, None)
            continue
        if two.time == one.time:
            two = next(second, None)
        yield one.copy()
        one = next(first, None)
    waiting = [row for row in (one, two) if row is not None]
    for row in chain(waiting, first, second):
        yield row.copy()
