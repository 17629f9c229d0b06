"""Comparing Datasets one already has."""

import pytest

import archredundancy as ar
from archredundancy.coverage import Cause, compare_evidence, coverage_of
from archredundancy.errors import DatasetError
from archredundancy.model import FailureKind, ReadFailure, TimeRange, to_dataset
from archredundancy.pair.tree import side_to_dataset
from archredundancy.segments import Segments
from archredundancy.testing.handmade.evidence import STORES_HALF_A_YEAR, make_evidence, make_side

S = 1_000_000_000
EVERY_SECOND = list(range(100))
OUTSIDE = [second for second in EVERY_SECOND if not 20 <= second < 50]
FAILURE = ReadFailure(range=TimeRange(start=20 * S, end=50 * S), kind=FailureKind.TIMEOUT, message="silent")


def loaded(cluster, seconds, **options):
    """What `cluster.load` gives at second 1000."""
    return side_to_dataset(make_side(cluster, (0, 100), seconds, seconds, **options), 1000 * S)


def bare(cluster, seconds, start=0, end=100):
    """Samples as somebody might have made a Dataset of them."""
    side = make_side(cluster, (start, end), seconds, seconds)
    return to_dataset(side.reading.samples, pv="T:PV", cluster=cluster, asked=side.reading.asked)


def test_loaded_datasets_tell_what_the_pair_would():
    """Expiry, now and configuration come with them."""
    found = ar.compare(loaded("primary", OUTSIDE), loaded("secondary", EVERY_SECOND, stores=STORES_HALF_A_YEAR))
    sides = make_side("primary", (0, 100), OUTSIDE, OUTSIDE), make_side(
        "secondary", (0, 100), EVERY_SECOND, EVERY_SECOND, stores=STORES_HALF_A_YEAR
    )  # fmt: skip
    assert found.to_json() == compare_evidence(make_evidence(*sides, 1000)).to_json()
    assert len(found.expiring(within=200 * 86400)) == 1


def test_what_was_not_read_is_no_gap():
    """A Dataset remembers which part of its range could not be read."""
    found = ar.compare(loaded("primary", OUTSIDE, failures=[FAILURE]), loaded("secondary", EVERY_SECOND))
    assert len(found.gaps) == 0
    assert found.summary.undecided_seconds == 30
    assert not found.is_whole


def test_bare_datasets_are_believed_in_the_range_they_were_asked_for():
    """Without evidence the range of both counts, from the first sample on, and nothing expires."""
    found = ar.compare(bare("primary", OUTSIDE, 0, 90), bare("secondary", EVERY_SECOND, 10, 100))
    assert (found.asked.start, found.asked.end) == (10 * S, 90 * S)
    assert found.summary.primary.samples_to_gain == 30


@pytest.mark.parametrize("make", [loaded, bare])
def test_a_part_is_refused_unless_known_says_where_it_is_whole(make):
    """What was cut away would look like a gap."""
    primary, secondary = make("primary", EVERY_SECOND), make("secondary", EVERY_SECOND)
    part = primary.isel(time=slice(60, None))
    with pytest.raises(DatasetError, match=r"the primary Dataset has 40 samples, which are not those .*known="):
        ar.compare(part, secondary)
    found = ar.compare(part, secondary, known=Segments.of((60 * S, 100 * S)))
    assert len(found.gaps) == 0
    assert found.summary.primary.known_seconds == 40


def test_one_side_alone_tells_its_own_outages():
    """What it wrote down is in its coverage, and what it cannot vouch for; what the other has, is not."""
    lost = {20: [("cnxlostepsecs", "21"), ("cnxregainedepsecs", "50")]}
    coverage = coverage_of(loaded("primary", OUTSIDE, fields=lost, failures=[
        ReadFailure(range=TimeRange(start=90 * S, end=100 * S), kind=FailureKind.TIMEOUT, message="silent")
    ]))  # fmt: skip
    table = coverage.to_dataframe()
    assert table.state.tolist() == ["active", "disconnected", "active", "unknown"]
    assert table.cause.tolist()[-1] == Cause.NOT_READ.value
    assert coverage_of(loaded("primary", OUTSIDE)).to_dataframe().state.tolist() == ["active"]


def test_a_dataset_that_tells_nothing_has_no_coverage():
    """It must say what was learned of it."""
    with pytest.raises(DatasetError, match="'primary' has no attribute 'evidence'"):
        coverage_of(bare("primary", EVERY_SECOND))
