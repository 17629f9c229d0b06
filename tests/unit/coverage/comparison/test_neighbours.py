"""What other PVs of the same IOC tell of a silence."""

import pytest

from archredundancy.coverage import Cause
from archredundancy.model import Neighbour
from archredundancy.segments import Segments

S = 1_000_000_000


def neighbour(connected=(), restarted=()):
    spans = [Segments.of(*((start * S, end * S) for start, end in parts)) for parts in (connected, restarted)]
    return {"neighbours": (Neighbour(pv="T:OTHER", connected=spans[0], restarted=spans[1]),)}


def test_a_neighbour_s_samples_clear_a_suspicion(history):
    """Another PV of the IOC went on without a break: the record was not processed, and nothing was lost."""
    seconds = history.without((80, 120))
    result = history.compared(seconds, seconds, sides=(neighbour([(0, 200)]), {}))
    assert history.seconds_of(result.who["both"]) == [(0, 200)]
    part = history.compared(seconds, seconds, sides=(neighbour([(0, 100)]), {}))
    assert history.seconds_of(part.who["undecided"]) == [(100, 120)]


@pytest.mark.parametrize(
    ("signs", "cause"),
    [
        (neighbour([(0, 200)]), Cause.RESUMED),
        (neighbour(restarted=[(18, 52)]), Cause.ARCHIVER_DOWN),
        (neighbour([(0, 30), (40, 200)]), Cause.ARCHIVER_STOPPED),
    ],
)
def test_a_neighbour_tells_a_paused_pv_from_a_stopped_archiver(history, signs, cause):
    """It goes on, or stops with the PV; where it does neither nobody can tell."""
    seconds = history.without((20, 50))
    mark = history.told(seconds, 50, regained=50, startup=True)
    result = history.compared(seconds, history.EVERY_SECOND, primary=mark, sides=(signs, {}))
    assert history.rows(result, "cause") == [(cause,)]
