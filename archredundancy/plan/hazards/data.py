"""What is wrong with the samples of either side, so that a merge would do harm, or cannot be foretold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np

from archredundancy.display.texts import plural
from archredundancy.model import NS_PER_SECOND, Granularity, MergeEvidence, Partition, Reading, format_time
from archredundancy.plan.forecast.forecast import Forecast
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, refusal, warning
from archredundancy.plan.terms import Strategy, Terms

__all__ = ["hazards_of_data", "some"]

#: The engine takes samples dated up to so far ahead of its own clock (`server_ioc_drift_seconds`).
_DRIFT: Final = 1800 * NS_PER_SECOND
#: Of more places than this only the first are named.
_NAMED: Final = 3


def hazards_of_data(
    evidence: MergeEvidence, terms: Terms, granularity: Granularity, found: Forecast
) -> Iterator[Hazard]:
    """Yield what is wrong with stored samples.

    Parameters
    ----------
    evidence : MergeEvidence
    terms : Terms
    granularity : Granularity
        Of the store that is merged into.
    found : Forecast
        Made of these.
    """
    sides = evidence.evidence
    ahead = sides.now + _DRIFT
    yield from _future_of_primary(sides.primary.reading, ahead)
    yield from _future_of_secondary(sides.secondary.reading, ahead, terms.strategy)
    yield from _finer_stores(sides.primary.reading, terms, granularity)
    yield from _out_of_order("primary", sides.primary.reading, found)
    if not terms.strategy.is_served:  # the relay puts what it serves in order
        yield from _out_of_order("secondary", sides.secondary.reading, found)


def some(names: list[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _future_of_primary(reading: Reading, ahead: int) -> Iterator[Hazard]:
    if told := _later(reading, ahead):
        remedy = "Consolidated, such a sample keeps the store from taking any other until then: have it removed first."
        yield refusal(HazardKind.FUTURE_SAMPLES, f"The primary has {told}.", remedy)


def _future_of_secondary(reading: Reading, ahead: int, strategy: Strategy) -> Iterator[Hazard]:
    if told := _later(reading, ahead):
        message = f"The secondary has {told}."
        if strategy.is_served:
            yield warning(HazardKind.FUTURE_SAMPLES, message, "They will be left out.")
        else:
            remedy = "Merged, such a sample keeps the store from taking any other until then: plan with 'relay'."
            yield refusal(HazardKind.FUTURE_SAMPLES, message, remedy)


def _later(reading: Reading, moment: int) -> str:
    """Return how many samples are dated later, and the first of them, in words; nothing if there are none."""
    times = reading.samples.time[reading.samples.time > moment]
    return f"{plural(len(times), 'future sample')}, the first of {format_time(int(times.min()))}" if len(times) else ""


def _finer_stores(reading: Reading, terms: Terms, granularity: Granularity) -> Iterator[Hazard]:
    """Yield where more than one file holds samples of one partition: all but one of them are in another store."""
    spans = (
        (chunk.first, chunk.last) for chunk in reading.layout if chunk.first is not None and chunk.last is not None
    )
    files: Counter[str] = Counter()
    newest: int | None = None
    for first, last in sorted(spans):
        # A chunk that does not go on where the others ended repeats a sample: it looks back from the start of a window.
        if first < terms.horizon and (newest is None or first > newest):
            files[Partition.holding(first, granularity).name] += 1
            newest = last
    several = sorted(name for name, count in files.items() if count > 1)
    if several:
        message = f"Of {some(several)} the primary has more than one file, so other stores hold samples as well."
        remedy = "The PV will be consolidated before the merge; merged without that, those samples would vanish."
        yield warning(HazardKind.FINER_STORES, message, remedy)


def _out_of_order(name: str, reading: Reading, found: Forecast) -> Iterator[Hazard]:
    """Yield samples of rewritten partitions that are stored out of order: the appliance merges streams as they come."""
    times = reading.samples.time
    odd = times[1:][times[1:] <= np.maximum.accumulate(times)[:-1]]
    odd = odd[found.rewritten[found.slots.index(odd)]]
    if len(odd):
        first = format_time(int(odd.min()))
        message = (
            f"The {name} has {plural(len(odd), 'sample')} not later than the one stored before; the first of {first}."
        )
        remedy = "What a merge makes of them cannot be foretold: exclude their partitions, with strategy 'relay'."
        yield refusal(HazardKind.OUT_OF_ORDER, message, remedy)
