"""Findings in words: no rounding that flatters, every cause explained."""

from archredundancy.coverage import State, compare_evidence
from archredundancy.coverage.states.causes import CAUSES, COUNTED
from archredundancy.coverage.words.gap_words import _CAUSES, edges_text, explain, gaps_one_by_one
from archredundancy.coverage.words.sentences import (
    numbers_table,
    sampling_line,
    unknown_lines,
    until_text,
    verdict,
    who_line,
)
from archredundancy.model import FailureKind, ReadFailure, TimeRange
from archredundancy.testing.handmade.evidence import STORES_HALF_A_YEAR, make_evidence, make_side

DAY = 86400
EVERY_SECOND = list(range(100))
OUTSIDE = [second for second in EVERY_SECOND if not 20 <= second < 50]


def silent(start, end):
    window = TimeRange(start=start * 10**9, end=end * 10**9)
    return ReadFailure(range=window, kind=FailureKind.TIMEOUT, message="silent")


def compared(primary, secondary, now=None, **options):
    sides = [make_side(name, (0, 100), seconds) for name, seconds in (("primary", primary), ("secondary", secondary))]
    if options:
        sides[1] = make_side("secondary", (0, 100), secondary, **options)
    return compare_evidence(make_evidence(*sides, now))


def test_the_verdict_says_how_long_the_samples_are_kept():
    """Until when, and how far that is from now."""
    result = compared(OUTSIDE, EVERY_SECOND, stores=STORES_HALF_A_YEAR)
    assert verdict(result) == (
        "Only the secondary has 30 samples, in 1 gap. It is sure to keep the first of them until "
        "1970-07-04T00:00:00.000000000Z (183 d 23 h from now)."
    )


def test_the_verdict_says_when_the_guarantee_is_over():
    """Samples that are still there after their time may go any moment."""
    assert until_text(DAY * 10**9, now=2 * DAY * 10**9).endswith("(1 d ago)")
    late = compared(OUTSIDE, EVERY_SECOND, now=190 * DAY, stores=STORES_HALF_A_YEAR)
    assert "It was sure to keep the first of them until" in verdict(late)
    assert "may drop it any time" in verdict(late)


def test_the_verdict_admits_that_nothing_is_known():
    """Where a side cannot vouch at all, nothing is called complete, and the verdict says why."""
    assert verdict(compared(EVERY_SECOND, EVERY_SECOND, now=0)) == (
        "Nobody can tell whether the secondary has something that the primary lacks: "
        "primary: not over yet; secondary: not over yet."
    )
    dead = compared(EVERY_SECOND, [], failures=[silent(0, 100)])
    assert verdict(dead).endswith("that the primary lacks: secondary: could not be read.")


def test_the_verdict_says_who_does_not_archive_the_pv():
    """A PV of one cluster alone has no redundancy; that is not a failure to be puzzled over."""
    unknown = ReadFailure(
        range=TimeRange(start=0, end=100 * 10**9), kind=FailureKind.UNKNOWN_PV, message="does not know the PV"
    )
    alone = compared(EVERY_SECOND, [], failures=[unknown])
    assert verdict(alone) == "The secondary does not archive this PV; the primary has 100 samples."


def test_an_empty_range_is_called_so():
    """Nothing was asked for, so nothing is said of either side."""
    sides = [make_side(name, (0, 0), []) for name in ("primary", "secondary")]
    empty = compare_evidence(make_evidence(*sides))
    assert verdict(empty) == "The range is empty."
    assert empty.to_html()


def test_the_verdict_limits_itself_to_what_was_read():
    """A part that was not read may hold something."""
    part = compared(EVERY_SECOND, EVERY_SECOND[:90], failures=[silent(90, 100)])
    assert verdict(part).startswith("As far as both could be read, the secondary has no sample that the primary lacks.")


def test_what_is_unknown_is_told_with_its_reason():
    """Side by side, each reason with its length; a side that knows all has no line."""
    part = compared(EVERY_SECOND, EVERY_SECOND[20:90], created=20, failures=[silent(90, 100)])
    assert unknown_lines(part) == [
        "Unknown at the secondary: 20 s (before the PV was archived), 10 s (could not be read)"
    ]


def test_who_has_it_leaves_out_what_does_not_occur():
    """Only answers that cover some time are named."""
    assert who_line(compared(OUTSIDE, EVERY_SECOND)) == "Who has it: both 1 min 10 s, only the secondary 30 s"


def test_a_gap_is_explained_with_what_proves_it():
    """The sentence names the side, and how many samples the other one stored."""
    gaps = compared(OUTSIDE, EVERY_SECOND).gaps
    assert (
        explain(next(gaps_one_by_one(gaps)))
        == "Nothing in this range tells of a cause. Meanwhile the secondary stored 30 samples."
    )


def test_every_cause_of_a_gap_is_explained():
    """All that the table of causes can say has its sentence."""
    assert {cause for row in CAUSES.values() for state, cause in row if state is not State.ACTIVE} <= set(_CAUSES)
    assert set(COUNTED.values()) <= set(_CAUSES)


def test_how_exactly_an_outage_is_known_stands_beside_it():
    """It began between the last own sample and the first missed one."""
    assert (
        edges_text(next(gaps_one_by_one(compared(OUTSIDE, EVERY_SECOND).gaps)))
        == "outage: start known to 1 s, end to 1 s"
    )


def test_numbers_that_nobody_has_are_left_out():
    """Declared and suspected losses and enrichment stand there only where one side has some."""
    names = [name for name, *_ in numbers_table(compared(OUTSIDE, EVERY_SECOND))]
    assert "enrichment" not in names
    assert "declared losses" not in names
    lost = {20: [("cnxlostepsecs", "21"), ("cnxregainedepsecs", "49")]}
    result = compared(OUTSIDE, OUTSIDE, fields=lost)
    assert ("declared losses", "0", "1 (29 s)") in [(name, *rest) for name, *rest in numbers_table(result)]


def test_sampling_is_told_with_its_source():
    """What counts as a dropout follows from the usual step."""
    assert sampling_line(compared(OUTSIDE, EVERY_SECOND)).startswith("Sampled usually every 1 s (inferred from")
    assert sampling_line(compared([], [])) == ""


def test_explanations_name_only_the_two_sides():
    """Every sentence can be filled in for either side, and none is left open."""
    for words in _CAUSES.values():
        filled = words.format(side="primary", other="secondary")
        assert "{" not in filled
        assert not filled.endswith(".")
