"""Assembling the union of two ordered sample sets, stretch by stretch."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archredundancy.merge.columns import ArrayColumn, reserve
from archredundancy.merge.conflicts import Conflicts
from archredundancy.merge.origin import Origin
from archredundancy.merge.stretches import Pattern, Stretch, find_stretches
from archredundancy.model import Extras, Ragged, Samples, Values
from archredundancy.segments import Segments

__all__ = ["Assembled", "assemble"]

_Rows = npt.NDArray[np.intp]

_COLUMNS = ("time", "value", "severity", "status")
_WINDOW_ROWS = 65536
_WINDOW_BYTES = 4 << 20


class Assembled(NamedTuple):
    """What two ordered sample sets make together.

    Attributes
    ----------
    samples : Samples
    origin : int8, (n,)
        `Origin` of each sample.
    conflicts : Conflicts
        Both samples of each instant at which they differ.
    """

    samples: Samples
    origin: npt.NDArray[np.int8]
    conflicts: Conflicts


def assemble(primary: Samples, secondary: Samples, active: Segments | None) -> Assembled:
    """Return the union of two sample sets in one walk through both.

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
        self._differing: tuple[list[_Rows], list[_Rows]] = ([np.empty(0, np.intp)], [np.empty(0, np.intp)])

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
                self._put(mine, self._compare(mine, theirs, stretch))
            case Pattern.WOVEN:
                self._weave(mine, theirs, stretch)

    def _wanted(self, times: npt.NDArray[np.int64]) -> _Rows:
        """Return the rows of those instants that only the secondary has which belong to the union."""
        return np.flatnonzero(np.ones(len(times), bool) if self._active is None else ~self._active.contains(times))

    def _compare(self, mine: Samples, theirs: Samples, stretch: Stretch) -> npt.NDArray[np.int8]:
        """Return the origins of samples of equal instants, and note the rows of those that differ."""
        same = mine.same_payload(theirs)
        if same.all():
            return _fill(Origin.BOTH_EQUAL, mine)
        differing = np.flatnonzero(~same)
        self._note(stretch, differing, differing)
        return _origins(same)

    def _note(self, stretch: Stretch, mine: _Rows, theirs: _Rows) -> None:
        """Note rows of a stretch whose samples differ."""
        self._differing[0].append(stretch.p_start + mine)
        self._differing[1].append(stretch.s_start + theirs)

    def _weave(self, mine: Samples, theirs: Samples, stretch: Stretch) -> None:
        place = np.searchsorted(mine.time, theirs.time)
        tied = mine.time[np.minimum(place, len(mine) - 1)] == theirs.time
        rows = place[tied], np.flatnonzero(tied)
        same = mine.take(rows[0]).same_payload(theirs.take(rows[1]))
        self._note(stretch, rows[0][~same], rows[1][~same])
        origin = np.full(len(mine), Origin.PRIMARY, np.int8)
        origin[rows[0]] = _origins(same)
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

    def finish(self) -> Assembled:
        columns = {name: column.finish() for name, column in self._columns.items()}
        origin = self._origin.finish()
        extras = [
            _rehome(side, secondary, columns["time"], origin)
            for side, secondary in zip(self._sides, (False, True), strict=True)
        ]
        samples = Samples(dbr_type=self._primary.dbr_type, extras=Extras.join(extras), **columns)
        mine, theirs = (
            side.take(np.concatenate(rows)) for side, rows in zip(self._sides, self._differing, strict=True)
        )
        return Assembled(samples, origin, Conflicts(primary=mine, secondary=theirs))


def _fill(origin: Origin, samples: Samples) -> npt.NDArray[np.int8]:
    return np.broadcast_to(np.int8(origin), len(samples))


def _origins(same: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    """Return the origin of each sample that both sides have, told whether the two are the same."""
    return np.where(same, np.int8(Origin.BOTH_EQUAL), np.int8(Origin.BOTH_DIFFER))


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
