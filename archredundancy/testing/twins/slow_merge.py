"""The merge once more, row by row with dicts and without numpy: what the fast one must agree with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from archredundancy.model import DbrType, FieldValue, Ragged, Samples
from archredundancy.segments import Segments

__all__ = ["Row", "SlowMerged", "rows_of", "slow_unite"]


class Row(NamedTuple):
    """One sample as Python objects; `repr` tells any two values apart, -0.0 from 0.0 too.

    Attributes
    ----------
    time : int, ns since 1970 UTC
    value : number, bytes, or tuple of these
    severity, status : int
    extras : tuple or None
        Fields, repeat count, field change and user tag; None where the sample has no extras.
    """

    time: int
    value: Any
    severity: int
    status: int
    extras: tuple[tuple[FieldValue, ...], int, int, int] | None


@dataclass(frozen=True, kw_only=True)
class SlowMerged:
    """What `slow_unite` found.

    Attributes
    ----------
    rows : list of Row
    origins : list of str
        Name of the `Origin` of each row.
    conflicts : list of (Row, Row)
        The primary's row and the secondary's.
    repeated : tuple of int
        Rows left out of each side because their instant was there already.
    """

    rows: list[Row]
    origins: list[str]
    conflicts: list[tuple[Row, Row]]
    repeated: tuple[int, int]


def rows_of(samples: Samples) -> list[Row]:
    """Return samples as one object each."""
    extras = samples.extras
    carried = {
        int(extras.row[i]): (
            tuple(extras.fields[i]),
            int(extras.repeat_count[i]),
            int(extras.field_change[i]),
            int(extras.user_tag[i]),
        )
        for i in range(len(extras))
    }
    columns = (samples.time.tolist(), _objects(samples), samples.severity.tolist(), samples.status.tolist())
    return [Row(*row, carried.get(i)) for i, row in enumerate(zip(*columns, strict=True))]


def slow_unite(primary: Samples, secondary: Samples, *, active: Segments | None = None) -> SlowMerged:
    """Return what `archredundancy.merge.unite` must find; with `active`, by its policy `gaps_only`."""
    mine, theirs = _by_time(primary), _by_time(secondary)
    rows, origins, conflicts = [], [], []
    for time in sorted({*mine, *theirs}):
        if time not in theirs:
            row, origin = mine[time], "PRIMARY"
        elif time in mine:
            row = mine[time]
            origin = "BOTH_EQUAL" if _same(row[1:4], theirs[time][1:4]) else "BOTH_DIFFER"
        elif active is not None and any(start <= time < end for start, end in active):
            continue
        else:
            row, origin = theirs[time], "SECONDARY"
        rows.append(row)
        origins.append(origin)
        if origin == "BOTH_DIFFER":
            conflicts.append((row, theirs[time]))
    repeated = (len(primary) - len(mine), len(secondary) - len(theirs))
    return SlowMerged(rows=rows, origins=origins, conflicts=conflicts, repeated=repeated)


def _by_time(samples: Samples) -> dict[int, Row]:
    first: dict[int, Row] = {}
    for row in rows_of(samples):
        first.setdefault(row.time, row)
    return first


def _same(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, tuple):
        return len(mine) == len(theirs) and all(_same(a, b) for a, b in zip(mine, theirs, strict=True))
    # Only NaN differs from itself.
    both_nan = bool(mine != mine and theirs != theirs)
    return both_nan or bool(mine == theirs)


def _objects(samples: Samples) -> Sequence[Any]:
    value = samples.value
    if not isinstance(value, Ragged):
        return list(value.tolist())
    if samples.dbr_type is DbrType.WAVEFORM_STRING:
        return [tuple(row) for row in value.to_strings()]
    if samples.dbr_type in (DbrType.SCALAR_STRING, DbrType.V4_GENERIC_BYTES):
        return value.to_bytes()
    return [tuple(row.tolist()) for row in value.rows()]
