"""Assembling the union of two ordered sample sets, stretch by stretch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from archredundancy.merge.columns import ArrayColumn, reserve
from archredundancy.merge.origin import Origin
from archredundancy.merge.stretches import Pattern, Stretch, find_stretches
from archredundancy.model import Extras, Ragged, Samples, Values
from archredundancy.segments import Segments

__all__ = ["assemble"]

_COLUMNS = ("time", "value", "severity", "status")
_WINDOW_ROWS = 65536
_WINDOW_BYTES = 4 << 20


def assemble(primary: Samples, secondary: Samples, active: Segments | None) -> tuple[Samples, npt.NDArray[np.int8]]:
    """Return the union and the `Origin` of each of its samples.

    Parameters
    ----------
    primary, secondary : Samples
        Of one type, times strictly increasing.
    active : Segments or None
        Where samples that only the secondary has are left out.
    """
    assembly = _Assembly(primary, secondary, active)
    for stretch in find_stretches(primary.time, secondary.time, _window(primary.value, secondary.value)):
        assembly.append(stretch)
    return assembly.finish()


class _Assembly:
    def __init__(self, primary: Samples, secondary: Samples, active: Segments | None) -> None:
        self._sides = (primary, secondary)
        # Field values are few: they are left out here, and put in at the end, found by their times.
        self._primary, self._secondary = (replace(side, extras=Extras.build()) for side in self._sides)
        self._active = active
        self._columns = {name: reserve(getattr(primary, name), getattr(secondary, name)) for name in _COLUMNS}
        self._origin = ArrayColumn(np.int8, len(primary) + len(secondary))

    def append(self, stretch: Stretch) -> None:
        mine = self._primary.slice(stretch.p_start, stretch.p_stop)
        theirs = self._secondary.slice(stretch.s_start, stretch.s_stop)
        match stretch.pattern:
            case Pattern.PRIMARY_ONLY:
                self._put(mine, _fill(Origin.PRIMARY, mine))
            case Pattern.SECONDARY_ONLY:
                wanted = theirs if self._active is None else theirs.take(self._wanted(theirs.time))
                self._put(wanted, _fill(Origin.SECONDARY, wanted))
            case Pattern.SAME:
                self._put(mine, _compare(mine, theirs))
            case Pattern.WOVEN:
                self._weave(mine, theirs)

    def _wanted(self, times: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
        """Return the rows of those instants that only the secondary has which belong to the union."""
        return np.flatnonzero(np.ones(len(times), bool) if self._active is None else ~self._active.contains(times))

    def _weave(self, mine: Samples, theirs: Samples) -> None:
        place = np.searchsorted(mine.time, theirs.time)
        tied = mine.time[np.minimum(place, len(mine) - 1)] == theirs.time
        origin = np.full(len(mine), Origin.PRIMARY, np.int8)
        origin[place[tied]] = _compare(mine.take(place[tied]), theirs.take(np.flatnonzero(tied)))
        alone = np.flatnonzero(~tied)
        alone = alone[self._wanted(theirs.time[alone])]
        added = theirs.take(alone)
        order = np.insert(np.arange(len(mine)), place[alone], len(mine) + np.arange(len(alone)))
        origins = np.concatenate([origin, _fill(Origin.SECONDARY, added)])
        self._put(Samples.concatenate([mine, added]).take(order), origins[order])

    def _put(self, samples: Samples, origin: npt.NDArray[np.int8]) -> None:
        for name, column in self._columns.items():
            column.append(getattr(samples, name))
        self._origin.append(origin)

    def finish(self) -> tuple[Samples, npt.NDArray[np.int8]]:
        columns = {name: column.finish() for name, column in self._columns.items()}
        origin = self._origin.finish()
        extras = [
            _rehome(side, secondary, columns["time"], origin)
            for side, secondary in zip(self._sides, (False, True), strict=True)
        ]
        return Samples(dbr_type=self._primary.dbr_type, extras=Extras.join(extras), **columns), origin


def _fill(origin: Origin, samples: Samples) -> npt.NDArray[np.int8]:
    return np.broadcast_to(np.int8(origin), len(samples))


def _compare(mine: Samples, theirs: Samples) -> npt.NDArray[np.int8]:
    return np.where(mine.same_payload(theirs), np.int8(Origin.BOTH_EQUAL), np.int8(Origin.BOTH_DIFFER))


def _rehome(samples: Samples, secondary: bool, time: npt.NDArray[np.int64], origin: npt.NDArray[np.int8]) -> Extras:
    """Return the extras of those samples of one side that the union kept, under their rows there."""
    stamps = samples.time[samples.extras.row]
    row = np.searchsorted(time, stamps)
    kept = np.flatnonzero(np.searchsorted(time, stamps, "right") > row)
    kept = kept[(origin[row[kept]] == Origin.SECONDARY) == secondary]
    return samples.extras.pick(kept, row[kept])


def _window(*sides: Values) -> int:
    """Return how many rows to look at together, so that they take a few MiB."""
    row = max(_bytes(values) / max(len(values), 1) for values in sides)
    return int(np.clip(_WINDOW_BYTES / max(row, 1), 1, _WINDOW_ROWS))


def _bytes(values: Values) -> int:
    return values.offsets.nbytes + _bytes(values.content) if isinstance(values, Ragged) else values.nbytes
