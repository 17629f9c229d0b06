"""An answer held against the union, without any appliance: flaws one by one, and what is said of them."""

import numpy as np
import pytest

from archredundancy.coverage import Flaw, Pitfall, ViewAnswer, ViewEvidence, check_view
from archredundancy.model import NS_PER_SECOND, DbrType, Samples
from archredundancy.testing.handmade.evidence import make_evidence, make_side

ASKED = (100, 200)
STAMPS = (110, 120, 130, 140)


def answer(*rows, opens=(), **more):
    """Return an answer of (second, value) rows; `opens` are rows that begin a chunk."""
    times = [round(second * NS_PER_SECOND) for second, _ in rows]
    block = Samples.build(DbrType.SCALAR_DOUBLE, times, [value for _, value in rows])
    first = np.isin(np.arange(len(rows)), opens)
    return ViewAnswer(blocks=(block,), year=np.full(len(rows), 1970), opens=first, **more)


def check(given, primary=STAMPS[:3], secondary=STAMPS[1:], **settings):
    """Check an answer; samples have their times as values."""
    sides = (make_side(name, ASKED, had, had) for name, had in (("primary", primary), ("secondary", secondary)))
    return check_view(ViewEvidence(evidence=make_evidence(*sides), answer=given, **settings))


def rows(*seconds):
    """Return right rows."""
    return [(second, second) for second in seconds]


CASES = {
    "right": (rows(*STAMPS), {}),
    "look-back": (rows(90, *STAMPS), {}),
    "one after the end": (rows(*STAMPS, 200), {}),
    "lacks": (rows(110, 120, 140), {Flaw.LACKS: 1}),
    "repeats": (rows(110, 120, 120, 130, 140), {Flaw.REPEATS: 1}),
    "repeats later": (rows(110, 120, 130, 120, 140), {Flaw.REPEATS: 1}),
    "invents": (rows(110, 115, 120, 130, 140), {Flaw.INVENTS: 1}),
    "alters": ([*rows(110, 120), (130, 7), (140, 140)], {Flaw.ALTERS: 1}),
    "alters and repeats": ([*rows(110, 120), (130, 7), *rows(130, 140)], {Flaw.REPEATS: 1}),
    "out of order": (rows(110, 130, 120, 140), {Flaw.DISORDERS: 1}),
    "nothing": ([], {Flaw.LACKS: 4}),
}


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_each_flaw_is_counted_by_itself(given, expected):
    """What is not named is nought; only what is wrong makes the answer wrong."""
    view = check(answer(*given), merges=True)
    assert {flaw: count for flaw, count in view.counts.items() if count} == expected
    assert view.is_right == (not expected)
    assert sum(each.samples for each in view) == sum(expected.values())


def test_a_repeat_at_the_start_of_a_chunk_is_a_look_back():
    """Elsewhere nothing explains it."""
    repeated = rows(110, 120, 120, 130, 140)
    assert list(check(answer(*repeated, opens=[0, 2])).pitfalls()) == [Pitfall.LOOK_BACK]
    assert list(check(answer(*repeated)).pitfalls()) == [Pitfall.UNEXPLAINED]


def test_the_sample_before_the_range_may_come_once():
    """A second one is a repeat if a side has it there, else invented."""
    sides = make_side("primary", ASKED, STAMPS, STAMPS, before=80), make_side("secondary", ASKED, STAMPS, STAMPS)
    evidence = make_evidence(*sides)
    again = check_view(ViewEvidence(evidence=evidence, answer=answer(*rows(80, 90, *STAMPS)), merges=True))
    assert [(each.flaw, each.pitfall) for each in again] == [(Flaw.REPEATS, Pitfall.LOOK_BACK)]
    strange = check_view(ViewEvidence(evidence=evidence, answer=answer(*rows(70, 90, *STAMPS)), merges=True))
    assert [each.flaw for each in strange] == [Flaw.INVENTS]


def test_woven_losses_are_one_stretch():
    """What came of the other side in between does not break it."""
    mine, theirs = range(101, 200, 2), range(102, 200, 2)
    view = check(answer(*rows(*mine)), mine, theirs, merges=True)
    assert [(each.owner, each.samples) for each in view] == [("secondary", len(theirs))]
    assert list(view.pitfalls()) == [Pitfall.YOUNGER_STORES]


def test_an_answer_that_broke_off_explains_what_comes_after_it():
    """What is lacking before it has another reason."""
    view = check(answer(*rows(110, 130), is_cut=True), merges=True)
    assert [(each.first // NS_PER_SECOND, each.pitfall) for each in view] == [
        (120, Pitfall.UNEXPLAINED),
        (140, Pitfall.BROKEN_OFF),
    ]


def test_long_lists_are_cut_and_say_so():
    """Text and page show the first ones, the table all."""
    seconds = np.arange(100, 200)
    view = check(answer(*rows(*seconds[::2])), seconds, seconds, merges=True)
    assert len(view) == len(view.to_dataframe()) == 50
    for said in (view.to_text(80), view.to_html()):
        assert "lacks 50 samples" in said
        assert "and 38 more rows: .to_dataframe()" in said


def test_times_are_told_with_their_ratio():
    """Where the primary was not asked there is none."""
    timed = answer(*rows(*STAMPS), seconds=6.0)
    assert "6 s, 12.0 times what the primary alone takes (0.5 s)" in check(timed, primary_seconds=0.5).to_text(200)
    assert "times" not in check(timed).to_text(200)
    assert np.isnan(check(timed).slower)
