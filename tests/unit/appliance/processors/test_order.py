"""Which samples count, in order of time."""

from archredundancy.appliance.processors.order import LastBefore, Newer
from archredundancy.appliance.processors.rows import made_row
from archredundancy.model import DbrType


def rows(*times):
    """Samples at these times, ns."""
    return [made_row(time, 1.0, DbrType.SCALAR_DOUBLE) for time in times]


def test_repeats_are_not_newer():
    """Nor is anything of the first millisecond of 1970."""
    newer = Newer()
    assert [newer.takes(row) for row in rows(10**6, 2 * 10**9, 10**9, 2 * 10**9, 2 * 10**9 + 1)] == [
        False,
        True,
        False,
        False,
        True,
    ]


def test_the_last_offer_in_a_second_is_kept():
    """Though it may be the earlier sample; one of an earlier second is not kept."""
    first, second, earlier = rows(2 * 10**9 + 5, 2 * 10**9, 10**9)
    before = LastBefore()
    for row in (first, second, earlier):
        before.offer(row)
    assert before.waiting is second


def test_what_has_found_its_place_waits_no_more():
    """Later offers come too late."""
    one, two = rows(10**9, 2 * 10**9)
    before = LastBefore()
    assert before.waiting is None
    before.offer(one)
    before.is_placed = True
    before.offer(two)
    assert before.waiting is None
