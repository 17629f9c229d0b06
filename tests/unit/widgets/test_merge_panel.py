"""The panel driven without a browser: clicks and values in Python, a pair that does what the test says."""

import logging
from threading import Event

import pytest

from archredundancy.errors import ApprovalError, ConnectionFailed, InputError
from archredundancy.widgets import MergePanel

BUTTONS = ("compare", "plan", "commit")


class FakePair:
    """Answers with what it was given; an exception is raised."""

    def __init__(self, comparison=None, plan=None, report=None, entries=(), gate=None):
        self.answers = {"comparison": comparison, "plan": plan, "report": report}
        self.entries = entries
        self.gate = gate
        self.asked = []

    def compare(self, pv, start, end):
        self.asked.append(("compare", pv, start, end))
        return self.answer("comparison")

    def plan_merge(self, pvs, *, progress=True):
        self.asked.append(("plan_merge", *pvs))
        return self.answer("plan")

    def commit(self, plan, *, approve, on_entry):
        self.asked.append(("commit", plan, approve))
        for entry in self.entries:
            on_entry(entry)
        if self.gate is not None:
            assert self.gate.wait(30)
        return self.answer("report")

    def answer(self, name):
        if isinstance(self.answers[name], Exception):
            raise self.answers[name]
        return self.answers[name]


@pytest.fixture
def make_panel():
    """Make panels that are closed when the test ends."""
    made = []

    def make(pair, pvs=("A", "B"), **options):
        made.append(MergePanel(pair, pvs, **options))
        return made[-1]

    yield make
    for panel in made:
        panel.wait()
        panel.close()


def html(panel):
    return "".join(child.value for child in panel.box.children if hasattr(child, "value"))


def press(panel, name):
    getattr(panel, name).click()
    panel.wait()


def approve(panel, plan):
    press(panel, "plan")
    panel.tick.value = True
    panel.typed.value = str(plan.id)


def test_buttons_have_their_names(make_panel):
    """Compare, Plan and Commit are called so; Commit cannot be pressed at the start, and is not even shown."""
    panel = make_panel(FakePair())
    assert [getattr(panel, name).description for name in BUTTONS] == ["Compare", "Plan", "Commit"]
    assert [getattr(panel, name).disabled for name in BUTTONS] == [False, False, True]
    assert panel._approval.layout.display == "none"


def test_comparing_asks_about_each_picked_pv(make_panel, comparison):
    """Of the typed range; what came is shown."""
    pair = FakePair(comparison)
    panel = make_panel(pair, start="-3d")
    panel.picks.value = ("A", "B")
    panel.end.value = "-1d"
    press(panel, "compare")
    assert pair.asked == [("compare", "A", "-3d", "-1d"), ("compare", "B", "-3d", "-1d")]
    assert comparison._repr_html_() in html(panel)
    assert not panel.compare.disabled


def test_a_pv_that_fails_does_not_hide_another(make_panel, comparison):
    """One red box for the failed PV, beside the comparison of the other."""
    pair = FakePair(comparison)
    pair.compare = lambda pv, start, end: comparison if pv == "A" else pair.plan_merge([pv])
    pair.answers["plan"] = ConnectionFailed("nobody there", url="http://q", sent=False)
    panel = make_panel(pair)
    panel.picks.value = ("A", "B")
    press(panel, "compare")
    assert "<b>connection</b> B: nobody there" in html(panel)
    assert comparison._repr_html_() in html(panel)


def test_planning_asks_for_all_picked_pvs_at_once(make_panel, ready):
    """The plan is shown with boxes to approve it."""
    pair = FakePair(plan=ready)
    panel = make_panel(pair)
    panel.picks.value = ("A", "B")
    press(panel, "plan")
    assert pair.asked == [("plan_merge", "A", "B")]
    assert ready._repr_html_() in html(panel)
    assert panel._approval.layout.display == "flex"
    assert [panel.tick.disabled, panel.typed.disabled, panel.commit.disabled] == [False, False, True]


