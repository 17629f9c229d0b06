"""What a merge did to one partition, proven sample by sample: the checks V1 to V6, pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from archredundancy.model import Partition, Samples
from archredundancy.plan import Digest
from archredundancy.plan.forecast.hashing import sample_hashes

__all__ = [
    "Outcome",
    "Result",
    "compare_digests",
    "compare_samples",
    "contains",
    "is_missing",
    "missing_from",
    "unread",
]

_Mask = npt.NDArray[np.bool_]
#: A hash of each sample, uint64, (n,).
Hashes = npt.NDArray[np.uint64]
_Times = npt.NDArray[np.int64]


class Result(StrEnum):
    """What became of a partition."""

    #: It is what it was before, to the last sample.
    SAME = "same"
    #: It has what was promised and what it had, less losses that were accepted.
    GAINED = "gained"
    #: It lacks samples that it had.
    LOST = "lost"
    #: It has samples it should not have, or others than it had, or only a part of what was promised.
    DIFFERS = "differs"
    #: It could not be read, or it has samples that may be the secondary's, which could not be read.
    UNREAD = "unread"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one partition, in numbers of samples.

    Attributes
    ----------
    partition : str
    result : Result
    before, after : int
        How many it has had and has.
    gained : int
        Promised samples that are there.
    missing : int
        Promised samples that are not (V2).
    lost : int
        Samples it had and does not have any more, nor were accepted as lost (V1).
    accepted : int
        Lost samples of its last second, as accepted.
    changed : int
        Samples whose value, alarm or fields are no longer what they were (V4).
    invented : int
        Samples that neither were there nor were promised (V3).
    later : int
        Samples that came by other ways since: recorded after the merge, or from after the horizon.
    disordered : bool
        Whether times do not strictly increase (V5).
    reason : str
        Why it could not be read; empty if it was.
    """

    partition: str
    result: Result
    before: int
    after: int
    gained: int = 0
    missing: int = 0
    lost: int = 0
    accepted: int = 0
    changed: int = 0
    invented: int = 0
    later: int = 0
    disordered: bool = False
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is as promised."""
        return self.result in (Result.SAME, Result.GAINED) and not self.missing

    def to_json(self) -> dict[str, Any]:
        """Return it as a journal holds it: a reason only where there is one."""
        data = {**asdict(self), "result": str(self.result)}
        return data if self.reason else {name: value for name, value in data.items() if name != "reason"}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Outcome:
        """Return what a journal holds."""
        return cls(**{**data, "result": Result(data["result"])})


def compare_samples(
    partition: Partition,
    before: Samples,
    promised: Samples,
    after: Samples,
    *,
    accept_loss: bool = False,
    tolerated: Samples | None = None,
    until: int | None = None,
    hashes: Callable[[Samples], Hashes] = sample_hashes,
) -> Outcome:
    """Compare a partition that may have been rewritten with what it should be.

    Parameters
    ----------
    partition : Partition
    before, promised, after : Samples
        Of this partition: what it had, what the merge was to add, and what it has.
    accept_loss : bool
        Whether samples of its last second may be gone (`Partition.last_read`).
    tolerated : Samples, optional
        Samples that may have come as well: those of the secondary from after the horizon, with `direct`.
    until : int, ns since 1970 UTC, optional
        Samples later than this may have been recorded since.
    hashes : callable
        What makes samples equal; `attribute_hashes` where nothing may be dropped.

    Returns
    -------
    Outcome

    Notes
    -----
    Samples are equal if time, type, value, severity, status and fields are; rewriting drops other attributes. Cost: a
    hash of each sample, and some searches.
    """
    ordered = after.is_ordered
    after = after.in_order()
    gone = ~contains(after.time, before.time)
    excused = gone & (before.time > partition.last_read) if accept_loss else np.zeros(len(before), bool)
    kept = before.take(np.flatnonzero(~gone))
    new = after.take(np.flatnonzero(~contains(before.time, after.time)))
    gained, is_promised = int(_equal(new, promised, hashes).sum()), _equal(promised, new, hashes)
    other = ~is_promised & ~_equal(tolerated, new, hashes)
    recorded = other & (new.time > until) if until is not None else np.zeros(len(new), bool)
    counts = {
        "gained": gained,
        "missing": len(promised) - gained,
        "lost": int((gone & ~excused).sum()),
        "accepted": int(excused.sum()),
        "changed": int((~_equal(after, kept, hashes)).sum()),
        "invented": int((other & ~recorded).sum()),
        "later": int((~is_promised & ~other).sum() + recorded.sum()),
    }
    disordered = not ordered and before.is_ordered
    return Outcome(
        partition=partition.name,
        result=_result(counts, disordered=disordered),
        before=len(before),
        after=len(after),
        disordered=disordered,
        reason="",
        **counts,
    )


def _result(counts: dict[str, int], *, disordered: bool) -> Result:
    if counts["lost"]:
        return Result.LOST
    if counts["changed"] or counts["invented"] or disordered or (counts["missing"] and counts["gained"]):
        return Result.DIFFERS
    return Result.GAINED if counts["gained"] or counts["accepted"] else Result.SAME


def compare_digests(partition: str, before: Digest, after: Digest) -> Outcome:
    """Compare a partition that should not have been touched (V6); numbers of samples are the least that explain it."""
    if before == after:
        return Outcome(partition=partition, result=Result.SAME, before=before.n, after=after.n)
    less, more = max(before.n - after.n, 0), max(after.n - before.n, 0)
    result = Result.LOST if less else Result.DIFFERS
    changed = 0 if less or more else 1
    return Outcome(
        partition=partition, result=result, before=before.n, after=after.n, lost=less, invented=more, changed=changed
    )


def unread(partition: str, before: int, reason: str = "") -> Outcome:
    """Return the outcome of a partition that could not be read, for a reason."""
    return Outcome(partition=partition, result=Result.UNREAD, before=before, after=0, reason=reason)


def missing_from(whole: Samples, part: Samples) -> int:
    """Return how many samples of a part are not in the whole, or not as they are in the part."""
    return int(is_missing(whole, part).sum())


def is_missing(whole: Samples, part: Samples) -> _Mask:
    """Return for each sample of a part whether it is not in the whole, or not as it is in the part, bool, (n,)."""
    return ~_equal(whole, part)


def contains(times: _Times, wanted: _Times) -> _Mask:
    """Return for each wanted time whether it is among the times, bool, (n,)."""
    return _is_among(np.sort(times), wanted)


def _equal(whole: Samples | None, part: Samples, hashes: Callable[[Samples], Hashes] = sample_hashes) -> _Mask:
    """Return for each sample of a part whether the whole has an equal one, bool, (n,).

    A PV is paused meanwhile, so this is looked up by time, which is in order, and not among a history's hashes.
    """
    if whole is None or not len(whole) or not len(part):
        return np.zeros(len(part), bool)
    whole = whole.in_order()
    if not whole.is_ordered:  # of several at one time any will do
        return _is_among(np.sort(hashes(whole)), hashes(part))
    rows = np.searchsorted(whole.time, part.time).clip(max=len(whole) - 1)
    return np.asarray(hashes(whole)[rows] == hashes(part))


def _is_among(ordered: npt.NDArray[np.generic], wanted: npt.NDArray[np.generic]) -> _Mask:
    """Return for each wanted number whether it is among others, which are in order; `np.isin` takes far longer."""
    if not len(ordered):
        return np.zeros(len(wanted), bool)
    rows = np.searchsorted(ordered, wanted).clip(max=len(ordered) - 1)
    return np.asarray(ordered[rows] == wanted)
