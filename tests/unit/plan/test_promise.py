"""The samples a plan is about."""

from dataclasses import replace

import pytest

from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType, Extras, Samples
from archredundancy.plan import build_plan, predicted_after, promised_samples
from archredundancy.testing import assert_samples_equal
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

#: 2026-05-01T07:00:00Z, where a partition of half an hour begins.
START = NOW - 5 * 3600 * NS_PER_SECOND
END = START + 1800 * NS_PER_SECOND


def history(*times, extras=None):
    return Samples.build(DbrType.SCALAR_INT, times, range(len(times)), extras=extras)


def test_promised_are_the_secondary_s_samples_as_it_stores_them():
    """Fields and rare attributes included: what becomes of those is the appliance's doing."""
    extras = Extras.build([(1, (("startup", "true"),), 3, 1, -1)])
    theirs = history(START, START + 1, END - 1, END, extras=extras)
    evidence = make_merge_evidence(history(START), theirs)
    plan = build_plan([evidence])
    assert_samples_equal(promised_samples(evidence, plan.of("T:PV")), theirs.slice(1, 2))


def test_attributes_change_in_rewritten_partitions_only():
    """Fields stay and get an explicit `field_change`; everything else is dropped. Untouched files stay as they are."""
    entries = [((), 3, -1, 4), ((("HIHI", "1"),), 3, -1, 4), ((("HIHI", "1"),), -1, 1, -1), ((), -1, 1, -1)]
    extras = Extras.build([(row, *entry) for row, entry in enumerate([*entries, *entries])])
    mine = history(*range(START, START + 4), *range(END, END + 4), extras=extras)
    evidence = make_merge_evidence(mine, history(START + 5))
    after = predicted_after(evidence, build_plan([evidence]).of("T:PV"))
    found = zip(
        after.extras.row.tolist(),
        after.extras.fields.tolist(),
        after.extras.repeat_count.tolist(),
        after.extras.field_change.tolist(),
        after.extras.user_tag.tolist(),
        strict=True,
    )
    assert list(found) == [
        (1, (("HIHI", "1"),), -1, 0, -1),
        (2, (("HIHI", "1"),), -1, 1, -1),
        *((row, *entry) for row, entry in enumerate(entries, start=5)),
    ]


def test_nothing_to_do_promises_nothing():
    """And leaves everything as it is."""
    mine = history(START, END - 1)
    evidence = make_merge_evidence(mine, mine)
    plan = build_plan([evidence]).of("T:PV")
    assert len(promised_samples(evidence, plan)) == 0
    assert_samples_equal(predicted_after(evidence, plan), mine)


def test_evidence_that_has_changed_is_refused():
    """A plan promises nothing of samples it has not seen."""
    plan = build_plan([make_merge_evidence(history(START), history(START + 1))]).of("T:PV")
    changed = make_merge_evidence(history(START), history(START + 1, START + 2))
    for look in (promised_samples, predicted_after):
        with pytest.raises(InputError, match="the evidence of 'T:PV' is not what the plan was made from; plan again"):
            look(changed, plan)


def test_samples_that_came_after_the_horizon_are_no_change():
    """They are in what is predicted, as the primary has them already."""
    plan = build_plan([make_merge_evidence(history(START), history(START + 1))]).of("T:PV")
    later = make_merge_evidence(history(START, NOW), history(START + 1, NOW + 1))
    assert promised_samples(later, plan).time.tolist() == [START + 1]
    assert predicted_after(later, plan).time.tolist() == [START, START + 1, NOW]


def test_evidence_of_another_pv_is_refused():
    """Even if its samples were the same."""
    evidence = make_merge_evidence(history(START), history(START + 1))
    plan = build_plan([make_merge_evidence(history(START), history(START + 1), pv="T:OTHER")]).of("T:OTHER")
    with pytest.raises(InputError, match="the evidence is of 'T:PV', the plan of 'T:OTHER'"):
        promised_samples(evidence, plan)


def test_a_plan_without_a_store_promises_nothing():
    """Nobody can say which files there are."""
    evidence = make_merge_evidence(history(START), history(START + 1), storage="XX")
    plan = build_plan([evidence]).of("T:PV")
    with pytest.raises(InputError, match="has no store to merge into, so nothing is promised; see its hazards"):
        promised_samples(evidence, plan)


def test_unlike_types_promise_nothing():
    """They cannot be united."""
    theirs = Samples.build(DbrType.SCALAR_SHORT, [START + 1], [1])
    evidence = make_merge_evidence(history(START), theirs)
    plan = build_plan([evidence]).of("T:PV")
    with pytest.raises(InputError, match=r"SCALAR_INT.*SCALAR_SHORT"):
        predicted_after(evidence, replace(plan, partitions=()))
