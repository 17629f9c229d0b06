"""Post-processors: what `getData` can make of samples before it sends them (`PostProcessors`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from archredundancy.appliance.messages.message import Header, Sample, encode_sample
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.storage.streams import Row, Samples, SampleStream
from archredundancy.model import NS_PER_SECOND, DbrType, start_of_year, year_of

__all__ = ["FirstSample", "NCount", "Processor", "cache_extension", "find_processor", "first_sample_interval"]

_DEFAULT_SECONDS = 900
_MILLISECOND = 1_000_000
# In the order of registration: the first one that the argument starts with is meant.
_KNOWN = (
    "firstSample", "mean", "jitter", "std", "ignoreflyers", "flyers", "linear", "loess", "median", "variance",
    "popvariance", "kurtosis", "skewness", "firstFill", "lastFill", "lastSample", "max", "min", "count", "ncount",
    "nth", "caplotbinning", "deadBand", "optimized", "optimLastSample", "errorbar", "statistics",
)  # fmt: skip


class Processor(Protocol):
    """Makes other samples of those of each stream.

    Attributes
    ----------
    extension : str
        Of the files in which ETL may have kept what it makes.
    """

    extension: str

    def take(self, stream: SampleStream) -> SampleStream:
        """Read a stream and return what is sent in its place.

        Raises
        ------
        DamagedLine
            If a sample cannot be read; the stream is then left out.
        """

    def result(self) -> SampleStream | None:
        """Return what is sent in the place of all streams; None if each has its own."""

    def rest(self) -> SampleStream | None:
        """Return what is sent after all streams, if anything."""


def find_processor(argument: str, start: int, end: int) -> Processor | None:
    """Return the post-processor that an argument such as `firstSample_3600` names; None if it names none.

    Parameters
    ----------
    argument : str
        Unknown names are taken for no post-processor at all, and raw samples are sent.
    start, end : int, ns since 1970 UTC
        Of the whole request.

    Raises
    ------
    Refused
        With 404 if the number behind the name is none; with 501 for those that this appliance does not have.
    """
    name = next((known for known in _KNOWN if argument.startswith(known)), None)
    if name is None:
        return None
    if name == "ncount":
        return NCount(start, end)
    if name == "firstSample":
        return FirstSample(_interval(argument), start, end)
    raise Refused(501, f"the embedded appliance does not have the post-processor {name}")


def cache_extension(argument: str) -> str:
    """Return the extension of the files that `mergeInData` takes for the cache of a store's `pp=` argument.

    It leaves the number out (`PlainStoragePlugin.getPPExtensions`), so caches of other intervals are not merged into.
    """
    return "." + next((known for known in _KNOWN if argument.startswith(known)), argument)


def first_sample_interval(argument: str) -> int | None:
    """Return the seconds of a bin if an argument names `firstSample`; None if it names another post-processor.

    Examples
    --------
    >>> first_sample_interval("firstSample_3600"), first_sample_interval("mean")
    (3600, None)
    """
    return _interval(argument) if argument.startswith("firstSample") else None


def _interval(argument: str) -> int:
    _, _, text = argument.partition("_")
    try:
        return int(text) if text else _DEFAULT_SECONDS
    except ValueError:
        raise Refused(404) from None


class NCount:
    """Counts samples whose millisecond lies in the request, store by store and year by year (`NCount`).

    What the stores repeat, and the sample before each window, are counted again: right only inside one year and one
    store (`appliance.md` B.8).

    Parameters
    ----------
    start, end : int, ns since 1970 UTC
        Of the request.
    """

    extension = ".ncount"

    def __init__(self, start: int, end: int) -> None:
        self._start, self._end = start // _MILLISECOND, end // _MILLISECOND
        self._count = 0
        self._header: Header | None = None

    def take(self, stream: SampleStream) -> SampleStream:
        """Count the samples of a stream and return an empty one."""
        header = replace(stream.header, dbr_type=DbrType.SCALAR_INT)
        self._header = self._header or header
        last = _MILLISECOND
        for row in stream.rows():
            if row.time > last:
                last = row.time
                self._count += self._start <= last // _MILLISECOND <= self._end
        return Samples(header=header, source=stream.source)

    def result(self) -> SampleStream | None:
        """Return one sample, stamped with the start of the request to the millisecond, that holds the count."""
        time = self._start * _MILLISECOND
        row = _row(time, self._count, DbrType.SCALAR_INT)
        header = self._header or Header(dbr_type=DbrType.SCALAR_INT, pv="", year=year_of(time))
        return Samples(header=header, source="ncount", content=(row,))

    def rest(self) -> SampleStream | None:
        """Return nothing."""
        return None


class FirstSample:
    """Keeps the first sample of each bin, and the last one before the first bin (`FirstSamplePP`).

    Parameters
    ----------
    seconds : int
        Length of a bin; bins begin at multiples of it since 1970.
    start, end : int, ns since 1970 UTC
        Samples in bins after the end are left out.
    """

    def __init__(self, seconds: int, start: int, end: int) -> None:
        self._seconds = seconds
        self._bins = range(self._bin(start), self._bin(end) + 1)
        self._last_bin: int | None = None
        self._before: tuple[Header, Row] | None = None
        self._sent_before = False
        self.extension = ".firstSample" if seconds == _DEFAULT_SECONDS else f".firstSample_{seconds}"

    def take(self, stream: SampleStream) -> SampleStream:
        """Return copies of the samples that come first in their bins; damaged ones are left out."""
        return Samples(header=stream.header, source=stream.source, content=tuple(self._firsts(stream)))

    def result(self) -> SampleStream | None:
        """Return nothing: each stream has its own result."""
        return None

    def rest(self) -> SampleStream | None:
        """Return the sample before the first bin, if no sample came after it."""
        if self._before is None or self._sent_before:
            return None
        header, row = self._before
        return Samples(header=header, source="sample before the first bin", content=(row,))

    def _firsts(self, stream: SampleStream) -> Iterator[Row]:
        for row in stream.rows():
            try:
                number = self._bin(row.time)
            except DamagedLine:
                continue
            if number < self._bins.start:
                self._keep_before(stream.header, row)
            elif number in self._bins and number != self._last_bin:
                self._last_bin = number
                if self._before is not None and not self._sent_before:
                    self._sent_before = True
                    yield self._before[1]
                yield row.copy()

    def _keep_before(self, header: Header, row: Row) -> None:
        if self._before is None or row.time // NS_PER_SECOND >= self._before[1].time // NS_PER_SECOND:
            self._before = (header, row.copy())

    def _bin(self, time: int) -> int:
        return time // NS_PER_SECOND // self._seconds


def _row(time: int, value: int | float, dbr_type: DbrType) -> Row:
    year = year_of(time)
    seconds, nano = divmod(time - start_of_year(year), NS_PER_SECOND)
    return Row(encode_sample(Sample(seconds=seconds, nano=nano, value=value), dbr_type), dbr_type, year)
