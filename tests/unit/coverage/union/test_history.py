"""What the union of two sides holds, and where it cannot tell."""

import numpy as np
import pytest

from archredundancy.coverage import Quality, UnionHistory
from archredundancy.model import FailureKind, ReadFailure, TimeRange
from archredundancy.testing.handmade.evidence import make_evidence, make_side

S = 1_000_000_000
HELD, UNKNOWN, NOT_COVERED = Quality.HELD, Quality.UNKNOWN, Quality.NOT_COVERED
LOST = (("cnxlostepsecs", "20"), ("cnxregainedepsecs", "40"))


def damaged(start, end):
    return ReadFailure(range=TimeRange(start=start * S, end=end * S), kind=FailureKind.DAMAGED, message="damaged")


def history(primary, secondary):
    """Return the history of two sides given as keyword arguments."""
    mine, theirs = (
        make_side(name, (0, 100), **side) for name, side in (("primary", primary), ("secondary", secondary))
    )
    return UnionHistory.from_evidence(make_evidence(mine, theirs))


BOTH_LOST = {"seconds": [10, 45], "fields": {1: LOST}}
CASES = {
    "the newer of both samples before the range holds": (
        {"seconds": [50], "before": -9}, {"seconds": [50], "before": -3}, 5, HELD, -3
    ),
    "of two at one instant before the range the primary's": (
        {"seconds": [50], "before": -3}, {"seconds": [50], "before": -3}, 5, HELD, -3
    ),
    "a sample that only the secondary has holds": ({"seconds": [10, 50]}, {"seconds": [10, 30, 50]}, 31, HELD, 30),
    "before the loss of both the last sample holds": (BOTH_LOST, BOTH_LOST, 19, HELD, 10),
    "during the loss of both nothing holds": (BOTH_LOST, BOTH_LOST, 20, NOT_COVERED, None),
    "after it nothing holds until the next sample": (BOTH_LOST, BOTH_LOST, 42, UNKNOWN, None),
    "from the next sample on it does": (BOTH_LOST, BOTH_LOST, 45, HELD, 45),
    "one side's loss is no hole where the other was there": (BOTH_LOST, {"seconds": [10, 45]}, 30, HELD, 10),
    "where one was lost and the other not read nobody knows": (
        BOTH_LOST, {"seconds": [10, 45], "failures": [damaged(25, 35)]}, 30, UNKNOWN, None
    ),
    "before the first sample of all nobody knows": ({"seconds": [50]}, {"seconds": [50]}, 10, UNKNOWN, None),
    "what was read inside a damaged stretch is held at its instant": (
        {"seconds": [10, 50], "failures": [damaged(40, 60)]},
        {"seconds": [10], "failures": [damaged(0, 100)]},
        50, HELD, 50,
    ),
    "but not after it": (
        {"seconds": [10, 50], "failures": [damaged(40, 60)]},
        {"seconds": [10], "failures": [damaged(0, 100)]},
        70, UNKNOWN, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("primary", "secondary", "second", "quality", "stamp"), CASES.values(), ids=CASES)
def test_the_union_holds(primary, secondary, second, quality, stamp):
    """Each case names the fact."""
    found = history(primary, secondary)
    rows, qualities = found.held_at(np.array([second * S]))
    assert Quality(qualities[0]) is quality
    assert (None if rows[0] < 0 else found.samples.time[rows[0]] / S) == stamp


def test_no_samples_at_all():
    """Nothing is held, and nothing fails."""
    rows, qualities = history({"seconds": []}, {"seconds": []}).held_at(np.array([5 * S, 3 * S]))
    assert (rows.tolist(), qualities.tolist()) == ([-1, -1], [UNKNOWN, UNKNOWN])
