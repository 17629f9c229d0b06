"""Mistakes that users of other tools for gaps and coverage reported: none is made here.

Each test names the tool and, where there is one, the public thread.
"""

import operator

import numpy as np
import pytest

from archredundancy.coverage import Claim, Coverage, combine, compare, compare_evidence
from archredundancy.model import NS_PER_SECOND, DbrType, Samples, TimeRange, to_dataset
from archredundancy.segments import Segments
from archredundancy.testing.handmade.evidence import make_evidence, make_side

S = NS_PER_SECOND
ASKED = (0, 60)
ALL = list(range(60))

#: The example that shows gwpy's: two flags, each with its own known time.
A = Claim.of((0, 15), known=Segments.of((0, 15)), active=Segments.of((1, 5), (10, 12)))
B = Claim.of((0, 15), known=Segments.of((0, 5), (8, 11)), active=Segments.of((0, 1), (10, 11)))


def compared(mine, theirs, **options):
    """Compare two sides with samples at these seconds, whose value is their second."""
    sides = [
        make_side(cluster, ASKED, seconds, seconds, **options)
        for cluster, seconds in (("primary", mine), ("secondary", theirs))
    ]
    return compare_evidence(make_evidence(*sides), min_gap=0)


def gaps_of(comparison):
    """Return (cluster, start, end, samples to gain) of each gap, in seconds."""
    gaps = comparison.gaps
    return [
        (str(gaps.cluster[row]), gaps.start[row] // S, gaps.end[row] // S, int(gaps.samples_to_gain[row]))
        for row in range(len(gaps))
    ]


def test_missing_or_unknown_is_unknown():
    """gwpy 4.1 calls `a | b` known and inactive on [5, 10) and [12, 15); both are known to be so on [8, 10) only."""
    either = A | B
    assert list(either.active) == [(0, 5), (10, 12)]
    assert list(either.absent) == [(8, 10)]
    assert list(either.unknown) == [(5, 8), (12, 15)]


def test_missing_and_unknown_is_missing():
    """gwpy 4.1 forgets, in `a & b`, that what is absent on one side cannot be on both."""
    both = A & B
    assert list(both.active) == [(10, 11)]
    assert list(both.absent) == [(0, 10), (12, 15)]
    assert list(both.unknown) == [(11, 12)]


@pytest.mark.parametrize("operation", [operator.and_, operator.or_, operator.sub, operator.xor])
def test_what_is_active_is_known(operation):
    """gwpy's `a ^ b` leaves active time outside of what is known (its own `regular` is then false)."""
    result = operation(A, B)
    assert result.active <= result.known
    assert not result.active.intersects(result.absent)
    assert list(result.known | result.unknown) == [(0, 15)]


def test_subtracting_an_unknown_loses_nothing_silently():
    """A user of gwpy (#1700) lost science time by `a - b` where b was not known; here that is unknown, and told."""
    rest = A - B
    assert list(rest.active) == [(1, 5)]
    assert list(rest.unknown) == [(11, 12)]


def test_present_or_unknown_is_present():
    """staircase 2.8 calls it unknown, since its NaN swallows everything."""
    assert list((A | B).active & ~B.known) == [(11, 12)]


def test_equal_sides_have_no_phantom_gaps():
    """ObsPy (#72, #73) reported gaps of one sample between pieces that follow each other."""
    assert gaps_of(compared(ALL, ALL)) == []


def test_one_missing_sample_is_one_gap_of_one_step():
    """From the sample missed to the next one that is there: no sample more, and none less (ObsPy #73)."""
    assert gaps_of(compared([second for second in ALL if second != 30], ALL)) == [("primary", 30, 31, 1)]


def test_gaps_before_the_first_and_after_the_last_sample_count():
    """The range that was asked for bounds them, not the samples (ObsPy PR #1207)."""
    assert gaps_of(compared(ALL[20:40], ALL)) == [("primary", 0, 20, 20), ("primary", 40, 60, 20)]


def test_a_side_without_any_sample_lacks_everything():
    """Masked or empty data gave no gaps at all (ObsPy #2299)."""
    assert gaps_of(compared([], ALL)) == [("primary", 0, 60, 60)]


def test_a_series_of_nan_is_there():
    """A NaN was stored, and is neither a gap nor in conflict with another NaN."""
    sides = [make_side(cluster, ASKED, ALL, [np.nan] * 60) for cluster in ("primary", "secondary")]
    result = compare_evidence(make_evidence(*sides))
    assert len(result.gaps) == len(result.conflicts) == 0
    assert result.primary.share.fraction == 1


def test_a_piece_contained_in_the_other_makes_two_gaps_on_one_side_only():
    """Contained traces gave wrong gaps (ObsPy PR #2218)."""
    result = compared(ALL[10:20], ALL)
    assert gaps_of(result) == [("primary", 0, 10, 10), ("primary", 20, 60, 40)]
    assert result.secondary.share.fraction == 1


def test_overlap_does_not_lower_availability():
    """Pieces that overlap by half cover together all of the time (ObsPy #2032)."""
    result = compared(ALL[:40], ALL[20:])
    assert sorted(gaps_of(result)) == [("primary", 40, 60, 20), ("secondary", 0, 20, 20)]
    assert (result.primary | result.secondary).share.fraction == 1
    assert Segments.of((0, 40), (20, 60), (10, 30)).total == 60


@pytest.mark.parametrize("lacking", [1, 1000, S])
def test_small_gaps_are_never_a_hundred_percent(lacking):
    """A decade that lacks a nanosecond is not whole, nor is its opposite nothing (ObsPy #3520)."""
    for days in (1, 30, 3653):
        whole = days * 86_400 * S
        holed = Segments.of((0, whole)) - Segments.of((5 * S, 5 * S + lacking))
        coverage = Coverage.from_segments((0, whole), known=Segments.of((0, whole)), active=holed)
        assert not str(coverage.share).startswith("100 %")
        assert not str((~coverage).share).startswith("0 %")
        assert coverage.absent.total == lacking


def test_order_of_samples_does_not_matter():
    """Unsorted input gave wrong gaps (ObsPy #90, #3479)."""

    def dataset(cluster, seconds):
        samples = Samples.build(DbrType.SCALAR_DOUBLE, [second * S for second in seconds], seconds)
        return to_dataset(samples, pv="T:PV", cluster=cluster, asked=TimeRange(start=0, end=60 * S))

    mixed = np.random.default_rng(1).permutation(ALL[:20] + ALL[40:]).tolist()
    result = compare(dataset("primary", mixed), dataset("secondary", ALL), min_gap=0)
    assert gaps_of(result) == [("primary", 20, 40, 20)]


def test_what_was_not_archived_yet_is_not_missing():
    """Spans have to be cut to the time in which anything could be known (PH5 #460)."""
    sides = [
        make_side("primary", ASKED, ALL[30:], ALL[30:], created=30),
        make_side("secondary", ASKED, ALL, ALL),
    ]
    result = compare_evidence(make_evidence(*sides))
    assert gaps_of(result) == []
    assert result.primary.unknown == Segments.of((0, 30 * S))
    assert combine(result.primary, result.secondary)["undecided"] == Segments.of((0, 30 * S))


def test_a_range_without_samples_inside_an_outage_is_found():
    """A window inside a piece or a gap was not found (EIDA userfeedback #149)."""
    hour = Segments.of((0, 3600 * S))
    outage = Segments.of((1000 * S, 2000 * S))
    coverage = Coverage.from_segments((0, 3600 * S), known=hour, active=hour - outage)
    inside = coverage.restrict(1200 * S, 1300 * S)
    assert inside.absent == Segments.of((1200 * S, 1300 * S))
    assert coverage.restrict(2200 * S, 2300 * S).share.fraction == 1


def test_neighbouring_segments_share_no_instant():
    """Closed ends made bounds ambiguous (pynapple #47): here an edge belongs to the later one, to the nanosecond."""
    today = 1_790_000_000 * S  # where float64 seconds have steps of 238 ns
    before, after = Segments.of((today - S, today + 1)), Segments.of((today + 1, today + S))
    assert not before.intersects(after)
    assert (today in before, today in after) == (True, False)
    assert len(before | after) == 1
