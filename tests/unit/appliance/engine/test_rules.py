"""What becomes of an update (appliance.md F)."""

import pytest

from archredundancy.appliance.engine.rules import Connection, Verdict, capacity, judge
from archredundancy.model import NS_PER_SECOND, start_of_year

NOW = start_of_year(2026)
SECOND = NOW // NS_PER_SECOND


@pytest.mark.parametrize(
    ("time", "last", "verdict"),
    [
        (NOW, None, Verdict.STORE),
        (start_of_year(1991), None, Verdict.STORE),
        (start_of_year(1991) - 1, None, Verdict.WRONG_TIME),
        (NOW + 1800 * NS_PER_SECOND, None, Verdict.STORE),
        (NOW + 1800 * NS_PER_SECOND + 1, None, Verdict.WRONG_TIME),
        (NOW, NOW - 1, Verdict.STORE),
        (NOW, NOW, Verdict.SAME_TIME),
        (NOW - 1, NOW, Verdict.WRONG_TIME),
    ],
)
def test_stamps_that_are_accepted(time, last, verdict):
    """Not before 1991, not more than 30 min ahead of the server, and later than the last one to the nanosecond."""
    assert judge(time, last=last, now=NOW) is verdict


@pytest.mark.parametrize(
    ("connection", "fields", "after"),
    [
        (
            Connection(),
            {"cnxlostepsecs": "0", "cnxregainedepsecs": str(SECOND), "startup": "true"},
            Connection(is_new=False),
        ),
        (
            Connection(lost=5, regained=True),
            {"cnxlostepsecs": "5", "cnxregainedepsecs": str(SECOND), "startup": "true"},
            Connection(is_new=False),
        ),
        (
            Connection(lost=5, is_new=False, regained=True),
            {"cnxlostepsecs": "5", "cnxregainedepsecs": str(SECOND)},
            Connection(is_new=False),
        ),
        (Connection(lost=0, is_new=False, regained=True), {}, Connection(is_new=False)),
        (Connection(lost=SECOND, is_new=False, regained=True), {}, Connection(lost=SECOND, is_new=False)),
        (Connection(lost=5, is_new=False), {}, Connection(lost=5, is_new=False)),
    ],
)
def test_what_a_sample_tells_of_the_connection(connection, fields, after):
    """A new channel says startup; a connection lost and regained says when, unless all was in one second (F.1)."""
    assert connection.at_sample(SECOND) == (fields, after)


def test_a_loss_is_forgotten_if_the_record_was_not_processed_since():
    """Reconnected with the same stamp: no trace of the gap at all (F.1)."""
    lost = Connection(is_new=False).at_loss(5).at_connection()
    assert lost.at_same_time().at_sample(SECOND)[0] == {}


def test_capacities_of_buffers():
    """The samples of one period of writing and one more, at least two; 21 was seen for 2 s and 0.1 s."""
    assert [capacity(2.0, 0.1), capacity(10.0, 1.0), capacity(10.0, 60.0), capacity(10.0, 0.0)] == [21, 11, 2, 11]
    assert capacity(10.0, 1e-320) == 1 << 31
