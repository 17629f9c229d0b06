"""An answer on its way."""

import asyncio

from archredundancy.appliance.formats.raw_writer import RawWriter
from archredundancy.appliance.formats.writer import AnsweredPv
from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.retrieval.answer import PvStreams
from archredundancy.appliance.retrieval.get_data import stream_answer
from archredundancy.appliance.storage.streams import Samples
from archredundancy.model import DbrType

HEADER = Header(dbr_type=DbrType.SCALAR_STRING, pv="X:Y", year=2024)


def test_what_fails_on_the_way_ends_the_answer(made, caplog):
    """Blocks that were made before are sent, well framed, and only the log tells (appliance.md B.1)."""
    times = [made.instant(f"2024-06-0{day}") for day in (1, 2, 3)]
    samples = made.samples(*times, values=["x" * 70_000] * 3, dbr_type=DbrType.SCALAR_STRING)

    def pvs():
        pv = AnsweredPv(name="X:Y", requested="X:Y", header=HEADER, start=times[0], end=times[-1])
        yield PvStreams(pv=pv, streams=[Samples(header=HEADER, content=tuple(made.rows(samples)))])
        raise KeyError("unforeseen")

    async def read():
        answer = await stream_answer(RawWriter(), pvs())
        return answer.status_code, [part async for part in answer.body_iterator]

    status, parts = asyncio.run(read())
    assert status == 200
    assert b"".join(parts).count(b"x" * 70_000) == 3
    (record,) = caplog.records
    assert record.exc_info[0] is KeyError