def test_tick_and_typed_id_lead_to_the_commit(make_panel, ready, entry, report):
    """The pair is given the text as typed; journal and proof are shown, and the plan is spent."""
    pair = FakePair(plan=ready, report=report, entries=[entry])
    panel = make_panel(pair)
    approve(panel, ready)
    assert not panel.commit.disabled
    press(panel, "commit")
    [(_, plan, typed)] = [call for call in pair.asked if call[0] == "commit"]
    assert plan is ready
    assert (type(typed), typed) == (str, str(ready.id))
    assert report.to_html() in html(panel)
    assert "state=&lt;locked&gt;" in html(panel)
    assert (panel.tick.value, panel.typed.value, panel.commit.disabled) == (False, "", True)


def test_journal_lines_are_shown_while_the_commit_runs(make_panel, ready, entry, report):
    """The kernel stays free: the panel shows the line, and refuses everything else, before the commit has ended."""
    gate, told = Event(), Event()
    panel = make_panel(FakePair(plan=ready, report=report, entries=[entry], gate=gate))
    approve(panel, ready)
    panel._journal.html.observe(lambda change: told.set(), "value")
    panel.commit.click()
    assert told.wait(30)
    assert "state=&lt;locked&gt;" in html(panel)
    assert all(getattr(panel, name).disabled for name in (*BUTTONS, "picks", "start", "end", "tick", "typed"))
    panel.compare.click()
    gate.set()
    panel.wait()
    assert [call[0] for call in panel._pair.asked] == ["plan_merge", "commit"]
    assert not panel.compare.disabled


def test_a_click_on_a_disabled_commit_does_nothing(make_panel, ready):
    """A click that comes all the same, such as one from a program, commits nothing."""
    pair = FakePair(plan=ready)
    panel = make_panel(pair)
    press(panel, "commit")
    press(panel, "plan")
    press(panel, "commit")
    assert [call[0] for call in pair.asked] == ["plan_merge"]


def test_another_pick_takes_the_approval_back(make_panel, ready):
    """Tick and text are cleared, and the plan is gone."""
    panel = make_panel(FakePair(plan=ready))
    approve(panel, ready)
    panel.picks.value = ("B",)
    assert (panel.tick.value, panel.typed.value, panel.commit.disabled) == (False, "", True)
    assert "MergePlan" not in html(panel)


def test_a_refused_plan_cannot_be_ticked(make_panel, refused):
    """Its reason is shown, and tick, text and button are disabled."""
    panel = make_panel(FakePair(plan=refused))
    press(panel, "plan")
    assert "REFUSED would-lose-samples" in html(panel)
    assert panel.tick.disabled and panel.typed.disabled and panel.commit.disabled


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ApprovalError("opened for reading"), "<b>approval</b>: opened for reading"),
        (ZeroDivisionError("a bug"), "<b>ZeroDivisionError</b>: a bug"),
    ],
    ids=["ours", "a bug"],
)
def test_errors_are_shown_in_place_and_logged(make_panel, caplog, ready, error, shown):
    """Kind and message stand in the panel, which can be used again; the trace is in the log."""
    panel = make_panel(FakePair(plan=ready, report=error))
    approve(panel, ready)
    with caplog.at_level(logging.ERROR, "archredundancy.widgets"):
        press(panel, "commit")
    assert shown in html(panel)
    assert caplog.records[0].exc_info[1] is error
    assert not panel.plan.disabled


def test_a_panel_is_shown_by_naming_it(make_panel):
    """It has a widget's MIME bundle, and a short text where there are no widgets; one PV needs no list."""
    panel = make_panel(FakePair(), "T:PV")
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"] == "<MergePanel T:PV>"
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_panel_needs_a_pv():
    """An empty list is an error at once, and not an empty panel."""
    with pytest.raises(InputError, match="no PVs to offer"):
        MergePanel(FakePair(), [])
