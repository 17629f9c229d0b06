"""Comparisons of small, hand-made histories."""

import numpy as np
import pytest

from archredundancy.coverage import NEVER, Cause, Comparison, State, compare_evidence
from archredundancy.errors import InputError
from archredundancy.model import FailureKind, ReadFailure, TimeRange
from archredundancy.segments import Segments
from archredundancy.testing.handmade.evidence import STORES_HALF_A_YEAR, make_evidence, make_side

S = 1_000_000_000
WINDOW = (0, 100)
EVERY_SECOND = list(range(100))


def compared(primary_seconds, secondary_seconds, *, primary=None, secondary=None, now=None, min_gap=None) -> Comparison:
    return compare_evidence(
        make_evidence(
            make_side("primary", WINDOW, primary_seconds, primary_seconds, **(primary or {})),
            make_side("secondary", WINDOW, secondary_seconds, secondary_seconds, **(secondary or {})),
            now,
        ),
        min_gap=min_gap,
    )


def without(start, end):
    return [second for second in EVERY_SECOND if not start <= second < end]


def seconds_of(segments: Segments) -> list[tuple[float, float]]:
    return [(start / S, end / S) for start, end in zip(segments.start, segments.end, strict=True)]


def restarted(row, regained):
    return {row: [("cnxlostepsecs", "0"), ("startup", "true"), ("cnxregainedepsecs", str(regained))]}


def test_equal_sides_have_no_gap():
    """Two archivers with the same samples cover the same and lack nothing."""
    result = compared(EVERY_SECOND, EVERY_SECOND)
    assert len(result.gaps) == 0
    assert seconds_of(result.who["both"]) == [(0, 100)]
    assert result.summary.primary.wrong_seconds == 0


def test_a_witnessed_gap_runs_from_the_first_missed_sample_to_the_next_own_one():
    """The gap begins where the first sample is missed; the own sample before bounds how early the outage began."""
    gaps = compared(without(20, 50), EVERY_SECOND).gaps
    assert gaps.cluster.tolist() == ["primary"]
    assert (gaps.start[0] / S, gaps.end[0] / S) == (20, 50)
    assert (gaps.start_earliest[0] / S, gaps.end_earliest[0] / S) == (19, 49)
    assert gaps.samples_to_gain.tolist() == [30]
    assert State(gaps.state[0]) is State.SILENT


def test_a_gap_at_the_end_of_the_range_is_open():
    """A side that stops before the end lacks everything up to the end."""
    gaps = compared(without(60, 100), EVERY_SECOND).gaps
    assert (gaps.start[0] / S, gaps.end[0] / S) == (60, 100)


@pytest.mark.parametrize(
    ("fields", "state", "cause"),
    [
        ({20: [("startup", "true"), ("cnxregainedepsecs", "50")]}, State.STOPPED, Cause.ARCHIVER_STOPPED),
        ({20: [("cnxlostepsecs", "21"), ("cnxregainedepsecs", "50")]}, State.DISCONNECTED, Cause.ARCHIVER_DISCONNECTED),
        ({}, State.SILENT, Cause.NOT_RECORDED),
    ],
)
def test_the_sample_after_a_gap_tells_its_cause(fields, state, cause):
    """`startup` means a stopped archiver, lost and regained alone a lost connection, nothing an unknown cause."""
    gaps = compared(without(20, 50), EVERY_SECOND, primary={"fields": fields}).gaps
    assert (State(gaps.state[0]), gaps.cause[0]) == (state, cause)


def test_isolated_losses_are_dropouts_not_gaps():
    """A sample missed within a silence of a few usual steps counts as a rate."""
    result = compared([second for second in EVERY_SECOND if second not in (30, 60)], EVERY_SECOND)
    assert len(result.gaps) == 0
    assert result.dropouts[0].total == 2
    assert result.dropouts[0].per_known_hour == pytest.approx(72)
    assert result.summary.primary.samples_to_gain == 2


def test_min_gap_sets_what_counts_as_a_gap():
    """With a threshold of a second, an isolated loss between two-second neighbours is a gap."""
    result = compared([second for second in EVERY_SECOND if second != 30], EVERY_SECOND, min_gap=1)
    assert len(result.gaps) == 1


def test_the_secondary_has_gaps_too():
    """What the primary witnesses is listed with the secondary's name and never expires."""
    gaps = compared(EVERY_SECOND, without(20, 50)).gaps
    assert gaps.cluster.tolist() == ["secondary"]
    assert gaps.expires_at.tolist() == [NEVER]


def test_both_stopped_is_undecided():
    """When both sides start anew and nobody stored anything in between, nobody can tell what was lost."""
    both = without(20, 50)
    fields = restarted(20, 50)
    result = compared(both, both, primary={"fields": fields}, secondary={"fields": fields})
    assert seconds_of(result.who["undecided"]) == [(19, 50)]
    assert result.gaps.samples_to_gain.sum() == 0


