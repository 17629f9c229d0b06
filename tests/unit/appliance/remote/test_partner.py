"""Raw answers of another appliance."""

import tracemalloc

import pytest

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.remote.partner import RawAnswer
from archredundancy.model import NS_PER_SECOND, DbrType

HEADER = Header(dbr_type=DbrType.SCALAR_DOUBLE, pv="X:Y", year=2024)
FIRST, SECOND = "2024-06-01", "2025-06-01"


@pytest.mark.parametrize("end", [b"\n", b"", b"\n\n", b"\n\nno header\n"])
def test_chunks_are_read_one_after_the_other(made, end):
    """Each by its own header; a last line needs no end, and what is no header ends the answer."""
    chunks = [made.pb(made.samples(time)).removesuffix(b"\n") for time in (FIRST, SECOND)]
    answer = RawAnswer(header=HEADER, body=b"\n\n".join(chunks) + end)
    for _ in range(2):
        assert [row.time for row in answer.rows()] == [made.instant(FIRST), made.instant(SECOND)]


def test_samples_are_not_held(made):
    """Reading a long answer takes no more memory than reading a short one."""
    start = made.instant(FIRST)
    body = made.pb(made.samples(*range(start, start + 2_000 * NS_PER_SECOND, NS_PER_SECOND)))
    tracemalloc.start()
    try:
        times = [start for row in RawAnswer(header=HEADER, body=body).rows() if row.time == start]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert times == [start]
    assert peak < 50_000
