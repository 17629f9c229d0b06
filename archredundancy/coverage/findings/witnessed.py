"""What one archiver stored and the other lacks: the proof of a gap that needs no threshold."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.findings.own_samples import EARLIEST, LATEST, OwnSamples
from archredundancy.segments import Segments

__all__ = ["MissedRuns", "missed_runs"]


@dataclass(frozen=True, kw_only=True, eq=False)
class MissedRuns:
    """Runs of samples that only the other side has, with no own sample in between.

    Attributes
    ----------
    first, last : int64, (m,), ns since 1970 UTC
        First and last sample missed.
    count : int64, (m,)
        Samples missed.
    previous, following : int64, (m,), ns since 1970 UTC
        Own samples around the run; `EARLIEST` and `LATEST` where there is none.
    end : int64, (m,), ns since 1970 UTC
        Where the own side is there again: `following`, or the end of what is known.
    """

    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    previous: npt.NDArray[np.int64]
    following: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first)

    def pick(self, chosen: npt.NDArray[np.bool_]) -> MissedRuns:
        """Return the chosen runs."""
        return MissedRuns(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    @property
    def segments(self) -> Segments:
        """From the first sample missed to where the own side is there again."""
        return Segments.from_arrays(self.first, self.end)

    @property
    def spans(self) -> Segments:
        """From the first to the last sample missed, that one included."""
        return Segments.from_arrays(self.first, self.last + 1)

    @property
    def silence(self) -> npt.NDArray[np.int64]:
        """How long the own side stored nothing around each run, as far as known, int64, (m,), ns."""
        since = np.where(self.previous > EARLIEST, self.previous, self.first)
        return np.where(self.following < LATEST, self.following, self.end) - since


def missed_runs(own: OwnSamples, known: Segments, stale_since: int | None = None) -> MissedRuns:
    """Return the runs of samples that a side lacks between consecutive own samples, where it is known.

    Parameters
    ----------
    own : OwnSamples
    known : Segments
        Where this side can vouch; a run that leaves it ends there, and another one begins where it is known again.
    stale_since : int, ns since 1970 UTC, optional
        Start of the range, where a sample before it was missed: what is held is stale from the start.

    Notes
    -----
    Cost: passes over the samples missed, none over the others.
    """
    rows = own.missed_rows
    stamps = own.union_time
    missed = stamps[rows]
    segment = np.searchsorted(known.start, missed, side="right") - 1
    inside = known.contains(missed)
    rows, missed, segment = rows[inside], missed[inside], segment[inside]
    run = np.searchsorted(own.run_begin, rows, side="right") - 1
    first = np.ones(len(rows), bool)
    first[1:] = (run[1:] != run[:-1]) | (segment[1:] != segment[:-1])
    begin = np.flatnonzero(first)
    stop = np.append(begin[1:], len(rows))[: len(begin)]
    run, segment = run[begin], segment[begin]
    following = own.after_run[run]
    found = MissedRuns(
        first=missed[begin],
        last=missed[stop - 1],
        count=stop - begin,
        previous=own.before_run[run],
        following=following,
        end=np.minimum(following, known.end[segment]),
    )
    return found if stale_since is None else _stale_from(stale_since, found, own, known)


def _stale_from(start: int, runs: MissedRuns, own: OwnSamples, known: Segments) -> MissedRuns:
    """Return the runs, one of them from the start of the range until the first own sample."""
    following = int(own.first_after(np.array([start - 1]))[0])
    if following == start or not known.contains([start])[0]:
        return runs
    end = min(following, int(known.end[np.searchsorted(known.start, start, side="right") - 1]))
    later = runs.pick(runs.first >= end)
    hidden = runs.pick(runs.first < end)
    columns = {
        "first": start,
        "last": int(hidden.last.max(initial=start)),
        "count": int(hidden.count.sum()),
        "previous": own.before_range,
        "following": following,
        "end": end,
    }
    return MissedRuns(**{name: np.append(np.int64(value), getattr(later, name)) for name, value in columns.items()})
