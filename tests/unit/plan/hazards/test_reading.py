"""What could not be read, where it bears on a plan."""

from dataclasses import replace

import pytest

from archredundancy.model import NS_PER_SECOND, DbrType, FailureKind, ReadFailure, Samples, TimeRange
from archredundancy.plan import HazardKind, build_plan
from archredundancy.segments import Segments
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

MINUTE = 60 * NS_PER_SECOND
#: 2026-05-01T07:00:00Z, where a partition of half an hour begins.
START = NOW - 5 * 60 * MINUTE
MINE = Samples.build(DbrType.SCALAR_INT, [START + MINUTE], [1])
THEIRS = Samples.build(DbrType.SCALAR_INT, [START + 2 * MINUTE], [2])


def unread(side, span, **terms):
    """Return the messages of a plan when a span of one side could not be read."""
    evidence = make_merge_evidence(MINE, THEIRS)
    found = getattr(evidence.evidence, side)
    start, end = span
    failure = ReadFailure(
        range=TimeRange(start=start, end=end), kind=FailureKind.CUT_SHORT, message="http://p:17668 said nothing"
    )
    reading = replace(found.reading, known=found.reading.known - Segments.of((start, end)), failures=(failure,))
    return messages(changed(evidence, side, reading), **terms)


def changed(evidence, side, reading):
    found = replace(getattr(evidence.evidence, side), reading=reading)
    return replace(evidence, evidence=replace(evidence.evidence, **{side: found}))


def messages(evidence, **terms):
    plan = build_plan([evidence], **terms)
    found = [hazard for hazard in plan.hazards if hazard.kind is HazardKind.NOT_READ]
    assert all(hazard.refuses for hazard in found)
    return [hazard.message for hazard in found]


@pytest.mark.parametrize("strategy", ["direct", "relay"])
@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_an_unread_span_of_either_side_refuses(side, strategy):
    """The message says which span of which side, and the kind of failure but not its text, which may hold a URL."""
    (message,) = unread(side, (START - MINUTE, START), strategy=strategy)
    assert message == (
        f"Of the {side} 2026-05-01T06:59:00.000000000Z .. 2026-05-01T07:00:00.000000000Z could not be read (cut-short)."
    )


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_a_span_that_is_not_wanted_may_be_unread(side):
    """Outside the window, or excluded, it does not bear on a relay's plan; with direct it does."""
    span = (START - 60 * MINUTE, START - 30 * MINUTE)
    assert unread(side, span, start=START) == []
    assert unread(side, span, excluded=Segments.of(span)) == []
    assert len(unread(side, span, excluded=Segments.of(span), strategy="direct")) == 1


def test_all_of_a_rewritten_partition_of_the_primary_must_be_read():
    """All its samples go through the merge, those outside the window too; of the secondary only the promised."""
    window = {"start": START + 2 * MINUTE, "end": START + 3 * MINUTE}
    same_file, next_file = ((START + minute * MINUTE, START + (minute + 1) * MINUTE) for minute in (20, 31))
    assert len(unread("primary", same_file, **window)) == 1
    assert unread("secondary", same_file, **window) == []
    assert unread("primary", next_file, **window) == []


def test_what_is_still_in_motion_matters_to_direct_only():
    """mergeInData takes what the secondary has by then; the relay has nothing from after the horizon."""
    span = (NOW - MINUTE // 2, NOW)
    assert unread("secondary", span, strategy="relay") == []
    assert len(unread("secondary", span, strategy="direct")) == 1


def test_the_newest_samples_of_a_rewritten_partition_need_not_be_read():
    """They are in the memory of an engine that goes on archiving; with direct the secondary's would come with them."""
    span, horizon = (START + 20 * MINUTE, START + 21 * MINUTE), START + 10 * MINUTE
    assert unread("primary", span, horizon=horizon) == []
    assert len(unread("primary", span, horizon=START + 30 * MINUTE)) == 1
    assert len(unread("primary", span, horizon=horizon, strategy="direct")) == 1


@pytest.mark.parametrize("strategy", ["direct", "relay"])
def test_the_future_need_not_be_read(strategy):
    """Nothing that is not there yet bears on the plan."""
    assert unread("primary", (NOW, NOW + MINUTE), strategy=strategy) == []


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_history_before_the_question_is_unread(side):
    """A sample before what was asked for shows that there is more; what is wanted must have been asked for."""
    evidence = make_merge_evidence(MINE, THEIRS)
    reading = getattr(evidence.evidence, side).reading
    asked = TimeRange(start=START, end=reading.asked.end)
    reading = replace(
        reading,
        asked=asked,
        known=Segments.of((asked.start, asked.end)),
        before=Samples.build(DbrType.SCALAR_INT, [START - MINUTE], [0]),
    )
    evidence = changed(evidence, side, reading)
    assert len(messages(evidence)) == 1
    assert messages(evidence, start=START) == []


def test_what_was_not_asked_for_is_told_as_that():
    """No failure lies behind it."""
    evidence = make_merge_evidence(MINE, THEIRS)
    reading = evidence.evidence.secondary.reading
    reading = replace(reading, known=Segments.of((reading.asked.start, START + 10 * MINUTE)))
    (message,) = messages(changed(evidence, "secondary", reading))
    assert message.endswith("could not be read (not asked for).")


def test_a_secondary_without_samples_is_refused():
    """It archives the PV, so where they are is not known; a merge would bring nothing, and say "ok"."""
    plan = build_plan([make_merge_evidence(MINE, Samples.empty(DbrType.SCALAR_INT))])
    (hazard,) = plan.hazards
    assert (hazard.kind, plan.status) == (HazardKind.EMPTY_SECONDARY, "refused")
    assert hazard.message == "Before the horizon the secondary has no sample of the PV, and the primary 1."


def test_a_new_pv_without_samples_is_no_hazard():
    """Neither side has anything yet."""
    nothing = Samples.empty(DbrType.SCALAR_INT)
    assert build_plan([make_merge_evidence(nothing, nothing)]).hazards == ()
