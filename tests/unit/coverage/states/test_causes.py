"""The table of causes: complete, and the one in the documentation."""

from pathlib import Path

import pytest

from archredundancy.coverage import Cause, State
from archredundancy.coverage.states.causes import CAUSES, COUNTED, OtherSide, Trace, verdict
from archredundancy.model import LostEvents

PAGE = Path(__file__).parents[4] / "docs" / "explanations" / "how-coverage-is-decided.md"


def test_every_case_has_an_answer():
    """Each trace against each answer of the other side."""
    assert list(CAUSES) == list(Trace)
    assert {len(answers) for answers in CAUSES.values()} == {len(OtherSide)}


def test_the_page_shows_the_table():
    """Row by row, in the words that a comparison prints."""
    rows = [
        [trace.value, *(f"{state.label}: {cause.value}".removesuffix(": ") for state, cause in answers)]
        for trace, answers in CAUSES.items()
    ]
    page = PAGE.read_text(encoding="utf-8")
    for row in rows:
        assert f"| {' | '.join(row)} |\n" in page


@pytest.mark.parametrize("trace", [trace for trace in Trace if trace is not Trace.PLAIN])
def test_a_side_that_tells_of_an_outage_is_absent_where_the_other_stored_samples(trace):
    """And never silent: it told."""
    assert verdict(trace, OtherSide.STORED).state in (State.STOPPED, State.DISCONNECTED)


@pytest.mark.parametrize("trace", list(Trace))
def test_what_nobody_saw_is_never_called_a_loss_without_a_mark(trace):
    """Where the other side cannot tell, a side is absent only by its own word."""
    state = verdict(trace, OtherSide.UNKNOWN).state
    told = trace in (Trace.RECONNECTED, Trace.DISCONNECTED_NOW, Trace.PAUSED_NOW)
    assert (state in (State.STOPPED, State.DISCONNECTED)) == told


def test_each_counter_has_its_cause():
    """The names are those of the counters."""
    assert set(COUNTED) == set(LostEvents.__dataclass_fields__)
    assert len(set(COUNTED.values()) - {Cause.NOT_RECORDED}) == len(COUNTED)
