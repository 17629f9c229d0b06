"""One line of a file, and the sample in it."""

from __future__ import annotations

from dataclasses import replace

from archredundancy.appliance.messages.message import Sample, decode_sample, encode_sample
from archredundancy.model import NS_PER_SECOND, DbrType, start_of_year, year_of

__all__ = ["Row"]


class Row:
    """A line and how to read it; decoded at most once, when asked.

    Parameters
    ----------
    line : bytes
        Escaped, without its line end.
    dbr_type : DbrType
        What the line is read as.
    year : int
        The year its seconds count from.
    """

    __slots__ = ("_sample", "dbr_type", "line", "year")

    def __init__(self, line: bytes, dbr_type: DbrType, year: int) -> None:
        self.line, self.dbr_type, self.year = line, dbr_type, year
        self._sample: Sample | None = None

    @property
    def sample(self) -> Sample:
        """The decoded sample.

        Raises
        ------
        DamagedLine
            If the line is no sample of its type.
        """
        if self._sample is None:
            self._sample = decode_sample(self.line, self.dbr_type)
        return self._sample

    @property
    def time(self) -> int:
        """Time stamp, ns since 1970 UTC; raises as `sample` does."""
        return self.sample.time(self.year)

    def copy(self) -> Row:
        """Return what the appliance makes of a sample when it copies it; see `encode_sample` for what is lost.

        Raises
        ------
        DamagedLine
            If the line is no sample of its type.
        """
        time = self.time
        year = year_of(time)
        seconds, nano = divmod(time - start_of_year(year), NS_PER_SECOND)
        return Row(encode_sample(replace(self.sample, seconds=seconds, nano=nano), self.dbr_type), self.dbr_type, year)
