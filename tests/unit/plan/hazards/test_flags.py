"""What named flags of a cluster keep out of its answers, or out of its stores."""

from dataclasses import replace

import pytest

from archredundancy.model import DbrType, Samples, StoreUrl
from archredundancy.plan import HazardKind, build_plan
from archredundancy.testing.handmade.merge_evidence import NOW, PRIMARY_STORES, make_merge_evidence

MINE = Samples.build(DbrType.SCALAR_DOUBLE, [NOW - 10_000_000_000_000], [1.0])
THEIRS = Samples.build(DbrType.SCALAR_DOUBLE, [NOW - 9_999_000_000_000], [2.0])


def refusals(side="primary", options=("", ""), **flags):
    """Return kinds and messages of what refuses, with options added to the stores of one side."""
    evidence = make_merge_evidence(MINE, THEIRS, **flags)
    sides = evidence.evidence
    urls = [f"{url}{option}" for url, option in zip(PRIMARY_STORES, options, strict=True)]
    info = replace(getattr(sides, side).type_info, stores=tuple(map(StoreUrl.parse, urls)))
    sides = replace(sides, **{side: replace(getattr(sides, side), type_info=info)})
    plan = build_plan([replace(evidence, evidence=sides)])
    return [(hazard.kind, hazard.message) for hazard in plan.hazards if hazard.refuses]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"primary_flags": ("SKIP_LTS_FOR_RETRIEVAL",)}, "SKIP_LTS_FOR_RETRIEVAL is set on the primary"),
        ({"secondary_flags": ("SKIP_MTS_FOR_RETRIEVAL",)}, "SKIP_MTS_FOR_RETRIEVAL is set on the secondary"),
        ({"primary_flags": ("SKIP_LTS_FOR_ETL",)}, "nothing is moved into that store"),
    ],
)
def test_a_flag_that_stands_before_a_store_is_refused(flags, said):
    """It is named, with the cluster where it is set."""
    ((kind, message),) = refusals(**flags)
    assert kind is HazardKind.SKIPPED_STORE
    assert said in message


@pytest.mark.parametrize(
    "flags",
    [
        {"primary_flags": ("SKIP_XTS_FOR_RETRIEVAL", "other")},
        {"secondary_flags": ("SKIP_LTS2_FOR_RETRIEVAL", "SKIP_STS_FOR_ETL")},
        {"primary_flags": None, "secondary_flags": None},
    ],
    ids=["other stores", "moving on the secondary", "not known"],
)
def test_other_flags_do_not_matter(flags):
    """A flag of no store of this PV, or about moving what the secondary has, changes nothing of a merge."""
    assert refusals(**flags) == []


@pytest.mark.parametrize(
    ("flags", "whose"),
    [
        ({"primary_flags": None}, ["primary"]),
        ({"secondary_flags": None}, ["secondary"]),
        ({"primary_flags": None, "secondary_flags": None}, ["primary and of the secondary"]),
        ({}, []),
    ],
)
def test_flags_that_are_not_known_are_a_warning(flags, whose):
    """A store may be hidden, and with it what the primary has."""
    hazards = build_plan([make_merge_evidence(MINE, THEIRS, **flags)]).hazards
    found = [hazard.message for hazard in hazards if hazard.kind is HazardKind.SKIPPED_STORE and not hazard.refuses]
    assert found == [f"Whether a flag keeps a store of the {each} out of answers is not known." for each in whose]


@pytest.mark.parametrize(("side", "count"), [("primary", 1), ("secondary", 0)])
def test_a_store_that_may_throw_away_what_is_moved_into_it_is_refused(side, count):
    """Consolidating goes through the primary's stores only."""
    found = refusals(side, ("", "&etlIntoStoreIf=flag"), primary_flags=("flag",))
    assert [kind for kind, _ in found] == [HazardKind.CONDITIONAL_STORE] * count


@pytest.mark.parametrize(("flags", "count"), [((), 1), (None, 1), (("flag",), 0)])
def test_a_store_that_keeps_its_samples_until_a_flag_is_set_is_refused(flags, count):
    """What it keeps would vanish behind merged samples; while the flag is set it gives them."""
    found = refusals("primary", ("&etlOutofStoreIf=flag", ""), primary_flags=flags)
    assert [kind for kind, _ in found] == [HazardKind.CONDITIONAL_STORE] * count
