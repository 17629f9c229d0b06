"""What pictures say in words beside the bars."""

import numpy as np
import pytest

from archredundancy.coverage import Cause, Coverage, Layer, State, compare_evidence
from archredundancy.coverage.pictures.annotations import causes_inside, expiry_notes, explained_states, why_text
from archredundancy.model import TimeRange, parse_time
from archredundancy.segments import Segments
from archredundancy.testing.handmade.evidence import STORES_HALF_A_YEAR, make_evidence, make_side

WINDOW = TimeRange(start=0, end=1000)
DAY = 86400


def coverage(*stopped: tuple[int, int], cause: Cause = Cause.PAUSED) -> Coverage:
    layers = [
        Layer(segments=Segments.of((0, 1000)), state=State.ACTIVE),
        Layer(segments=Segments.of(*stopped), state=State.STOPPED, cause=cause),
    ]
    return Coverage.from_layers("primary", WINDOW, layers)


def test_a_cause_is_written_where_its_bar_has_room():
    """The text "PV paused" and a space at each side take eleven of a hundred signs across."""
    notes = causes_inside(coverage((100, 209), (300, 411), (500, 700)), WINDOW, across=100)
    assert [(note.at, note.text) for note in notes] == [(355, "PV paused"), (600, "PV paused")]


def test_a_bar_that_is_in_view_in_part_has_its_cause_in_the_middle_of_that_part():
    """What lies outside the window does not count."""
    (note,) = causes_inside(coverage((100, 700)), TimeRange(start=600, end=800), across=100)
    assert note.at == 650
    assert causes_inside(coverage((100, 700)), TimeRange(start=690, end=800), across=100) == []


def test_each_state_in_view_is_told_with_its_causes():
    """States without a cause, and those out of view, are not explained."""
    sides = coverage((100, 200)), coverage((300, 400), cause=Cause.ARCHIVER_STOPPED)
    assert explained_states(sides, WINDOW) == [(State.STOPPED, ["PV paused", "archiver stopped or PV paused"])]
    assert explained_states(sides, TimeRange(start=250, end=500)) == [
        (State.STOPPED, ["archiver stopped or PV paused"])
    ]
    assert why_text(explained_states(sides, TimeRange(start=500, end=900))) == ""


@pytest.fixture
def gaps():
    """The primary's gaps of an hour at noon of days 10, 20 and 21 since 1970; the secondary keeps half a year."""
    seconds = np.arange(0, 30 * DAY, 60)
    outages = [(day * DAY + DAY // 2, day * DAY + DAY // 2 + 3600) for day in (10, 20, 21)]
    kept = ~np.any([(seconds >= start) & (seconds < end) for start, end in outages], axis=0)
    primary = make_side("primary", (0, 30 * DAY), seconds[kept])
    secondary = make_side("secondary", (0, 30 * DAY), seconds, stores=STORES_HALF_A_YEAR)
    return compare_evidence(make_evidence(primary, secondary)).gaps.of("primary")


MONTH = TimeRange(start=0, end=30 * DAY * 10**9)


def test_expiry_is_noted_at_each_gap(gaps):
    """The text is the moment until which the secondary is sure to keep the gap's first sample."""
    notes = expiry_notes(gaps, MONTH, across=1000)
    assert [note.text for note in notes] == ["1970-07-14", "1970-07-24", "1970-07-25"]
    assert [note.points_at // 10**9 // DAY for note in notes] == [10, 20, 21]


def test_of_notes_that_would_overlap_the_one_that_expires_first_stays(gaps):
    """With little room the gaps of days 20 and 21 share a note."""
    notes = expiry_notes(gaps, MONTH, across=60)
    assert [note.points_at // 10**9 // DAY for note in notes] == [10, 20]


@pytest.mark.parametrize("across", [5, 15, 60, 200])
def test_notes_lie_inside_the_window_and_apart(gaps, across):
    """However few signs fit, no two notes overlap, and those that fit at all do not leave the picture."""
    notes = expiry_notes(gaps, MONTH, across)
    width = MONTH.duration * 12 // across
    middles = sorted(note.at for note in notes)
    assert np.all(np.diff(middles) >= width - 2)
    if width < MONTH.duration:
        assert all(width // 2 - 2 <= middle <= MONTH.end - width // 2 + 2 for middle in middles)


def test_gaps_out_of_view_have_no_note(gaps):
    """Only what lies in the window is told."""
    window = TimeRange(start=parse_time("1970-01-15", now=0), end=parse_time("1970-01-18", now=0))
    assert expiry_notes(gaps, window, across=100) == []
