"""The PV that every appliance has, so that clients can try the connection (`DataRetrievalServlet.processPingPV`)."""

from __future__ import annotations

from archredundancy.appliance.messages.message import Header, Sample, encode_header, encode_sample
from archredundancy.model import DbrType, year_of

__all__ = ["PING_PV", "ping_body"]

#: Its name.
PING_PV = "ArchApplPingPV"


def ping_body(now: int) -> bytes:
    """Return its samples, 0.0 to 0.9, all at the start of this year; they are raw, whatever format is asked for.

    Parameters
    ----------
    now : int, ns since 1970 UTC
    """
    header = Header(dbr_type=DbrType.SCALAR_DOUBLE, pv=PING_PV, year=year_of(now))
    samples = [Sample(seconds=0, nano=0, value=0.1 * number) for number in range(10)]
    lines = [encode_header(header), *(encode_sample(sample, DbrType.SCALAR_DOUBLE) for sample in samples)]
    return b"".join(line + b"\n" for line in lines)
