"""Gaps that the other side's samples prove: their edges, and what explains them."""

import pytest

from archredundancy.coverage import Cause, State
from archredundancy.model import LostEvents

S = 1_000_000_000


def test_an_outage_may_end_after_the_first_sample_that_tells_of_its_end(history):
    """What is stored first after a resume is the value the IOC then had: the resume came before the next own sample."""
    seconds = history.without((20, 50))
    result = history.compared(
        seconds, history.EVERY_SECOND, primary=history.told(seconds, 50, regained=50, startup=True)
    )
    assert history.edges(result) == [19, 20, 49, 51]


def test_a_silent_gap_ends_before_its_next_sample(history):
    """A sample without any mark was received when it came."""
    assert history.edges(history.compared(history.without((20, 50)), history.EVERY_SECOND)) == [19, 20, 49, 50]


def test_a_short_silence_with_a_mark_is_a_gap(history):
    """A run of missed samples whose next sample tells of a start has a cause, however short it is."""
    seconds = history.without((20, 21))
    result = history.compared(
        seconds, history.EVERY_SECOND, primary=history.told(seconds, 21, regained=21, startup=True)
    )
    assert history.rows(result, "state", "samples_to_gain") == [(State.STOPPED, 1)]
    assert result.dropouts.primary.total == 0


def test_a_range_that_begins_inside_an_outage_begins_with_a_gap(history):
    """The other side has a newer sample from before the range: what this side holds is stale from the start."""
    seconds = history.without((0, 30))
    result = history.compared(seconds, history.EVERY_SECOND[2:], primary={"before": -10}, secondary={"before": -1})
    assert (result.gaps.start[0], result.gaps.end[0]) == (0, 30 * S)
    assert result.gaps.samples_to_gain.tolist() == [28]
    assert history.edges(result) == [-10, 0, 29, 30]


def test_a_range_wholly_within_an_outage_is_a_gap(history):
    """Not one sample in the range, and yet it is known that the primary was away."""
    result = history.compared([], [], primary={"before": -10}, secondary={"before": -1})
    assert history.seconds_of(result.who["only_secondary"]) == [(0, 200)]
    assert result.summary.primary.samples_to_gain == 0


def test_what_came_before_the_other_was_created_proves_nothing(history):
    """The secondary came to be archived after the primary's sample before the range: it lacks nothing."""
    result = history.compared([100], [100], primary={"before": -10}, secondary={"created": -5, "before": None})
    assert len(result.gaps) == 0


@pytest.mark.parametrize(
    ("counters", "cause"),
    [
        (LostEvents(buffer_full=3), Cause.OVERFLOWED),
        (LostEvents(type_changed=9, stamps_refused=1), Cause.TYPE_CHANGED),
        (LostEvents(stamps_refused=1), Cause.STAMPS_REFUSED),
        (LostEvents(), Cause.NOT_RECORDED),
        (None, Cause.NOT_RECORDED),
    ],
)
def test_counters_of_the_engine_explain_a_gap_without_a_mark(history, counters, cause):
    """What the engine counted most of is the likely cause."""
    result = history.compared(history.without((20, 50)), history.EVERY_SECOND, sides=({"lost_events": counters}, {}))
    assert history.rows(result, "state", "cause") == [(State.SILENT, cause)]


def test_counters_say_nothing_of_what_came_before_the_engine_began_to_count(history):
    """A start between the gap and now has set the counters to zero."""
    seconds = history.without((20, 50))
    marked = history.told(seconds, 120, regained=120, startup=True)
    result = history.compared(
        seconds, history.EVERY_SECOND, primary=marked, sides=({"lost_events": LostEvents(buffer_full=3)}, {})
    )
    assert history.rows(result, "cause") == [(Cause.NOT_RECORDED,)]


def test_counters_of_the_engine_explain_dropouts(history):
    """A full buffer costs samples one by one."""
    mine = [second for second in history.EVERY_SECOND if second % 10]
    result = history.compared(mine, history.EVERY_SECOND, sides=({"lost_events": LostEvents(buffer_full=20)}, {}))
    assert result.dropouts.primary.cause is Cause.OVERFLOWED
    assert result.dropouts.secondary.cause is Cause.NONE
    assert history.compared(mine, history.EVERY_SECOND).dropouts.primary.cause is Cause.NOT_RECORDED
