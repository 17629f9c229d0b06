"""The panel's state as a table: what leads where, and when a commit is possible."""

from dataclasses import replace

import pytest

from archredundancy.errors import ApprovalError
from archredundancy.widgets.state import JOURNAL_LINES, Failure, PanelState, Task

FRESH = PanelState(pvs=("A", "B"), picked=("A",), start="-1d", end="now")


@pytest.fixture
def approved(ready):
    """All that a commit needs."""
    return FRESH.planning().planned(ready).tick(True).type(str(ready.id))


def test_a_commit_needs_plan_tick_and_typed_id(ready, approved):
    """With all three it is possible, and begins."""
    assert approved.can_commit
    assert approved.committing().task is Task.COMMITTING
    assert approved.plan is ready


@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: state.tick(False),
        lambda state: state.type(""),
        lambda state: state.type(state.typed[:-1]),
        lambda state: state.type(state.typed.upper() + "x"),
        lambda state: state.type(f" {state.typed}"),
        lambda state: replace(state, plan=None),
        lambda state: replace(state, task=Task.PLANNING),
    ],
    ids=["no tick", "no text", "cut text", "other text", "blank before", "no plan", "busy"],
)
def test_without_one_of_them_no_commit_begins(approved, spoil):
    """Each thing that is lacking makes a commit impossible, and pressing the button does nothing."""
    spoilt = spoil(approved)
    assert not spoilt.can_commit
    assert spoilt.committing() is spoilt


@pytest.mark.parametrize("name", ["refused", "idle"])
def test_a_plan_that_is_not_ready_cannot_be_approved(name, request):
    """Neither tick nor text stick to a plan that is refused or has nothing to do."""
    plan = request.getfixturevalue(name)
    state = FRESH.planning().planned(plan).tick(True).type(str(plan.id))
    assert (state.ticked, state.typed, state.can_commit) == (False, "", False)
    assert replace(state, ticked=True, typed=str(plan.id)).can_commit is False
    assert str(plan.status) in state.hint


@pytest.mark.parametrize(
    "change",
    [
        lambda state, _: state.pick(["B"]),
        lambda state, _: state.pick([]),
        lambda state, _: state.comparing(),
        lambda state, _: state.planning(),
        lambda state, other: state.planned(other),
        lambda state, _: state.failed(ApprovalError("no")),
    ],
    ids=["other PV", "no PV", "compare", "plan again", "other plan", "error"],
)
def test_what_changes_selection_or_plan_clears_the_approval(approved, other, change):
    """After it, tick and text are gone."""
    changed = change(approved, other)
    assert (changed.ticked, changed.typed, changed.can_commit) == (False, "", False)


def test_the_range_of_a_comparison_is_no_part_of_the_approval(approved, comparison):
    """A plan is about all of history, so another range only takes away the comparison."""
    asked = replace(approved, comparisons=(comparison,)).ask_range("-2d", "now")
    assert asked.comparisons == ()
    assert asked.can_commit


@pytest.mark.parametrize("task", [Task.COMPARING, Task.PLANNING, Task.COMMITTING])
def test_nothing_changes_by_hand_while_a_task_is_under_way(approved, task):
    """Picking, asking, ticking, typing and starting leave a busy state as it is."""
    busy = replace(approved, task=task)
    steps = [
        busy.pick(["B"]),
        busy.ask_range("-9d", "now"),
        busy.comparing(),
        busy.planning(),
        busy.tick(False),
        busy.type("x"),
        busy.committing(),
    ]
    assert all(step is busy for step in steps)
    assert busy.hint.startswith(f"{task} A")


def test_what_stays_the_same_forgets_nothing(approved):
    """Picking what is picked, and asking for the range that is asked for, change nothing."""
    assert approved.pick(["A"]) is approved
    assert approved.ask_range("-1d", "now") is approved


def test_nothing_can_be_asked_about_no_pv():
    """Without a picked PV neither a comparison nor a plan begins."""
    empty = FRESH.pick([])
    assert empty.comparing() is empty
    assert empty.planning() is empty
    assert empty.hint == "Pick one or more PVs."


def test_a_commit_spends_its_plan(approved, entry, report):
    """Journal lines come while it runs; after the report the same plan cannot be approved again."""
    done = approved.committing().told(entry).reported(report)
    assert (done.journal, done.report, done.task) == ((entry,), report, Task.NONE)
    again = done.tick(True).type(approved.typed)
    assert again is done
    assert not replace(done, ticked=True, typed=approved.typed).can_commit


def test_a_run_that_was_not_followed_to_its_end_cannot_be_committed_again(approved, entry):
    """Once there is a journal the plan counts as spent, also without a report."""
    lost = approved.committing().told(entry).failed(OSError("gone"))
    assert lost.tick(True) is lost
    assert "recover" in lost.hint


def test_a_commit_that_never_began_may_be_tried_again(approved):
    """An error before the first line of a journal leaves the plan, without its approval."""
    failed = approved.committing().failed(ApprovalError("opened for reading"))
    assert failed.failures == (Failure(kind="approval", message="opened for reading"),)
    assert failed.tick(True).type(approved.typed).can_commit


def test_a_new_plan_takes_journal_and_report_away(approved, entry, report):
    """What was proven of another plan does not stand beside a new one."""
    planning = approved.committing().told(entry).reported(report).planning()
    assert (planning.journal, planning.report, planning.plan) == ((), None, None)


def test_some_pvs_may_fail_to_compare(comparison):
    """What was found is shown beside what failed."""
    failure = Failure(kind="timeout", message="silent", pv="B")
    state = FRESH.comparing().compared([comparison], [failure])
    assert (state.comparisons, state.failures, state.is_idle) == ((comparison,), (failure,), True)


def test_errors_of_others_are_shown_by_their_class():
    """An error that is none of ours has the name of its class as its kind."""
    assert Failure.of(ZeroDivisionError("division")) == Failure(kind="ZeroDivisionError", message="division")


def test_the_state_holds_the_last_lines_of_a_long_journal(approved, entry):
    """A run over many PVs does not fill the notebook."""
    state = approved.committing()
    lines = [replace(entry, number=number) for number in range(JOURNAL_LINES + 3)]
    for line in lines:
        state = state.told(line)
    assert state.journal == tuple(lines[3:])


def test_hints_lead_from_step_to_step(ready):
    """Each step tells the next one."""
    planned = FRESH.planning().planned(ready)
    assert FRESH.hint == "Compare changes nothing, nor does Plan."
    assert planned.hint.startswith("To commit, read the plan")
    assert planned.type("7f").hint == "What is typed is not the id of this plan."
    assert planned.tick(True).type(str(ready.id)).hint == f"Commit changes the primary, as plan {ready.id} says."
