"""What is odd where samples of both sides come together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from archredundancy.display.texts import plural
from archredundancy.merge import Origin
from archredundancy.model import format_time
from archredundancy.plan.forecast.forecast import Forecast
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, warning

__all__ = ["hazards_of_union"]

#: What an engine writes beside a sample about its own connection and starts (`PVMetrics`, `ArchiveChannel`).
_OF_CONNECTION: Final = frozenset({"cnxlostepsecs", "cnxregainedepsecs", "startup"})


def hazards_of_union(found: Forecast) -> Iterator[Hazard]:
    """Yield instants of which the sides tell different things, and what the secondary's samples say of itself."""
    yield from _different_values(found)
    yield from _connection_fields(found)


def _different_values(found: Forecast) -> Iterator[Hazard]:
    differ = (found.union.origin == Origin.BOTH_DIFFER) & found.settled & found.rewritten[found.slot]
    times = found.union.samples.time[differ]
    if len(times):
        count, first = plural(len(times), "instant"), format_time(int(times[0]))
        message = f"Of {count} both have a sample, with different values or alarms; the first is {first}."
        remedy = "The primary's will stay, and the secondary's will not arrive: compare them to see which is right."
        yield warning(HazardKind.DIFFERENT_VALUES, message, remedy)


def _connection_fields(found: Forecast) -> Iterator[Hazard]:
    extras = found.union.samples.extras
    promised = found.promised[extras.row]
    told = np.array([any(name in _OF_CONNECTION for name, _ in fields) for fields in extras.fields], bool)
    times = found.union.samples.time[extras.row[promised & told]]
    if len(times):
        count, first = plural(len(times), "promised sample"), format_time(int(times[0]))
        message = f"The secondary noted its own starts and lost connections in {count}; the first is of {first}."
        remedy = "The primary's files will say so of the primary: keep this plan, which tells whose they are."
        yield warning(HazardKind.CONNECTION_FIELDS, message, remedy)
