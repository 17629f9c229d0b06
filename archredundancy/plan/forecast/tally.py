"""From a forecast of each sample to a plan of each partition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from archredundancy.merge import Origin
from archredundancy.model import Extras, Granularity, MergeEvidence, Samples, SideEvidence
from archredundancy.plan.forecast.digest import Digest, partition_digests
from archredundancy.plan.forecast.forecast import REASONS, Forecast, NotFillable
from archredundancy.plan.forecast.partition_plan import MOST_TIMES, PartitionPlan
from archredundancy.plan.forecast.sizes import stored_bytes
from archredundancy.plan.terms import Terms

__all__ = ["dropped_attributes", "tally"]

_Rows = npt.NDArray[np.int64]
_REASONS_BEFORE_HORIZON = (NotFillable.NOT_WANTED, NotFillable.NO_FILE, NotFillable.LAST_SECOND)
_Name = TypeVar("_Name", bound=str)


def tally(
    found: Forecast, evidence: MergeEvidence, terms: Terms, granularity: Granularity
) -> tuple[PartitionPlan, ...]:
    """Return a plan for each partition that begins before the horizon, and for later ones that would lose samples.

    Parameters
    ----------
    found : Forecast
    evidence : MergeEvidence
        What it was made from.
    terms : Terms
    granularity : Granularity

    Returns
    -------
    tuple of PartitionPlan
        In order of time. Samples after the horizon count for no number in it but that of losses, which count wherever
        seen; they do count as showing that a file is there, or will be rewritten.
    """
    sides = evidence.evidence
    digests = [
        partition_digests(_settled(side, terms.horizon), granularity) for side in (sides.primary, sides.secondary)
    ]
    origin = found.union.origin
    counts = {
        "gain": found.count(found.promised),
        "ties_equal": found.count((origin == Origin.BOTH_EQUAL) & found.settled),
        "ties_different": found.count((origin == Origin.BOTH_DIFFER) & found.settled),
        "would_be_lost": found.count(found.lost),
        "estimated_bytes": _bytes(found),
    }
    reasons = {why: found.count(found.reason == REASONS.index(why)) for why in _REASONS_BEFORE_HORIZON}
    dropped = _dropped(found)
    expiries = _expiries(found, sides.secondary)
    times = _lost_times(found)
    return tuple(
        PartitionPlan(
            partition=partition,
            primary=digests[0].get(partition, Digest()),
            secondary=digests[1].get(partition, Digest()),
            exists=bool(found.exists[row]),
            rewritten=bool(found.rewritten[row]),
            not_fillable=_occurring(reasons, row),
            attributes_dropped=_occurring(dropped, row),
            lost_times=times.get(row, ()),
            expires_at=expiries.get(row),
            **{name: int(column[row]) for name, column in counts.items()},
        )
        for row, partition in enumerate(found.slots.partitions)
        if partition.start < terms.horizon or counts["would_be_lost"][row]
    )


def dropped_attributes(extras: Extras) -> dict[str, npt.NDArray[np.bool_]]:
    """Return for each attribute which entries lose it when they are written anew, bool, (m,).

    A `field_change` that is false reads the same as none, so none of those is counted.
    """
    has_fields = np.array([bool(fields) for fields in extras.fields], bool)
    return {
        "field_change": (extras.field_change == 1) & ~has_fields,
        "repeat_count": extras.repeat_count >= 0,
        "user_tag": extras.user_tag >= 0,
    }


def _settled(side: SideEvidence, horizon: int) -> Samples:
    samples = side.reading.samples.in_order()
    return samples.slice(0, int(np.searchsorted(samples.time, horizon)))


def _bytes(found: Forecast) -> _Rows:
    written = found.passes & found.settled
    sizes = stored_bytes(found.union.samples)[written]
    return np.bincount(found.slot[written], weights=sizes, minlength=len(found.slots)).astype(np.int64)


def _dropped(found: Forecast) -> dict[str, _Rows]:
    extras = found.union.samples.extras
    written = (found.stripped & found.settled)[extras.row]
    return {
        name: found.slots.count(found.slot[extras.row[loses & written]])
        for name, loses in dropped_attributes(extras).items()
    }


def _expiries(found: Forecast, secondary: SideEvidence) -> dict[int, int]:
    """Return for each partition that gains until when the secondary is sure to keep the first sample of its gain."""
    retention = secondary.retention
    if retention is None:
        return {}
    rows, firsts = np.unique(found.slot[found.promised], return_index=True)
    moments = retention.expires_at(found.union.samples.time[found.promised][firsts])
    return dict(zip(rows.tolist(), moments.tolist(), strict=True))


def _lost_times(found: Forecast) -> dict[int, tuple[int, ...]]:
    rows, firsts, counts = np.unique(found.slot[found.lost], return_index=True, return_counts=True)
    times = found.union.samples.time[found.lost]
    return {
        int(row): tuple(times[first : first + min(int(count), MOST_TIMES)].tolist())
        for row, first, count in zip(rows, firsts, counts, strict=True)
    }


def _occurring(columns: Mapping[_Name, _Rows], row: int) -> dict[_Name, int]:
    return {name: int(column[row]) for name, column in columns.items() if column[row]}
