"""Policies for new PVs."""

import pytest

from archredundancy.appliance.configuration.policies import POLICIES, MetaInfo, Policies
from archredundancy.errors import InputError
from archredundancy.model import DbrType, StoreUrl


def sampled(events=0.0, size=0.0, **fields):
    return MetaInfo(dbr_type=DbrType.SCALAR_DOUBLE, event_rate=events, storage_rate=size, fields=fields)


def layout(policy):
    """Scheme, granularity and hold of each store."""
    urls = [StoreUrl.parse(text) for text in policy.stores]
    return [(url.scheme, url.granularity.value[10:] if url.granularity else "", url.hold) for url in urls]


PRIMARY = [("pb", "HOUR", 0), ("pb", "DAY", 2), ("pb", "YEAR", 0)]
SECONDARY = [("pb", "HOUR", 0), ("pb", "DAY", 184), ("blackhole", "", 0)]

CHOICES = [
    ("Default", "A", "", sampled(), "Default", PRIMARY),
    ("Default", "A", "", sampled(events=2.5), "2HzPVs", PRIMARY),
    ("Default", "A", "nosuch", sampled(events=2.5), "Default", PRIMARY),
    ("Default", "A", "SixMonths", sampled(), "SixMonths", SECONDARY),
    ("SixMonths", "A", "", sampled(events=2.5), "SixMonths", SECONDARY),
    ("SixMonths", "A", "Default", sampled(), "Default", PRIMARY),
    ("Default", "A", "3DaysMTSOnly", sampled(), "2HzPVs", [*SECONDARY[:1], ("pb", "DAY", 4), *SECONDARY[2:]]),
]


@pytest.mark.parametrize(("default", "pv", "asked", "found", "name", "stores"), CHOICES)
def test_a_policy_is_chosen(default, pv, asked, found, name, stores):
    """What the user asks for comes first; then the primary looks at rates, and the secondary keeps six months (A.5)."""
    policy = Policies(default).choose(pv, asked, found)
    assert (policy.name, layout(policy)) == (name, stores)


def test_beam_position_monitors_are_thinned():
    """A PV of this name with more than 35 bytes a second gets a period that keeps it at that."""
    policy = Policies().choose("BPMS:LI24:X", "", sampled(events=2.0, size=350.0))
    assert (policy.name, policy.period) == ("BPMS", 5.0)


def test_only_the_policy_that_is_named_default_keeps_caches():
    """The stores of PVs without a policy of their own have no `pp`; those of `Default`, asked for by name, have two."""
    assert [policy for policy in POLICIES.values() if "pp=" in policy.stores[-1]] == [POLICIES["Default"]]
    assert "pp=" not in Policies().choose("A", "", sampled()).stores[-1]


@pytest.mark.parametrize(("record", "fields"), [("ai", 6), ("longout", 8), ("stringin", 0)])
def test_fields_go_with_records_that_have_them(record, fields):
    """Alarm and display limits of analog records, drive limits of those that can be written to."""
    assert len(sampled(RTYP=record).archive_fields) == fields
    assert sampled().archive_fields == ()


def test_a_secondary_may_keep_samples_for_another_time():
    """Only its own policy says so, and tells it."""
    policies = Policies("SixMonths", keep_days=7)
    assert [layout(policies.choose("A", asked, sampled()))[1] for asked in ("", "Default")] == [
        ("pb", "DAY", 7),
        ("pb", "DAY", 2),
    ]
    assert "for 7 days" in policies.by_name["SixMonths"].description
    assert list(policies.by_name) == list(POLICIES)


def test_samples_are_kept_for_a_day_at_least():
    """Else nothing would be left."""
    with pytest.raises(InputError, match="give 1 at least"):
        Policies(keep_days=0)


def test_a_policy_that_is_none_is_refused():
    """The message names those there are."""
    with pytest.raises(InputError, match="allowed: 2HzPVs, SixMonths"):
        Policies("nosuch")
