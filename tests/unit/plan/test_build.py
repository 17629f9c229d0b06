"""From evidence to a plan: strategy, horizon, window, and what is counted where."""

from dataclasses import replace

import pytest

from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType, Extras, Granularity, Samples
from archredundancy.plan import Digest, NotFillable, Status, Strategy, build_plan, digest
from archredundancy.segments import Segments
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

MINUTE = 60 * NS_PER_SECOND
#: 2026-05-01T07:00:00Z, where a partition of half an hour begins.
START = NOW - 300 * MINUTE
END = START + 30 * MINUTE
LAST_READ = END - NS_PER_SECOND


def history(*times, value=0):
    return Samples.build(DbrType.SCALAR_INT, times, [value] * len(times))


def only_partition(primary, secondary, **terms):
    """Return the one partition of a plan."""
    (partition,) = build_plan([make_merge_evidence(primary, secondary)], **terms).partitions
    return partition


def test_a_partition_says_what_both_sides_have_and_what_becomes_of_it():
    """Gain, equal and differing ties, digests of both sides, file and rewriting."""
    mine = Samples.build(DbrType.SCALAR_INT, [START, START + 1, START + 3], [0, 1, 3])
    theirs = Samples.build(DbrType.SCALAR_INT, [START + 1, START + 2, START + 3], [1, 2, 4])
    partition = only_partition(mine, theirs)
    assert partition.partition.name == "2026_05_01_07_00"
    assert (partition.primary, partition.secondary) == (digest(mine), digest(theirs))
    assert (partition.gain, partition.ties_equal, partition.ties_different) == (1, 1, 1)
    assert partition.exists
    assert partition.rewritten
    assert partition.would_be_lost == 0
    assert partition.not_fillable == {}
    assert partition.estimated_bytes == 4 * (13 + 4)


def test_the_last_second_is_neither_kept_nor_filled():
    """The primary's own samples after 59.000000000 are lost from a rewritten file, the secondary's are not taken."""
    mine = history(START, LAST_READ, LAST_READ + 1, END - 1)
    theirs = history(START + 1, LAST_READ + 2)
    partition = only_partition(mine, theirs)
    assert (partition.would_be_lost, partition.lost_times) == (2, (LAST_READ + 1, END - 1))
    assert partition.not_fillable == {NotFillable.LAST_SECOND: 1}


def test_a_tie_in_the_last_second_is_lost_too():
    """The secondary has it as well, but that one is not taken."""
    partition = only_partition(history(START, END - 1), history(START + 1, END - 1))
    assert (partition.ties_equal, partition.would_be_lost, partition.gain) == (1, 1, 1)


@pytest.mark.parametrize("strategy", [Strategy.DIRECT, Strategy.RELAY])
def test_a_partition_without_a_file_is_not_filled(strategy):
    """It has a plan of its own, which says so."""
    plan = build_plan([make_merge_evidence(history(START), history(START + 1, END))], strategy=strategy)
    first, second = plan.partitions
    assert (first.gain, second.gain) == (1, 0)
    assert (second.exists, second.rewritten, second.primary) == (False, False, Digest())
    assert second.not_fillable == {NotFillable.NO_FILE: 1}


def test_an_empty_file_that_is_known_of_is_filled():
    """A stub without samples is a file."""
    evidence = make_merge_evidence(history(START), history(END), empty_files=("2026_05_01_07_30",))
    assert build_plan([evidence]).totals.gain == 1


@pytest.mark.parametrize(
    ("time", "rewritten"), [(LAST_READ + 999_999, True), (LAST_READ + 1_000_000, False), (START - 1, False)]
)
def test_direct_rewrites_what_ncount_counts(time, rewritten):
    """A sample in the first millisecond of the last second is counted, though not taken."""
    mine = history(START, END, END + 40 * MINUTE)
    theirs = history(time, END + 1)
    plan = build_plan([make_merge_evidence(mine, theirs)], strategy="direct")
    found = {each.partition.start: each.rewritten for each in plan.partitions}
    assert found[START] is rewritten
    assert found[END]


def test_direct_rewrites_partitions_that_only_tie_and_relay_does_not():
    """The relay serves promised samples only."""
    evidence = make_merge_evidence(history(START, END - 1, END), history(START, END + 1))
    direct, relay = (build_plan([evidence], strategy=strategy) for strategy in (Strategy.DIRECT, Strategy.RELAY))
    assert [each.rewritten for each in direct.partitions] == [True, True]
    assert [each.rewritten for each in relay.partitions] == [False, True]
    assert (direct.totals.would_be_lost, relay.totals.would_be_lost) == (1, 0)


@pytest.mark.parametrize("strategy", Strategy)
def test_a_pv_that_gains_nothing_is_not_merged(strategy):
    """Nothing to do is no hazard, and nothing is rewritten or lost by it."""
    plan = build_plan([make_merge_evidence(history(START, END - 1), history(START, END - 1))], strategy=strategy)
    assert plan.status is Status.NOTHING_TO_DO
    assert (plan.totals.rewritten, plan.totals.would_be_lost, plan.hazards) == (0, 0, ())


@pytest.mark.parametrize("secondary", [history(START), history()], ids=["of S", "of none"])
def test_a_primary_without_samples_is_no_problem(secondary):
    """There is nothing to do, or nothing can be filled."""
    plan = build_plan([make_merge_evidence(history(), secondary)])
    assert plan.status is Status.NOTHING_TO_DO
    assert plan.pvs[0].granularity is Granularity.MIN30


