"""What could not be read, where it bears on a plan."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from archredundancy.model import MergeEvidence, Reading, format_time
from archredundancy.plan.forecast.forecast import Forecast
from archredundancy.plan.hazards.data import some
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, refusal
from archredundancy.plan.terms import Terms
from archredundancy.segments import Segments

__all__ = ["hazards_of_reading"]


def hazards_of_reading(evidence: MergeEvidence, terms: Terms, found: Forecast) -> Iterator[Hazard]:
    """Yield for each side what is not known of it: with `direct` of all history, else of what is wanted.

    Of the primary each rewritten partition must be known up to there, since all of it goes through the merge, and with
    `rebuild` all of its history. What an engine has just taken is in its memory, where no request vouches for it, and
    more comes until the PV is paused.
    """
    sides = evidence.evidence
    readings = (sides.primary.reading, sides.secondary.reading)
    beginning = min(_beginning(reading) for reading in readings)
    now = max(sides.now, beginning)
    until = min(max(terms.horizon, beginning), now) if terms.strategy.is_served else now
    wanted = terms.wanted(beginning, until)
    rewritten = found.rewritten
    files = Segments.from_arrays(found.slots.start[rewritten], found.slots.end[rewritten]).clip(beginning, until)
    if not terms.strategy.is_in_place:
        files = Segments.of((beginning, until))
    yield from _not_read("primary", readings[0], wanted | files, beginning)
    yield from _not_read("secondary", readings[1], wanted, beginning)
    yield from _empty(*readings, terms.horizon)


def _empty(primary: Reading, secondary: Reading, horizon: int) -> Iterator[Hazard]:
    """Yield a secondary that was read and has nothing, though the primary has samples of the PV."""
    counts = [_count_before(horizon, each) for each in (primary, secondary)]
    if counts[0] and not counts[1] and len(secondary.known):
        found = f"Before the horizon the secondary has no sample of the PV, and the primary {counts[0]:,}."
        remedy = "Merged, nothing would come: see to it that the secondary archives it, and gives what its files hold."
        yield refusal(HazardKind.EMPTY_SECONDARY, found, remedy)


def _count_before(horizon: int, reading: Reading) -> int:
    return int(np.count_nonzero(reading.samples.time < horizon)) + len(reading.before)


def _not_read(name: str, reading: Reading, needed: Segments, beginning: int) -> Iterator[Hazard]:
    known = reading.known
    if not len(reading.before):  # then there is nothing before what was asked for
        known = known | Segments.of((beginning, reading.asked.start))
    unread = needed - known
    if len(unread):
        spans = some([f"{format_time(start)} .. {format_time(end)}" for start, end in unread])
        message = f"Of the {name} {spans} could not be read ({_causes(reading, unread)})."
        remedy = "Ask again; if it stays so, mend the cause, or exclude this time with strategy 'relay'."
        yield refusal(HazardKind.NOT_READ, message, remedy)


def _causes(reading: Reading, unread: Segments) -> str:
    """Return the kinds of failure behind it, without their messages, which may hold URLs."""
    kinds = {each.kind.value for each in reading.failures if len(unread.clip(each.range.start, each.range.end))}
    return ", ".join(sorted(kinds)) or "not asked for"


def _beginning(reading: Reading) -> int:
    """Return from when on a side is looked at: from where it was asked, or earlier if it has an earlier sample."""
    return int(np.min(reading.before.time, initial=reading.asked.start))
