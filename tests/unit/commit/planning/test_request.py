"""What somebody wants to have planned, read into terms."""

import pytest

from archredundancy.commit import PlanRequest
from archredundancy.commit.planning.request import parse_exclusions
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND
from archredundancy.testing.handmade.merge_evidence import NOW


@pytest.mark.parametrize(
    ("strategy", "expected"), [(None, "relay"), ("direct", "direct"), ("rebuild", "rebuild"), ("relay", "relay")]
)
def test_each_wish_is_in_the_terms(strategy, expected):
    """With every strategy: start, end, exclusions and margin; a strategy that cannot honour them is refused later."""
    request = PlanRequest(
        pvs="A",
        strategy=strategy,
        start="-2d",
        end="now",
        exclude=[("-1d", "-6h")],
        quiet_margin=90,
        root="same" if strategy == "rebuild" else None,
    )
    terms = request.terms(NOW, "UTC")
    day = 86400 * NS_PER_SECOND
    assert (terms.strategy, terms.root) == (expected, request.root)
    assert (terms.start, terms.end, list(terms.excluded)) == (NOW - 2 * day, NOW, [(NOW - day, NOW - day // 4)])
    assert terms.horizon == NOW - 90 * NS_PER_SECOND
    assert terms.is_limited


def test_a_saved_copy_is_not_merged_directly():
    """The secondary itself would be asked."""
    with pytest.raises(InputError, match="'direct' asks the secondary itself"):
        PlanRequest(pvs="A", strategy="direct", source="a/copy").terms(NOW, "UTC")


@pytest.mark.parametrize(("pvs", "expected"), [("A", True), ("A*", False), (["A"], False)])
def test_one_pv_is_asked_for_by_its_name(pvs, expected):
    """Then what keeps it from being planned is raised."""
    assert PlanRequest(pvs=pvs).is_of_one is expected


@pytest.mark.parametrize(
    ("span", "match"),
    [
        ("2026-05-01", "is no span to exclude; give pairs"),
        (("2026-05-01",), "is no span to exclude; give pairs"),
        (7, "is no span to exclude; give pairs"),
        (("2026-05-02", "2026-05-01"), "does not end after its start"),
        (("2026-05-01", "2026-05-01"), "does not end after its start"),
        (("2026-05-01", "soon"), "soon"),
    ],
)
def test_spans_that_are_none(span, match):
    """Each is told."""
    with pytest.raises(InputError, match=match):
        parse_exclusions([span], now=NOW, timezone="UTC")


def test_spans_are_read_in_the_zone_of_the_site():
    """Those that touch are one."""
    spans = [("2026-05-01T02:00", "2026-05-01T03:00"), ("2026-05-01T01:00Z", "2026-05-01T02:00Z")]
    found = parse_exclusions(spans, now=NOW, timezone="Europe/Berlin")
    assert list(found) == [(1_777_593_600 * NS_PER_SECOND, 1_777_600_800 * NS_PER_SECOND)]