def test_a_restart_without_loss_stays_covered():
    """A start that cost no sample, as the other side vouches, leaves the primary covered."""
    result = compared(EVERY_SECOND, EVERY_SECOND, primary={"fields": restarted(20, 20)})
    assert seconds_of(result.who["both"]) == [(0, 100)]


def test_overlapping_outages_are_told_apart():
    """Primary off 10..30, secondary off 20..40: recoverable, undecided and only-primary follow each other."""
    result = compared(
        without(10, 30),
        without(20, 40),
        primary={"fields": restarted(10, 30)},
        secondary={"fields": restarted(20, 40)},
    )
    assert seconds_of(result.who["only_secondary"]) == [(10, 19)]
    assert seconds_of(result.who["undecided"]) == [(19, 30)]
    assert seconds_of(result.who["only_primary"]) == [(30, 40)]


def test_ioc_down_for_both_is_neither():
    """Connections lost by both in the same seconds mean that there was nothing to archive, up to the next sample."""
    both = without(20, 50)
    fields = {20: [("cnxlostepsecs", "21"), ("cnxregainedepsecs", "49")]}
    result = compared(both, both, primary={"fields": fields}, secondary={"fields": fields})
    assert seconds_of(result.who["neither"]) == [(21, 50)]
    assert set(result.gaps.cause) == {Cause.SOURCE_DOWN}


def test_a_paused_pv_is_stopped_until_now():
    """The pause report tells of a stop that no sample has told of yet."""
    result = compared(without(60, 100), EVERY_SECOND, primary={"paused_since": 60})
    assert result.gaps.cause.tolist() == [Cause.PAUSED]
    assert seconds_of(result.primary.segments(State.STOPPED)) == [(60, 100)]


def test_what_was_not_read_is_unknown_not_missing():
    """Samples only the other side has prove nothing where this side could not be read."""
    failure = ReadFailure(range=TimeRange(start=20 * S, end=50 * S), kind=FailureKind.TIMEOUT, message="silent")
    result = compared(without(20, 50), EVERY_SECOND, primary={"failures": [failure]})
    assert len(result.gaps) == 0
    assert seconds_of(result.who["undecided"]) == [(20, 50)]
    assert "Not read from primary" in repr(result)


def test_before_creation_is_unknown():
    """A PV that the secondary came to archive later lacks nothing from before."""
    result = compared(EVERY_SECOND, without(0, 40), secondary={"created": 40})
    assert len(result.gaps) == 0
    assert seconds_of(result.who["undecided"]) == [(0, 40)]


def test_without_configuration_nothing_is_known_before_the_first_sample():
    """Retrieval alone cannot tell absence from not yet archived."""
    result = compared(EVERY_SECOND, without(0, 40), secondary={"stores": None})
    assert seconds_of(result.who["undecided"]) == [(0, 40)]


def test_the_future_is_unknown():
    """What lies after now is nobody's gap."""
    result = compared(without(50, 100), without(50, 100), now=50)
    assert seconds_of(result.who["undecided"]) == [(50, 100)]


def test_expiry_comes_from_the_secondary_s_stores():
    """A sample in a day's file stays hold - gather + 1 days from that day's start."""
    result = compared(without(20, 50), EVERY_SECOND, secondary={"stores": STORES_HALF_A_YEAR})
    assert result.gaps.expires_at.tolist() == [184 * 86400 * S]
    assert result.summary.expires_at == 184 * 86400 * S
    assert len(result.expiring(within=184 * 86400)) == 1
    assert len(result.expiring(within=183 * 86400)) == 0


def test_beyond_retention_is_unknown():
    """What the secondary has already dropped is not a gap of it."""
    late = 200 * 86400
    result = compare_evidence(
        make_evidence(
            make_side("primary", (0, late), [10, late - 10]),
            make_side("secondary", (0, late), [late - 10], stores=STORES_HALF_A_YEAR),
        )
    )
    assert len(result.gaps) == 0
    assert seconds_of(result.secondary.segments(State.UNKNOWN))[0][0] == 0


def test_a_range_within_an_outage_tells_what_came_before_it():
    """Nothing is to be gained in it, nor expires there; but what the primary holds is stale, as the verdict says."""
    result = compare_evidence(
        make_evidence(
            make_side("primary", WINDOW, [], before=-50),
            make_side("secondary", WINDOW, [], before=-10, stores=STORES_HALF_A_YEAR),
        )
    )
    assert (len(result.gaps), result.summary.primary.samples_to_gain) == (1, 0)
    assert result.gaps.expires_at.tolist() == [NEVER]
    assert not result.expires_within(1e9)
    assert (
        "The secondary has no sample that the primary lacks. But it lacks one from before the range, and was not there "
        "for the first 1 min 40 s of it." in repr(result).replace("\n", " ")
    )
    assert "Before this range the secondary stored a sample that the primary lacks" in repr(result).replace(
        "\n    ", " "
    )


