"""An answer on its way."""

import asyncio

from archredundancy.appliance.formats.raw_writer import RawWriter
from archredundancy.appliance.retrieval.get_data import stream_answer


def test_what_fails_on_the_way_ends_the_answer(caplog):
    """What was made before is sent, well framed, and only the log tells (appliance.md B.1)."""

    def parts():
        yield b"one"
        yield b"two"
        raise KeyError("unforeseen")

    async def read():
        answer = await stream_answer(RawWriter(), parts())
        return answer.status_code, [part async for part in answer.body_iterator]

    assert asyncio.run(read()) == (200, [b"one", b"two"])
    (record,) = caplog.records
    assert record.exc_info[0] is KeyError
