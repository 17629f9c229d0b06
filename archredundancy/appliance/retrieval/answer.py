"""Which stores a request asks, and how their streams become one answer (`RetrievalState`, `MergeDedupConsumer`)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.formats.writer import AnsweredPv, AnswerWriter
from archredundancy.appliance.java.text import hash_order
from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.remote.readers import Reader
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import FileRange, SampleStream
from archredundancy.model import start_of_year, year_of

__all__ = ["Answer", "Described", "PvStreams", "concatenate", "consulted", "yearly"]

logger = logging.getLogger(__name__)

_BLOCK = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Described:
    """What the PV's type info, and perhaps the engine, add to each header (`RemotableEventStreamDesc.mergeFrom`)."""

    element_count: int
    egu: str
    precision: str
    latest: Mapping[str, str]

    @classmethod
    def of(cls, info: PvTypeInfo, latest: Mapping[str, str] | None = None) -> Described:
        """Return what a type info adds, and what the engine knows now, if it was asked."""
        return cls(
            element_count=int(info.info["elementCount"]),
            egu=info.units,
            precision=str(info.precision),
            latest=latest or {},
        )

    def describe(self, stream: SampleStream) -> SampleStream:
        """Return the stream with units and precision in its header, unless the file's header has its own."""
        return stream.described_by(self.header(stream.header))

    def header(self, header: Header) -> Header:
        """Return a header with units and precision, unless it has its own; the engine knows better than both."""
        fields = dict(header.fields)
        if self.latest or not fields.keys() >= {"EGU", "PREC"}:
            fields = {"EGU": self.egu, "PREC": self.precision} | fields | dict(self.latest)
            fields = {name: fields[name] for name in hash_order(fields)}
        return Header(
            dbr_type=header.dbr_type,
            pv=header.pv,
            year=header.year,
            element_count=self.element_count,
            fields=tuple((name, text) for name, text in fields.items() if text),
        )


def yearly(start: int, end: int) -> list[tuple[int, int]]:
    """Return the pieces of a window, each in one UTC year, both ends inside (`TimeUtils.breakIntoYearlyTimeSpans`)."""
    edges = [start_of_year(year) for year in range(year_of(start) + 1, year_of(end) + 1)]
    return list(zip([start, *edges], [*(edge - 1 for edge in edges), end], strict=True))


def consulted(readers: Iterable[Reader], start: int) -> list[Reader]:
    """Return the stores that a request asks, the oldest samples first (`RetrievalState.getDataSources`).

    Parameters
    ----------
    readers : iterable of Reader
        In the order of `dataStores`.
    start : int, ns since 1970 UTC
        As soon as a store's first sample lies before it, the stores after that one are not asked, so one stale file in
        the first store hides all others.
    """
    asked: list[Reader] = []
    for reader in readers:
        asked.insert(0, reader)
        first = reader.first_time()
        if first is not None and first < start:
            break
    return asked


@dataclass(frozen=True, kw_only=True)
class PvStreams:
    """What an answer says about a PV, and its samples.

    A PV that nothing was read of is not begun: what a post-processor makes of nothing comes bare
    (`DataRetrievalServlet.consolidateEventStream`).
    """

    pv: AnsweredPv
    streams: Sequence[SampleStream]
    begins: bool = True


def concatenate(pvs: Iterable[PvStreams], writer: AnswerWriter) -> Iterator[bytes]:
    """Yield an answer in blocks of some 64 KiB; long runs of a raw answer come as they are in the file."""
    return _in_blocks(_parts(pvs, writer))


def _parts(pvs: Iterable[PvStreams], writer: AnswerWriter) -> Iterator[bytes]:
    yield writer.open()
    for one in pvs:
        answer = Answer(writer, one.pv.start)
        if one.begins:
            yield writer.begin(one.pv)
        for stream in one.streams:
            yield from answer.take(stream)
        yield from answer.finish()
    yield writer.close()


def _in_blocks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield small parts together and large ones as they are; none is empty."""
    pending = bytearray()
    for part in parts:
        if pending and len(pending) + len(part) >= _BLOCK:
            yield bytes(pending)
            pending.clear()
        if len(part) >= _BLOCK:
            yield part
        else:
            pending += part
    if pending:
        yield bytes(pending)


class Answer:
    """Concatenates streams: at the start of each one, samples that are not newer than the last one sent are left out.

    Inside a stream nothing is checked (`appliance.md` B.3). The sample that goes first is a copy, which has lost some
    attributes (`appliance.md` K, b8): it is the last of those offered at or before `start`, though not always the
    newest (B.4).

    Parameters
    ----------
    writer : AnswerWriter
    start : int, ns since 1970 UTC
    """

    def __init__(self, writer: AnswerWriter, start: int) -> None:
        self._writer = writer
        self._start = start
        self._first: Row | None = None
        self._sent_first = False
        self._deduping = False
        self._last = 0

    def take(self, stream: SampleStream) -> Iterator[bytes]:
        """Yield what a stream adds to the answer."""
        yield self._writer.switch(stream)
        try:
            if isinstance(stream, FileRange):
                yield from self._take_file(stream)
            else:
                for row in stream.rows():
                    yield from self._take_row(row)
        except (DamagedFile, OSError) as damage:
            logger.error("the answer goes on without the rest of %s: %s", stream.source, damage)
            return
        self._deduping = self._sent_first

    def finish(self) -> Iterator[bytes]:
        """Yield the first sample if it is still waiting for a second one."""
        if self._first is not None and not self._sent_first:
            yield from self._writer.write(self._first)

    def _take_file(self, stream: FileRange) -> Iterator[bytes]:
        with stream.opened() as file:
            for offset, row in file.rows():
                yield from self._take_row(row)
                if self._sent_first and not self._deduping and self._writer.copies:
                    last = yield from file.copy_from(offset)
                    self._last = self._last if last is None else last
                    return

    def _take_row(self, row: Row) -> Iterator[bytes]:
        try:
            if not self._sent_first:
                if self._first is None or row.time <= self._start:
                    self._first = row.copy()
                    return
                self._sent_first = True
                yield from self._writer.write(self._first)
                self._last = self._first.time
                if row.time <= self._last:
                    return
            elif self._deduping and row.time <= self._last:
                return
            self._deduping = False
            yield from self._writer.write(row)
            self._last = row.time
        except DamagedLine as damage:
            logger.warning("a damaged sample is left out of the answer: %s", damage)
            yield self._writer.complain(damage)
