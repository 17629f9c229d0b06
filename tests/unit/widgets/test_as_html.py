"""The parts of the panel as HTML."""

from dataclasses import replace

from archredundancy.widgets.as_html import (
    LISTED,
    comparisons_html,
    failures_html,
    gap_rows,
    journal_html,
    plan_html,
    report_html,
)
from archredundancy.widgets.state import Failure


def expiring(comparison, pv, expires_at):
    gaps = comparison.gaps
    return replace(comparison, pv=pv, gaps=replace(gaps, expires_at=gaps.expires_at * 0 + expires_at))


def test_what_is_not_there_takes_no_room():
    """Parts without content are empty."""
    assert [comparisons_html((), False, False), failures_html(()), journal_html(())] == [""] * 3
    assert [plan_html(None), report_html(None)] == [""] * 2


def test_an_error_is_a_red_box_with_kind_and_message():
    """Its text is escaped, and the PV is named."""
    html = failures_html([Failure(kind="timeout", message="<b>silent</b>", pv="T:PV")])
    assert 'role="alert"' in html
    assert "<b>timeout</b> T:PV: &lt;b&gt;silent&lt;/b&gt;" in html


def test_gaps_of_all_pvs_are_in_the_order_of_their_expiry(comparison):
    """Those that never expire come last."""
    late, soon = (expiring(comparison, pv, when) for pv, when in (("LATE", 2_000), ("SOON", 1_000)))
    assert [row[0] for row in gap_rows([comparison, late, soon])] == ["SOON", "LATE", "T:PV"]
    assert gap_rows([comparison])[0][:4] == ("T:PV", "", "primary", "30")


def test_many_gaps_are_counted(comparison):
    """A table does not grow for ever."""
    html = comparisons_html([comparison] * (LISTED + 2), False, False)
    assert "and 2 more" in html
    assert comparison._repr_html_() in html


def test_no_gaps_are_told(comparison):
    """A comparison without gaps says so."""
    whole = replace(comparison, gaps=comparison.gaps.pick(comparison.gaps.start < 0))
    assert "No gaps." in comparisons_html([whole], False, False)


def test_a_comparison_makes_room_for_a_plan(comparison):
    """It is folded beside a plan, and its title tells when it is of the past."""
    assert "<details open><summary><b>Comparison</b>" in comparisons_html([comparison], False, False)
    assert "<details><summary><b>Comparison, as it was before" in comparisons_html([comparison], True, True)


def test_hazards_frame_a_plan_in_red(ready, refused):
    """A plan without hazards has no frame."""
    assert "border-left" in plan_html(refused)
    assert "REFUSED" in plan_html(refused)
    assert "border-left" not in plan_html(ready)


def test_the_journal_is_text(entry):
    """Each line is escaped."""
    assert "state T:PV state=&lt;locked&gt;" in journal_html([entry])


def test_the_proof_is_the_report(report):
    """The report's own HTML is shown."""
    assert report.to_html() in report_html(report)
