"""`RetrievalClient`: the samples one cluster itself stores, and proof that they are all of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from archredundancy.client.http.statuses import json_list, json_object, require_ok
from archredundancy.client.http.transport import Reply, Transport
from archredundancy.client.http.urls import readable_url
from archredundancy.client.retrieval.answer import Answer
from archredundancy.client.retrieval.chain import AskedWindow
from archredundancy.client.retrieval.failures import failure_kind
from archredundancy.client.retrieval.get_data import GetData
from archredundancy.client.retrieval.inquiry import Inquiry
from archredundancy.client.retrieval.operated_answer import OperatedAnswer
from archredundancy.client.retrieval.reading import Piece, build_reading
from archredundancy.client.windows import probe_at, whole_seconds
from archredundancy.errors import ArchRedundancyError
from archredundancy.model import FailureKind, ReadFailure, Reading, TimeRange
from archredundancy.wire import ChunkReader, Event, SampleBlock

if TYPE_CHECKING:
    from archredundancy.client.retrieval.operation import Operation

__all__ = ["RetrievalClient"]

logger = logging.getLogger(__name__)

#: Failures of the first request after which the others need not be made.
_HOPELESS = (FailureKind.UNREACHABLE, FailureKind.TIMEOUT, FailureKind.NOT_READY, FailureKind.UNKNOWN_PV)
#: How many more requests a reading may make to find out where exactly an answer fails.
_EXTRA_REQUESTS = 64


class RetrievalClient:
    """Reads from the retrieval interface of one member of a cluster.

    Parameters
    ----------
    url : str
        Retrieval URL, such as ``http://host:17668/retrieval``.
    transport : Transport
    name : str
        What readings call the cluster.

    Notes
    -----
    Every request carries ``skipExternalServers=true``, unless `read_plainly` is told otherwise: what another cluster
    has must not pass for this one's. May be shared by threads as far as the transport may.
    """

    def __init__(self, url: str, transport: Transport, name: str = "primary") -> None:
        self.url = url.rstrip("/")
        self.name = name
        self._transport = transport
        self._data = GetData(self.url, transport)

    def __repr__(self) -> str:
        return f"<RetrievalClient {self.name} at {readable_url(self.url)}>"

    def read(self, pv: str, asked: TimeRange) -> Reading:
        """Return what the cluster itself stores of a PV in a range.

        The range is asked for in whole seconds, at most a UTC year at a time, and cut to `[start, end)` here. The
        second after its end is asked for too: the sample the server owes before it tells whether the last window came
        whole. Where answers contradict each other, halves of the windows are asked for.

        Parameters
        ----------
        pv : str
        asked : TimeRange

        Returns
        -------
        Reading
            What cannot be relied upon is in `failures`, with the reason; `known` is the rest.

        Raises
        ------
        InputError
            If the client's URL is none, or its transport has been closed.

        Notes
        -----
        Cost: one request a UTC year and one more, another for each of them where nothing came for an hour after the
        sample before it; at most 64 beyond that where answers cannot be believed.
        """
        if not asked.duration:
            return build_reading(pv, self.name, asked, [], [])
        whole = whole_seconds(asked)
        closing = self._ask(pv, probe_at(whole.end))
        if closing.failure and closing.failure.kind in _HOPELESS:
            hopeless = ReadFailure(range=asked, kind=closing.failure.kind, message=closing.failure.message)
            return build_reading(pv, self.name, asked, [], [hopeless])
        inquiry = Inquiry(
            closing,
            lambda window: self._ask(pv, window),
            _EXTRA_REQUESTS,
            first_after=lambda stamp, end: self._first_after(pv, stamp, end),
        )
        inquiry.run(whole.split_years())
        pieces = [Piece(span=each.window, answer=each.answer) for each in inquiry.windows if each.answer is not None]
        failures = inquiry.failures()
        del inquiry  # only the pieces are to hold the samples
        return build_reading(pv, self.name, asked, pieces, failures)

    def _ask(self, pv: str, window: TimeRange) -> AskedWindow:
        try:
            return AskedWindow.answered(window, self._data.answer(pv, window))
        except ArchRedundancyError as error:
            kind = failure_kind(error)
            logger.info("%s: %s of %s: %s", self.name, window, pv, error)
            return AskedWindow(window=window, failure=ReadFailure(range=window, kind=kind, message=str(error)))

    def _first_after(self, pv: str, stamp: int, end: int) -> int | None:
        """Return the first stamp after one, and by `end`, in an answer that begins at the former; read no further."""
        try:
            for event in self.raw_chunks(pv, TimeRange(start=stamp, end=end)):
                if isinstance(event, SampleBlock):
                    time = event.samples.time
                    later = time[(time > stamp) & (time <= end)]
                    if len(later):
                        return int(later.min())
        except ArchRedundancyError as error:
            kind = failure_kind(error)
            logger.info("%s: what came after %s of %s is not checked (%s): %s", self.name, stamp, pv, kind, error)
        return None

    def operate(self, pv: str, operation: Operation) -> OperatedAnswer:
        """Return what the server makes of a PV's samples, in one request.

        Unlike samples, its answer proves nothing: a damaged file behind it looks as if there were no samples.

        Parameters
        ----------
        pv : str
        operation : Operation

        Raises
        ------
        UnknownPVError
            If the cluster does not know the PV.
        NotReadyError
            If the appliance is starting.
        ReplyError
            At any other status but 200.
        ConnectionFailed
            If no answer comes at all.
        """
        # To the server `to` is inclusive, and a sample there would begin one more bin.
        window = TimeRange(start=operation.asked.start, end=max(operation.asked.start, operation.asked.end - 1))
        return OperatedAnswer.build(operation, self.url, self._data.answer(pv, window, [("pp", operation.text)]))

    def read_plainly(self, pv: str, window: TimeRange, *, merged: bool = False) -> Answer:
        """Return the answer to one request as it came: neither proved, put in order, nor cut to the window.

        Parameters
        ----------
        pv : str
        window : TimeRange
            Sent as it is; its end is inclusive for the server, and a sample before its start comes first.
        merged : bool
            Whether external servers may be asked, too, as other clients let them be. Where two clusters proxy each
            other, such a request ends both: rule that out first.

        Raises
        ------
        UnknownPVError
            If the cluster does not know the PV.
        NotReadyError
            If the appliance is starting.
        ReplyError
            At any other status but 200.
        ConnectionFailed
            If no answer comes at all.
        """
        return self._data.answer(pv, window, alone=not merged)

    def raw_chunks(self, pv: str, asked: TimeRange) -> Iterator[Event]:
        """Yield what one ``getData.raw`` answers, as it comes, neither cut nor checked.

        Parameters
        ----------
        pv : str
        asked : TimeRange
            Sent with whole seconds; both ends are inclusive for the server, and a sample before the start comes first.

        Yields
        ------
        ChunkStarted, SampleBlock or Damage

        Raises
        ------
        UnknownPVError
            If the cluster does not know the PV.
        NotReadyError
            If the appliance is starting.
        ReplyError
            At any other status but 200.
        ConnectionFailed
            If no whole answer comes.
        """
        reader = ChunkReader(strict=False)
        for block in self.raw_blocks(pv, asked):
            yield from reader.feed(block)
        yield from reader.close()

    def raw_blocks(self, pv: str, asked: TimeRange) -> Iterator[bytes]:
        """Yield the bytes of one ``getData.raw``, as they come; parameters and errors are those of `raw_chunks`.

        Yields
        ------
        bytes
        """
        with self._data.blocks(pv, whole_seconds(asked)) as blocks:
            yield from blocks

    def ping(self) -> bool:
        """Return whether a retrieval web application answers here.

        Raises
        ------
        ConnectionFailed
            If nobody answers at all.
        """
        reply = self._transport.get(f"{self.url}/ping")
        return reply.status == 200 and reply.body.strip() == b"Pong"

    def search(self, pattern: str) -> list[str]:
        """Return the names of all PVs of the cluster that match a glob pattern; see `matching_pvs`."""
        return self.matching_pvs(pattern)

    def matching_pvs(self, pattern: str, limit: int = -1) -> list[str]:
        """Return the names of PVs that match, aliases included, sorted.

        Parameters
        ----------
        pattern : str
            Glob such as ``SR:*:CURRENT``.
        limit : int
            Most names to return; -1 means all, and 500 would be the server's own choice.

        Raises
        ------
        ReplyError
            If the answer cannot be used.
        ConnectionFailed
            If no whole answer came.
        """
        params = [("pv", pattern), ("limit", str(limit)), ("skipExternalServers", "true")]
        url, reply = self._ask_bpl("getMatchingPVs", params)
        return sorted({str(name) for name in json_list(reply, url)})

    def is_archiving(self, pv: str) -> bool:
        """Return whether the cluster archives a PV or has paused it (``areWeArchivingPV``).

        Raises
        ------
        ReplyError
            If the answer cannot be used.
        ConnectionFailed
            If no whole answer came.
        """
        url, reply = self._ask_bpl("areWeArchivingPV", [("pv", pv)])
        return str(json_object(reply, url).get("status")).lower() == "true"

    def metadata(self, pv: str) -> Mapping[str, Any]:
        """Return the configuration of a PV and what the engine says of it now, such as ``ENUM_0``; all values are text.

        Nothing, for a paused PV: then the engine has nothing to say, and the whole answer is empty.

        Raises
        ------
        UnknownPVError
            If the cluster does not know the PV.
        ReplyError
            If the answer cannot be used.
        ConnectionFailed
            If no whole answer came.
        """
        url, reply = self._ask_bpl("getMetadata", [("pv", pv)], pv)
        return json_object(reply, url) if reply.body.strip() else {}

    def _ask_bpl(self, call: str, params: list[tuple[str, str]], pv: str = "") -> tuple[str, Reply]:
        url = f"{self.url}/bpl/{call}"
        reply = self._transport.get(url, params)
        require_ok(reply.status, reply.body, url, pv)
        return url, reply
