"""How the usual step is found, on series long and short."""

import numpy as np
import pytest

from archredundancy.coverage.findings.sampling import sampling_of
from archredundancy.merge import unite
from archredundancy.model import DbrType, Samples
from archredundancy.testing.handmade.evidence import make_side

S = 1_000_000_000


def samples(stamps):
    return Samples.build(DbrType.SCALAR_DOUBLE, stamps, np.zeros(len(stamps)))


def sampling(mine, theirs, **options):
    sides = make_side("primary", (0, 1), []), make_side("secondary", (0, 1), [])
    return sampling_of(unite(samples(mine), samples(theirs)), sides, **options)


def test_a_long_series_is_judged_by_a_part_of_its_steps():
    """Half a million samples of a tenth of a second with jitter: regular, and the step is that of all."""
    rng = np.random.default_rng(0)
    stamps = np.arange(500_000) * (S // 10) + rng.integers(-2_000_000, 2_000_000, 500_000)
    found = sampling(stamps, stamps)
    assert found.is_regular
    assert found.step == pytest.approx(np.median(np.diff(stamps)), rel=1e-3)
    assert found.tolerance == found.shortest_gap == 5 * found.step
    assert found.source == "inferred from 499,999 steps of the union"


def test_events_at_random_moments_are_not_regular():
    """Their steps spread as far as they are long."""
    stamps = np.cumsum(np.random.default_rng(1).integers(1, 2 * S, 10_000))
    assert not sampling(stamps, stamps[::2]).is_regular


@pytest.mark.parametrize("count", [0, 1, 2])
def test_without_two_steps_nothing_is_usual(count):
    """Then any silence with a missed sample is a gap."""
    found = sampling(np.arange(count), np.arange(count))
    assert (found.step, found.shortest_gap, found.is_regular) == (0, 0, False)


def test_one_side_after_the_other_takes_no_turns():
    """The primary has the first half, the secondary the second: one of them was not there, and nothing is enriched."""
    stamps = np.arange(1000) * S
    assert not sampling(stamps[:500], stamps[500:]).differs
    assert sampling(stamps[::2], stamps[1::2]).differs
