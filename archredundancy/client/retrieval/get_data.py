"""`GetData`: one `getData.raw` of a server, as blocks of bytes or as an `Answer`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from archredundancy.client.allowance import spend
from archredundancy.client.http.statuses import require_ok
from archredundancy.client.http.transport import Transport
from archredundancy.client.http.urls import Params
from archredundancy.client.retrieval.answer import Answer, AnswerReader, Wound
from archredundancy.client.windows import query_times
from archredundancy.errors import ConnectionFailed, ReadTimeout
from archredundancy.model import FailureKind, TimeRange

__all__ = ["GetData"]

#: How much of an error page is read.
_ERROR_BLOCKS = 16


class GetData:
    """Asks a retrieval interface for samples.

    Parameters
    ----------
    url : str
        Retrieval URL, such as ``http://host:17668/retrieval``.
    transport : Transport
    """

    def __init__(self, url: str, transport: Transport) -> None:
        self._url = f"{url}/data/getData.raw"
        self._transport = transport

    @contextmanager
    def blocks(self, pv: str, window: TimeRange, more: Params = (), *, alone: bool = True) -> Iterator[Iterator[bytes]]:
        """Return a context manager that gives the body, piece by piece as it comes.

        Parameters
        ----------
        pv : str
        window : TimeRange
            Sent as it is; both ends are inclusive for the server, and a sample before the start comes first.
        more : iterable of (str, str)
            Further parameters.
        alone : bool
            Whether external servers are left out.

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
        params = [("pv", pv), *query_times(window), *([("skipExternalServers", "true")] if alone else []), *more]
        with self._transport.stream(self._url, params) as reply:
            if reply.status != 200:
                require_ok(reply.status, b"".join(islice(reply.blocks, _ERROR_BLOCKS)), self._url, pv)
            yield reply.blocks

    def answer(self, pv: str, window: TimeRange, more: Params = (), *, alone: bool = True) -> Answer:
        """Return an answer, also one whose body breaks off: what came before that is good.

        Parameters and errors are those of `blocks`.
        """
        reader = AnswerReader()
        with self.blocks(pv, window, more, alone=alone) as blocks:
            try:
                for block in blocks:
                    spend(len(block))
                    reader.feed(block)
            except ConnectionFailed as error:
                kind = FailureKind.TIMEOUT if isinstance(error, ReadTimeout) else FailureKind.CUT_SHORT
                return reader.break_off(kind, str(error))
        answer = reader.finish()
        if reader.is_inside_a_line:  # the server ends each line of its own: unlike a file, this was cut
            cut = Wound(row=reader.rows, resume=reader.rows, kind=FailureKind.CUT_SHORT, reason="it ends inside a line")
            return replace(answer, wounds=(*answer.wounds, cut))
        return answer
