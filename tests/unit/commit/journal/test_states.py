"""The table of states: every state can be reached, and every way ends archived again or with a person called."""

import itertools

import pytest

from archredundancy.commit.journal.states import TABLE, Duty, State, check_step, state_table
from archredundancy.errors import CommitError

#: In these the primary may not archive the PV because of the run.
MAY_BE_PAUSED = set(State) - {
    State.PLANNED,
    State.LOCKED,
    State.FRESH,
    State.BACKED_UP,
    State.ARCHIVING,
    State.REVIEWED,
    State.CLOSED,
}
USUAL = [
    State.PLANNED, State.LOCKED, State.FRESH, State.BACKED_UP, State.PAUSING, State.PAUSED, State.CONSOLIDATING,
    State.CONSOLIDATED, State.SNAPSHOT, State.MERGING, State.MERGED, State.VERIFIED, State.RESUMING, State.ARCHIVING,
    State.CLOSED,
]  # fmt: skip

NEW = [State.SNAPSHOT, State.SWITCHING, State.IMPORTING, State.REBUILT, State.VERIFIED, State.RESUMING]
SAME = [State.SNAPSHOT, State.LOOKING, State.MOVING, State.MOVED, *NEW[1:]]
ROLLBACK = [*USUAL[:-7], *NEW]


def ways_from(state: State, avoided: frozenset[State] = frozenset()) -> set[State]:
    """Return all states that can be reached."""
    found, waiting = {state}, [state]
    while waiting:
        fresh = TABLE[waiting.pop()].follows - found - avoided
        found |= fresh
        waiting += fresh
    return found


def test_the_table_knows_every_state() -> None:
    """Each state has a row, and each row names only states."""
    assert set(TABLE) == set(State)


def test_every_state_can_be_reached() -> None:
    """No row is dead."""
    assert ways_from(State.PLANNED) == set(State)


def test_the_usual_way_is_in_the_table() -> None:
    """A merge without trouble is a way through the table."""
    for before, after in itertools.pairwise(USUAL):
        check_step(before, after)


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_way_to_the_end(state: State) -> None:
    """Nothing is a dead end but the end."""
    assert State.CLOSED in ways_from(state)


def test_a_paused_pv_is_not_closed_before_it_is_archived() -> None:
    """Every way from where the PV may be paused to the end leads through ARCHIVING; a pause may be refused, though."""
    for state in MAY_BE_PAUSED - {State.PAUSING}:
        assert State.CLOSED not in ways_from(state, frozenset({State.ARCHIVING}))
    assert TABLE[State.PAUSING].follows == {State.PAUSED, State.RESUMING, State.CLOSED}


def test_while_a_merge_may_run_nothing_else_happens() -> None:
    """While files may be written or moved, nothing follows but the knowledge that it is over, or a way back."""
    assert TABLE[State.MERGING].follows == {State.MERGED, State.STILL_RUNNING}
    assert TABLE[State.MOVING].follows == {State.MOVED, State.SWITCHING_BACK, State.STILL_RUNNING}
    assert TABLE[State.STILL_RUNNING].follows == {State.MERGED, State.SWITCHING_BACK}
    settled = {state for state in State if TABLE[state].duty is Duty.SETTLE}
    assert settled == {State.MERGING, State.MOVING, State.STILL_RUNNING}


def test_a_pv_that_was_moved_is_not_archived_before_it_is_proven_or_back() -> None:
    """Every way from another folder to archiving leads through a proof: that of the new files, or of the old ones."""
    for state in (State.LOOKING, State.MOVING, State.MOVED, State.SWITCHING, State.IMPORTING, State.REBUILT):
        assert State.RESUMING not in ways_from(state, frozenset({State.VERIFIED, State.SWITCHED_BACK, State.MERGED}))
        assert State.RESUMING not in TABLE[state].follows


@pytest.mark.parametrize("way", [NEW, SAME, ROLLBACK], ids=["new", "same", "rollback"])
def test_the_ways_of_a_rebuild_are_in_the_table(way: list[State]) -> None:
    """To a new folder, to the same, and back."""
    for before, after in itertools.pairwise(way):
        check_step(before, after)


def test_a_run_that_dies_leaves_a_duty() -> None:
    """Where the PV may be paused recovery resumes it, or settles first; a person is called where it cannot."""
    for state in MAY_BE_PAUSED:
        assert TABLE[state].duty in (Duty.RESUME, Duty.WAIT_AND_RESUME, Duty.SETTLE, Duty.SWITCH_BACK)
    assert {state for state in State if TABLE[state].operator} == {
        State.MERGING,
        State.MOVING,
        State.STILL_RUNNING,
        State.NOT_SWITCHED_BACK,
        State.NOT_RESUMED,
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.PLANNED, State.PAUSING),
        (State.MERGING, State.RESUMING),
        (State.CLOSED, State.LOCKED),
        (State.PAUSED, State.CLOSED),
    ],
)
def test_other_steps_are_refused(before: State, after: State) -> None:
    """A step that the table does not have is an error that names what is allowed."""
    with pytest.raises(CommitError, match=f"that is {before} cannot become {after}; allowed"):
        check_step(before, after)


def test_the_table_can_be_printed() -> None:
    """Every state has a line in Markdown, with what follows and what recovery owes."""
    lines = state_table().splitlines()
    assert len(lines) == len(State) + 2
    assert "| not-resumed | the primary does not archive the PV although it was told to | resuming |" in state_table()
