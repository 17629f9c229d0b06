"""A plan to rebuild: what it can do that a merge in place cannot, and what it says about the price."""

from dataclasses import replace

import pytest

from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType, Extras, FailureKind, ReadFailure, Samples, TimeRange, TypeInfo
from archredundancy.plan import HazardKind, MergePlan, NotFillable, Root, Status, build_plan, predicted_after
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

MINUTE = 60 * NS_PER_SECOND
START = NOW - 300 * MINUTE
END = START + 30 * MINUTE


def history(*times):
    return Samples.build(DbrType.SCALAR_INT, times, [0] * len(times))


def hazard(plan, kind):
    return next((each for each in plan.hazards if each.kind is kind), None)


def test_what_a_merge_in_place_misses_loses_and_drops_is_kept_by_a_rebuild():
    """A partition without a file, both last seconds, and the repeat count of a rewritten sample."""
    mine = Samples.build(DbrType.SCALAR_INT, [START, END - 1], [0, 0], extras=Extras.build([(0, (), 7, 1, -1)]))
    evidence = make_merge_evidence(mine, history(START + 1, END - 2, END + 5))
    relay, rebuild = (build_plan([evidence], strategy=name) for name in ("relay", "rebuild"))
    assert relay.totals.not_fillable == {NotFillable.NO_FILE: 1, NotFillable.LAST_SECOND: 1}
    assert (relay.totals.would_be_lost, relay.totals.attributes_dropped) == (1, {"field_change": 1, "repeat_count": 1})
    assert (rebuild.totals.gain, rebuild.totals.not_fillable) == (3, {})
    assert (rebuild.totals.would_be_lost, rebuild.totals.attributes_dropped) == (0, {})
    assert predicted_after(evidence, rebuild.pvs[0]).extras.repeat_count.tolist() == [7]
    assert (relay.status, rebuild.status) == (Status.REFUSED, Status.READY)


@pytest.mark.parametrize(
    ("root", "told"), [(Root.NEW, "in a new folder"), ("same", "moved to another folder"), (None, "in a new folder")]
)
def test_the_price_is_a_warning_and_a_part_of_what_is_approved(root, told):
    """History through our server, disk twice, incomplete answers meanwhile, and where the files are afterwards."""
    evidence = make_merge_evidence(history(START), history(START + 1))
    plan = build_plan([evidence], strategy="rebuild", root=root)
    costs = hazard(plan, HazardKind.REBUILD_COSTS)
    assert costs is not None
    assert not costs.refuses
    for words in ("less than 1 MiB", "twice", "answers incompletely", told):
        assert words in costs.message
    assert f"strategy rebuild into the {plan.terms.root} folder" in repr(plan)


def test_the_root_is_a_part_of_the_id_and_survives_saving():
    """Plans that end in different folders are different plans; other strategies have no root in their JSON."""
    evidence = make_merge_evidence(history(START), history(START + 1))
    new, same = (build_plan([evidence], strategy="rebuild", root=root) for root in Root)
    assert new.id != same.id
    assert MergePlan.from_json(same.to_json()) == same
    assert '"root"' not in build_plan([evidence]).to_json()


@pytest.mark.parametrize(
    ("strategy", "root", "match"),
    [("relay", "new", "is for strategy 'rebuild'"), ("rebuild", "old", "allowed: new, same")],
)
def test_a_root_that_means_nothing_is_refused(strategy, root, match):
    """Not ignored."""
    evidence = make_merge_evidence(history(START), history(START + 1))
    with pytest.raises(InputError, match=match):
        build_plan([evidence], strategy=strategy, root=root)


def test_a_store_without_a_folder_cannot_be_rebuilt():
    """There would be nothing to put another folder beside."""
    evidence = make_merge_evidence(history(START), history(START + 1))
    primary = evidence.evidence.primary
    reply = {**primary.type_info.reply, "dataStores": ["pb://localhost?name=LTS&partitionGranularity=PARTITION_30MIN"]}
    side = replace(primary, type_info=TypeInfo.from_reply(reply))
    plan = build_plan([replace(evidence, evidence=replace(evidence.evidence, primary=side))], strategy="rebuild")
    found = hazard(plan, HazardKind.WRONG_STORE)
    assert found is not None
    assert found.refuses and "rootFolder" in found.message


def test_what_is_unread_anywhere_in_the_primary_refuses_a_rebuild():
    """It would be missing from the new files, although no sample of that partition is to be seen."""
    evidence = make_merge_evidence(history(START), history(START + 1))
    primary = evidence.evidence.primary
    hole = TimeRange(start=START - 600 * MINUTE, end=START - 599 * MINUTE)
    failure = ReadFailure(range=hole, kind=FailureKind.DAMAGED, message="damaged")
    known = primary.reading.known - type(primary.reading.known).of((hole.start, hole.end))
    side = replace(primary, reading=replace(primary.reading, known=known, failures=(failure,)))
    torn = replace(evidence, evidence=replace(evidence.evidence, primary=side))
    window = {"start": START, "end": END}
    relay, rebuild = (build_plan([torn], strategy=name, **window) for name in ("relay", "rebuild"))
    assert hazard(relay, HazardKind.NOT_READ) is None
    found = hazard(rebuild, HazardKind.NOT_READ)
    assert found is not None
    assert found.refuses