def test_window_and_exclusions_are_honoured_by_the_relay():
    """Both are half-open; what lies outside is counted as not wanted."""
    theirs = history(*(START + minute * MINUTE for minute in range(1, 9)))
    plan = build_plan(
        [make_merge_evidence(history(START), theirs)],
        start=START + 2 * MINUTE,
        end=START + 8 * MINUTE,
        excluded=Segments.of((START + 4 * MINUTE, START + 6 * MINUTE)),
    )
    assert plan.totals.gain == 4
    assert plan.totals.not_fillable == {NotFillable.NOT_WANTED: 4}


def test_nothing_is_promised_from_the_horizon_on():
    """By default a minute before now; samples from there on are counted, but count for nothing else."""
    before, at = NOW - MINUTE - 1, NOW - MINUTE
    mine, theirs = history(NOW - 20 * MINUTE, at + 1), history(before, at, at + 1)
    plan = build_plan([make_merge_evidence(mine, theirs)])
    assert plan.horizon == at
    assert plan.totals.gain == 1
    assert plan.totals.not_fillable == {NotFillable.AFTER_HORIZON: 1}
    assert plan.pvs[0].after_horizon == 1
    (partition,) = plan.partitions
    assert (partition.primary.n, partition.secondary.n, partition.ties_equal) == (1, 1, 0)
    assert partition.not_fillable == {}


def test_a_wider_margin_leaves_out_more():
    """In seconds."""
    plan = build_plan([make_merge_evidence(history(START), history(NOW - 90 * NS_PER_SECOND))], quiet_margin=91)
    assert plan.horizon == NOW - 91 * NS_PER_SECOND
    assert plan.totals.not_fillable == {NotFillable.AFTER_HORIZON: 1}


def test_what_comes_after_the_horizon_counts_for_no_number():
    """Neither for ties, nor for dropped attributes, nor for the size of the file."""
    rare = Extras.build([(1, (), 5, -1, -1)])
    later = Samples.build(DbrType.SCALAR_INT, [START, START + 9], [0, 0], extras=rare)
    settled, grown = (
        only_partition(mine, history(START + 1, START + 9), horizon=START + 9) for mine in (history(START), later)
    )
    assert settled == grown


def test_losses_count_even_after_the_horizon():
    """A last second that has passed since may cost samples that were not there when the plan was made."""
    end = NOW + 30 * MINUTE
    evidence = make_merge_evidence(history(START, NOW, end - 1), history(START + 1, NOW + 1), now=end + MINUTE)
    plan = build_plan([evidence], strategy="direct", horizon=NOW)
    assert [each.would_be_lost for each in plan.partitions] == [0, 1]
    assert plan.partitions[1].primary == Digest()


def test_the_earliest_question_sets_the_horizon_of_all():
    """PVs are asked one after the other; the plan has one horizon."""
    evidence = [
        make_merge_evidence(history(START), history(START + 1), pv=pv, now=now)
        for pv, now in (("A", NOW + MINUTE), ("B", NOW))
    ]
    assert build_plan(evidence).horizon == NOW - MINUTE


def test_expiry_is_that_of_the_first_sample_to_gain():
    """The secondary keeps a day's samples for 184 days from its beginning; where nothing is gained nothing expires."""
    day = 86400 * NS_PER_SECOND
    midnight = NOW - NOW % day
    plan = build_plan([make_merge_evidence(history(START, END), history(START + 1, START + 2, END))])
    assert [each.expires_at for each in plan.partitions] == [midnight + 184 * day, None]
    assert plan.totals.expires_at == midnight + 184 * day


def test_expiry_of_a_secondary_that_keeps_everything_is_none():
    """Also where its stores are not known."""
    evidence = make_merge_evidence(history(START), history(START + 1))
    secondary = replace(evidence.evidence.secondary, type_info=None)
    plan = build_plan([replace(evidence, evidence=replace(evidence.evidence, secondary=secondary))])
    assert plan.totals.expires_at is None


@pytest.mark.parametrize("reachable", [True, None, False])
def test_the_relay_is_the_default(reachable):
    """Nothing but a person's word makes a plan `direct`, which merges all that the secondary has."""
    assert build_plan(
        [make_merge_evidence(history(START), history(START + 1), relay_reachable=reachable)]
    ).strategy == ("relay")


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"strategy": "copy"}, "unknown strategy 'copy'; allowed: direct, relay, rebuild"),
        ({"start": NOW, "end": NOW - 1}, "the window ends at .* before its start"),
        ({"horizon": NOW + 1}, "the horizon .* lies after"),
        ({"accept_loss": True}, "accept_loss=True is not a number of samples"),
        ({"accept_loss": -1}, "accept_loss=-1 is not a number of samples"),
        ({"quiet_margin": -1.0}, r"quiet_margin=-1.0 is not a length of time"),
        ({"quiet_margin": float("nan")}, r"quiet_margin=nan is not a length of time"),
    ],
)
def test_arguments_that_cannot_be_used(arguments, match):
    """Each is told with what is allowed."""
    with pytest.raises(InputError, match=match):
        build_plan([make_merge_evidence(history(START), history(START + 1))], **arguments)


@pytest.mark.parametrize("names", [[], ["A", "A"]])
def test_a_plan_needs_each_pv_once(names):
    """At least one, and none twice."""
    evidence = [make_merge_evidence(history(START), history(START + 1), pv=name) for name in names]
    with pytest.raises(InputError, match="a plan needs"):
        build_plan(evidence)
