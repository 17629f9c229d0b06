"""Plans of many PVs: those that cannot be planned, batches, and those that are left when refused ones go."""

from dataclasses import replace

import pytest

from archredundancy.errors import ConnectionFailed, InputError, TooLargeError
from archredundancy.model import NS_PER_SECOND, DbrType, Granularity, Retention, Samples
from archredundancy.plan import (
    HazardKind,
    Limits,
    MergePlan,
    Status,
    assemble,
    build_plan,
    plan_pv,
    terms_of,
    unplanned,
)
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

#: 2026-05-01T07:00:00Z, where a partition of half an hour begins.
START = NOW - 5 * 3600 * NS_PER_SECOND
LENGTH = 1800 * NS_PER_SECOND
TERMS = terms_of(None, NOW)
DOWN = ConnectionFailed("no answer from http://q1:17665/mgmt/bpl/getPVStatus, after 3 tries", url="http://q1:17665")


def history(*times):
    return Samples.build(DbrType.SCALAR_INT, times, [1] * len(times))


def evidence_of(pv, mine=(START,), theirs=(START + 1,), **changes):
    return make_merge_evidence(history(*mine), history(*theirs), pv=pv, **changes)


def test_a_pv_that_cannot_be_planned_is_refused_with_the_reason():
    """The others are planned all the same; the plan can be saved, and names no URL."""
    plan = assemble([plan_pv(evidence_of("A"), TERMS), unplanned("B", TERMS, DOWN)], TERMS)
    assert [pv.status for pv in plan.pvs] == [Status.READY, Status.REFUSED]
    (hazard,) = plan.of("B").hazards
    assert (hazard.kind, hazard.refuses) == (HazardKind.NOT_PLANNED, True)
    assert hazard.message == "The PV could not be planned (connection): no answer from (URL), after 3 tries."
    assert MergePlan.from_json(plan.to_json()) == plan
    assert plan.status is Status.REFUSED


def test_a_pv_that_is_too_large_to_be_read_is_over_the_limit():
    """The refusal names the number that was allowed."""
    pv = unplanned("B", TERMS, TooLargeError("too much"), Limits(read_bytes=5000))
    assert pv.hazards[0].kind is HazardKind.OVER_LIMIT
    assert "5,000 bytes" in pv.hazards[0].message
    assert pv.status is Status.REFUSED


def test_what_expires_first_is_merged_first_in_batches_of_1_and_10_and_the_rest():
    """What is kept for ever comes last; refused PVs and those without gain are in no batch."""

    def keeping(pv, months):
        evidence = evidence_of(pv)
        kept = None if months is None else Retention(partitions=months, granularity=Granularity.MONTH)
        side = replace(evidence.evidence.secondary, type_info=None, declared_retention=kept)
        return replace(evidence, evidence=replace(evidence.evidence, secondary=side))

    evidence = [keeping("ever", None), evidence_of("refused", storage="XX"), evidence_of("idle", theirs=(START,))]
    evidence += [keeping(f"{months:02d}", months) for months in range(14, 1, -1)]
    batches = build_plan(evidence).batches
    assert batches[0] == ("02",)
    assert batches[1] == tuple(f"{months:02d}" for months in range(3, 13))
    assert batches[2] == ("13", "14", "ever")
    assert build_plan(evidence[1:3]).batches == ()


def test_refused_pvs_can_be_left_out_without_asking_again():
    """What is left is the plan that would have been made of them alone."""
    good, lossy = evidence_of("A"), evidence_of("B", mine=(START, START + LENGTH - 1))
    both = build_plan([good, lossy, evidence_of("C", storage="XX")])
    assert both.without_refused() == build_plan([good])
    assert both.without_refused().status is Status.READY
    assert both.without_refused().without_refused() == build_plan([good])


def test_an_accepted_loss_has_to_be_that_of_what_is_left():
    """The number was of all PVs; with less to lose it is another one, so the loss is refused again."""
    lossy = [evidence_of(pv, mine=(START, START + LENGTH - 1)) for pv in ("A", "B")]
    plan = build_plan([*lossy, evidence_of("C", storage="XX", mine=(START, START + LENGTH - 1))], accept_loss=2)
    assert plan.of("A").status is Status.READY
    assert plan.without_refused() == build_plan(lossy, accept_loss=2)
    smaller = build_plan([lossy[0], evidence_of("B", storage="XX")], accept_loss=2)
    assert smaller.status is Status.REFUSED


def test_nothing_is_left_of_a_plan_of_refused_pvs():
    """Which is an error, as there is no plan of no PV."""
    with pytest.raises(InputError, match=r"all 1 PVs of plan .* are refused"):
        build_plan([evidence_of("A", storage="XX")]).without_refused()
