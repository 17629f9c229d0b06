"""`ncount` and `nth`: samples counted, not binned."""

from __future__ import annotations

from dataclasses import replace

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.processors.bins import DEFAULT_SECONDS, quotient
from archredundancy.appliance.processors.consolidated import Consolidated, copied
from archredundancy.appliance.processors.order import Newer
from archredundancy.appliance.processors.processor import AnswerLost, Describe, Window
from archredundancy.appliance.processors.rows import made_row, without_fields
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples, SampleStream
from archredundancy.model import DbrType, year_of

__all__ = ["NCount", "Nth"]

_MILLISECOND = 1_000_000
_MOST_ROWS = ((1 << 31) - 1) // 1000


class _Milliseconds:
    """The window of a request to the millisecond; of ETL's, which has none, the first one of 1970."""

    def __init__(self, window: Window) -> None:
        start, end = window or (0, 0)
        self.start, self._end = start // _MILLISECOND, end // _MILLISECOND

    def __contains__(self, time: int) -> bool:
        return self.start <= time // _MILLISECOND <= self._end


class NCount(Consolidated):
    """Counts samples whose millisecond lies in the request, store by store and year by year (`NCount`).

    What the stores repeat, and the sample before each window, are counted again: right only inside one year and one
    store (`appliance.md` B.8).

    Parameters
    ----------
    window : (int, int) or None, ns since 1970 UTC
    pv : str
        What the answer calls the PV where there is no stream at all.
    """

    extension = ".ncount"

    def __init__(self, window: Window, pv: str) -> None:
        self._window = _Milliseconds(window)
        self._pv = pv
        self._count = 0
        self._header: Header | None = None

    def take(self, stream: SampleStream) -> SampleStream:
        """Count the samples of a stream and return an empty one."""
        header = copied(replace(stream.header, dbr_type=DbrType.SCALAR_INT))
        self._header = self._header or header
        newer = Newer()
        for row in stream.rows():
            if newer.takes(row):
                self._count += row.time in self._window
        return Samples(header=header, source=stream.source)

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return one sample, stamped with the start of the request to the millisecond, that holds the count."""
        time = self._window.start * _MILLISECOND
        row = made_row(time, self._count, DbrType.SCALAR_INT)
        plain = Header(dbr_type=DbrType.SCALAR_INT, pv=self._pv, year=year_of(time), element_count=1)
        header = plain if self._header is None else describe(self._header)
        return [Samples(header=header, source="ncount", content=(row,))]


class Nth(Consolidated):
    """Keeps each nth sample whose millisecond lies in the request, beginning with the first one (`Nth`).

    Parameters
    ----------
    step : int
    window : (int, int) or None, ns since 1970 UTC

    Raises
    ------
    AnswerLost
        If the step is zero.
    """

    def __init__(self, step: int, window: Window) -> None:
        quotient(1, step)
        self._step = step
        self._window = _Milliseconds(window)
        self._newer = Newer()
        self._count = 0
        self._kept: list[Row] = []
        self._header: Header | None = None
        self.extension = ".nth" if step == DEFAULT_SECONDS else f".nth_{step}"

    def take(self, stream: SampleStream) -> SampleStream:
        """Keep some samples of a stream and return an empty one."""
        self._header = self._header or stream.header
        for row in filter(self._newer.takes, stream.rows()):
            if row.time in self._window:
                if self._count % self._step == 0:
                    self._kept.append(without_fields(row))
                self._count += 1
            if len(self._kept) == _MOST_ROWS:
                break
        return Samples(header=stream.header, source=stream.source)

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return what was kept.

        Raises
        ------
        AnswerLost
            If there was no stream.
        """
        if self._header is None:
            raise AnswerLost("there are no samples to take each nth of")
        return [Samples(header=copied(describe(self._header)), source="nth", content=tuple(self._kept))]
