"""What a merge would not reach, would drop, would take, and would destroy."""

import pytest

from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType, Extras, Partition, Samples
from archredundancy.plan import Digest, HazardKind, NotFillable, PartitionPlan, Totals, build_plan
from archredundancy.plan.hazards.outcome import hazards_of_outcome
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

#: 2026-05-01T07:00:00Z, where a partition of half an hour begins.
START = NOW - 5 * 3600 * NS_PER_SECOND
END = START + 1800 * NS_PER_SECOND


def history(*times, extras=None):
    return Samples.build(DbrType.SCALAR_INT, times, range(len(times)), extras=extras)


def losing(pv="T:PV", count=1):
    """Return evidence of a PV whose merge gains one sample and loses some."""
    last_second = [END - row - 1 for reversed_row in [range(count)] for row in reversed(reversed_row)]
    return make_merge_evidence(history(START, *last_second), history(START + 1), pv=pv)


@pytest.mark.parametrize(("accept_loss", "status"), [(None, "refused"), (0, "refused"), (2, "refused"), (3, "ready")])
def test_a_loss_is_accepted_by_its_exact_number(accept_loss, status):
    """Not by a smaller or none; the hazard stays as a warning, and says the number."""
    plan = build_plan([losing(count=3)], accept_loss=accept_loss)
    (hazard,) = plan.hazards
    assert hazard.kind is HazardKind.WOULD_LOSE
    assert hazard.refuses is (status == "refused")
    assert hazard.message.startswith("3 samples of the primary, in the last second of 2026_05_01_07_00,")
    assert plan.status == status


def test_losses_are_accepted_for_the_plan_as_a_whole():
    """Two PVs that lose one and two samples need the number three."""
    evidence = [losing("A"), losing("B", 2), make_merge_evidence(history(START), history(START + 1), pv="C")]
    assert [hazard.refuses for hazard in build_plan(evidence, accept_loss=1).hazards] == [True, True]
    plan = build_plan(evidence, accept_loss=3)
    assert [hazard.refuses for hazard in plan.hazards] == [False, False]
    assert plan.status == "ready"
    assert plan.of("C").hazards == ()


def test_a_number_below_zero_is_no_loss():
    """It is refused as an argument."""
    with pytest.raises(InputError, match="accept_loss=-1 is not a number of samples"):
        build_plan([losing()], accept_loss=-1)


def test_at_most_twenty_lost_times_are_listed():
    """The first ones, and the number of all."""
    (partition,) = build_plan([losing(count=30)]).partitions
    assert partition.would_be_lost == 30
    assert partition.lost_times == tuple(range(END - 30, END - 10))


def test_samples_out_of_reach_are_a_warning():
    """By reason; what nobody wanted is no hazard."""
    theirs = history(START - 1, START + 1, END - 1, END)
    plan = build_plan([make_merge_evidence(history(START), theirs)], end=END)
    (hazard,) = plan.hazards
    assert (hazard.kind, hazard.refuses) == (HazardKind.NOT_FILLABLE, False)
    assert (
        "2 samples that only the secondary has will not arrive: 1 no partition file, 1 last second." in hazard.message
    )
    assert plan.totals.not_fillable == {
        NotFillable.NOT_WANTED: 1,
        NotFillable.NO_FILE: 1,
        NotFillable.LAST_SECOND: 1,
    }


def test_dropped_attributes_are_a_warning():
    """Of both sides' samples in the rewritten file; fields keep their `field_change`, and a false one is none."""
    rare = Extras.build(
        [
            (0, (), 4, 1, -1),
            (1, (("EGU", "mA"),), -1, 1, -1),
            (2, (), -1, 0, -1),
            (3, (), 5, -1, -1),
        ]
    )
    mine = history(START, START + 2, START + 4, END, extras=rare)
    theirs = history(START + 1, extras=Extras.build([(0, (), 7, -1, 8)]))
    plan = build_plan([make_merge_evidence(mine, theirs)])
    assert plan.totals.attributes_dropped == {"field_change": 1, "repeat_count": 2, "user_tag": 1}
    (hazard,) = plan.hazards
    assert (hazard.kind, hazard.refuses) == (HazardKind.ATTRIBUTES_DROPPED, False)
    assert "field_change of 1, repeat_count of 2, user_tag of 1" in hazard.message


def test_large_files_are_a_warning():
    """From 256 MiB on: the server holds the whole file in memory."""
    partition = Partition(start=0, end=1, name="1970")

    def kinds(size):
        plan = PartitionPlan(
            partition=partition,
            primary=Digest(),
            secondary=Digest(),
            exists=True,
            rewritten=True,
            estimated_bytes=size,
        )
        return [(hazard.kind, hazard.refuses) for hazard in hazards_of_outcome(Totals.of([plan]))]

    assert kinds(256 << 20) == []
    assert kinds((256 << 20) + 1) == [(HazardKind.SIZE, False)]


def test_what_a_rebuild_would_mend_says_so():
    """Samples that a merge destroys or does not reach: each remedy names the strategy that does neither."""
    lossy = build_plan([losing()]).hazards[0]
    out_of_reach = build_plan([make_merge_evidence(history(START), history(START + 1, END - 1))]).hazards[0]
    assert (lossy.kind, out_of_reach.kind) == (HazardKind.WOULD_LOSE, HazardKind.NOT_FILLABLE)
    assert "strategy 'rebuild'" in lossy.remedy and "strategy 'rebuild'" in out_of_reach.remedy
