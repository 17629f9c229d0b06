"""`deadBand`: samples that differ enough from the one sent before, as ADEL does it in an IOC."""

from __future__ import annotations

import math

from archredundancy.appliance.java.text import double_text
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.processors.processor import Describe
from archredundancy.appliance.processors.rows import number_of
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples, SampleStream

__all__ = ["DEFAULT_WIDTH", "DeadBand"]

DEFAULT_WIDTH = 1.0


class DeadBand:
    """Keeps the first sample, and each that differs from the last one kept (`DeadBand`).

    Severity and lost connections count as well as the value; a value that is not finite always differs.

    Parameters
    ----------
    width : float
        Values that differ by more are kept.
    """

    def __init__(self, width: float) -> None:
        self._width = width
        self._last: Row | None = None
        self.extension = ".deadBand" if width == DEFAULT_WIDTH else f".deadBand_{double_text(width)}"

    def take(self, stream: SampleStream) -> SampleStream:
        """Return copies of the samples that are kept; damaged ones are left out."""
        kept = []
        for row in stream.rows():
            try:
                if self._last is None or self._differs(row, self._last):
                    self._last = row.copy()
                    kept.append(self._last)
            except DamagedLine:
                continue
        return Samples(header=stream.header, source=stream.source, content=tuple(kept))

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return nothing: each stream has its own result."""
        return None

    def rest(self) -> SampleStream | None:
        """Return nothing."""
        return None

    def _differs(self, row: Row, last: Row) -> bool:
        value, before = number_of(row), number_of(last)
        if not (math.isfinite(value) and math.isfinite(before)):
            return True
        if row.sample.severity != last.sample.severity or _is_lost(row) != _is_lost(last):
            return True
        return abs(value - before) > self._width


def _is_lost(row: Row) -> bool:
    return "cnxlostepsecs" in row.sample.fields