@pytest.mark.parametrize("length", [-1, float("nan"), "5"])
def test_what_is_no_length_of_time_is_refused(length):
    """The message names the argument and the value."""
    with pytest.raises(InputError, match=f"min_gap={length!r} is not a length of time; give seconds, 0 or more"):
        compared(EVERY_SECOND, EVERY_SECOND, min_gap=length)
    with pytest.raises(InputError, match=r"within=.* is not a length of time"):
        compared(EVERY_SECOND, EVERY_SECOND).expiring(length)


def test_within_any_time_all_that_expires_is_told():
    """Infinity is a length of time, too."""
    result = compared(without(20, 50), EVERY_SECOND, secondary={"stores": STORES_HALF_A_YEAR})
    assert len(result.expiring(within=float("inf"))) == 1


def test_dropouts_are_a_rate_of_what_the_summary_calls_known():
    """A suspected silence is not known, so it dilutes no rate."""
    seconds = [second for second in range(1000) if second < 400 or second >= 900]
    sides = [
        make_side("primary", (0, 1000), [second for second in seconds if second % 100 != 50]),
        make_side("secondary", (0, 1000), seconds),
    ]
    result = compare_evidence(make_evidence(*sides))
    assert result.summary.primary.known_seconds == 500
    assert result.dropouts.primary.per_known_hour == pytest.approx(result.dropouts.primary.total * 3600 / 500)


def test_wrong_seconds_count_how_long_a_missed_change_misleads():
    """One missed set-point change held wrong for 60 s; a repeated value misleads nobody."""
    primary = make_side("primary", WINDOW, [0, 80], [1, 1])
    secondary = make_side("secondary", WINDOW, [0, 10, 20, 80], [1, 1, 2, 1])
    summary = compare_evidence(make_evidence(primary, secondary)).summary
    assert summary.primary.wrong_seconds == 60
    assert summary.secondary.wrong_seconds == 0


def test_the_sample_before_the_range_is_held_into_it():
    """A value from before the range that the other side repeats is right; a changed one is wrong."""
    primary = make_side("primary", WINDOW, [50], [3], before=-10)
    secondary = make_side("secondary", WINDOW, [10, 20, 50], [-1, 2, 3], before=-10)
    assert compare_evidence(make_evidence(primary, secondary)).summary.primary.wrong_seconds == 30


def test_conflicts_are_counted_and_listed():
    """Equal times with different values are no gap, but they are told."""
    primary = make_side("primary", WINDOW, EVERY_SECOND, [0.0] * 100)
    secondary = make_side("secondary", WINDOW, EVERY_SECOND, [0.0] * 99 + [1.0])
    result = compare_evidence(make_evidence(primary, secondary))
    assert result.summary.conflicts == 1
    assert "1 conflict" in repr(result)
    assert result.to_json()["conflicts"] == ["1970-01-01T00:01:39.000000000Z"]


def test_tables_keep_nanoseconds():
    """Every table of times has nanosecond dtype, whatever pandas prefers."""
    result = compared(without(20, 50), EVERY_SECOND)
    for table, columns in (
        (result.gaps.to_dataframe(), ("start", "end", "expires_at")),
        (result.to_dataframe(), ("start", "end")),
        (result.dropouts[0].to_dataframe(), ("first", "last")),
    ):
        assert {str(table[column].dtype) for column in columns} == {"datetime64[ns]"}


def test_forms_name_the_pv_and_the_gain():
    """Text and HTML begin with what matters; the picture is inside the HTML."""
    result = compared(without(20, 50), EVERY_SECOND)
    assert "Only the secondary has 30 samples" in repr(result)
    html = result._repr_html_()
    assert "data:image/svg+xml" in html
    assert "<script" not in html


def test_states_fill_the_range_without_overlap():
    """Each stretch begins where the last one ended, from the range's start to its end."""
    result = compared(without(20, 50), without(70, 80), primary={"fields": restarted(20, 50)})
    for coverage in (result.primary, result.secondary):
        assert coverage.start[0] == 0
        assert coverage.end[-1] == 100 * S
        assert np.array_equal(coverage.start[1:], coverage.end[:-1])


def test_gaps_sort_by_expiry():
    """What is lost first stands first."""
    day = 86400
    primary = make_side("primary", (0, 3 * day), [0, 100, 2 * day + 100])
    secondary = make_side(
        "secondary", (0, 3 * day), [0, 50, 100, day, 2 * day, 2 * day + 100], stores=STORES_HALF_A_YEAR
    )
    gaps = compare_evidence(make_evidence(primary, secondary), min_gap=0).gaps
    assert gaps.expires_at.tolist() == sorted(gaps.expires_at.tolist())
    assert len(gaps) == 2
