"""What is odd where samples of both sides come together."""

import pytest

from archredundancy.model import NS_PER_SECOND, DbrType, Extras, Samples
from archredundancy.plan import HazardKind, build_plan
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

#: 2026-05-01T07:00:00Z, where a partition of half an hour begins.
START = NOW - 5 * 3600 * NS_PER_SECOND
HOUR = 3600 * NS_PER_SECOND


def hazard(primary, secondary, kind):
    """Return the hazard of a kind, or None."""
    plan = build_plan([make_merge_evidence(primary, secondary)])
    assert not any(each.refuses for each in plan.hazards)
    return next((each for each in plan.hazards if each.kind is kind), None)


def samples(values, **columns):
    """Return samples from a mapping of time to value."""
    return Samples.build(DbrType.SCALAR_INT, list(values), list(values.values()), **columns)


def test_instants_with_two_values_are_counted():
    """Those of rewritten partitions, with the first of them; the primary's stay."""
    mine = samples({START: 1, START + 1: 1, START + 2: 1, START + HOUR: 1})
    theirs = samples({START: 1, START + 1: 2, START + 2: 2, START + 3: 1, START + HOUR: 2})
    found = hazard(mine, theirs, HazardKind.DIFFERENT_VALUES)
    assert found.message == (
        "Of 2 instants both have a sample, with different values or alarms; "
        "the first is 2026-05-01T07:00:00.000000001Z."
    )


def test_equal_values_are_no_conflict():
    """Nothing is told where both sides agree."""
    mine, theirs = samples({START: 1, START + 1: 1}), samples({START: 1, START + 3: 1})
    assert hazard(mine, theirs, HazardKind.DIFFERENT_VALUES) is None


@pytest.mark.parametrize("name", ["startup", "cnxlostepsecs", "cnxregainedepsecs"])
def test_fields_of_the_secondarys_connection_are_counted(name):
    """They would say of the primary what happened to the secondary."""
    extras = Extras.build([(0, ((name, "1"),), -1, -1, -1), (1, (("HIHI", "1"),), -1, -1, -1)])
    theirs = samples({START + 1: 1, START + 2: 1}, extras=extras)
    found = hazard(samples({START: 1}), theirs, HazardKind.CONNECTION_FIELDS)
    assert "in 1 promised sample; the first is of 2026-05-01T07:00:00.000000001Z" in found.message


def test_fields_of_samples_that_do_not_come_do_not_matter():
    """Of an instant that both have the primary's sample stays, with its own fields."""
    extras = Extras.build([(0, (("startup", "true"),), -1, -1, -1)])
    theirs = samples({START: 1, START + 2: 1}, extras=extras)
    assert hazard(samples({START: 1}), theirs, HazardKind.CONNECTION_FIELDS) is None
