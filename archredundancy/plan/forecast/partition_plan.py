"""`PartitionPlan`: what a merge would do to one file, and `Totals` of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from archredundancy.model import Partition
from archredundancy.plan.forecast.digest import Digest
from archredundancy.plan.forecast.forecast import NotFillable

__all__ = ["MOST_TIMES", "PartitionPlan", "Totals"]

#: Of more lost samples than this only the first are listed by time.
MOST_TIMES = 20


@dataclass(frozen=True, kw_only=True)
class PartitionPlan:
    """One partition of the primary's store: what both sides have there, and what the merge would do.

    All numbers but those of losses are of samples before the horizon.

    Attributes
    ----------
    partition : Partition
    primary, secondary : Digest
        What each side has.
    exists : bool
        Whether the partition has a file once the primary is consolidated.
    rewritten : bool
        Whether the merge rewrites it.
    gain : int
        Samples that only the secondary has and that will arrive.
    ties_equal, ties_different : int
        Instants of which both sides have a sample: the same, and one with other value or alarm. The primary's stay.
    not_fillable : mapping of NotFillable to int
        Samples that only the secondary has and that will not arrive, by reason; only reasons that occur.
    would_be_lost : int
        The primary's own samples of the last second, which the rewriting destroys.
    lost_times : tuple of int, ns since 1970 UTC
        When; the first `MOST_TIMES` of them.
    attributes_dropped : mapping of str to int
        Samples of the rewritten file that lose `repeat_count`, `user_tag` or a true `field_change`; only what occurs.
    expires_at : int or None, ns since 1970 UTC
        Until when the secondary is sure to keep the first sample of the gain; None without gain or known expiry.
    estimated_bytes : int
        Size of the rewritten file; 0 if it is not rewritten.
    """

    partition: Partition
    primary: Digest
    secondary: Digest
    exists: bool
    rewritten: bool
    gain: int = 0
    ties_equal: int = 0
    ties_different: int = 0
    not_fillable: Mapping[NotFillable, int] = field(default_factory=dict)
    would_be_lost: int = 0
    lost_times: tuple[int, ...] = ()
    attributes_dropped: Mapping[str, int] = field(default_factory=dict)
    expires_at: int | None = None
    estimated_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Sums over partitions; see `PartitionPlan` for each.

    Attributes
    ----------
    rewritten : int
        Partitions that would be rewritten.
    gain, ties_equal, ties_different, would_be_lost, estimated_bytes : int
    not_fillable : mapping of NotFillable to int
        Here samples after the horizon count too.
    attributes_dropped : mapping of str to int
    largest_bytes : int
        Size of the largest rewritten file.
    expires_at : int or None, ns since 1970 UTC
        The earliest.
    """

    rewritten: int
    gain: int
    ties_equal: int
    ties_different: int
    would_be_lost: int
    estimated_bytes: int
    not_fillable: Mapping[NotFillable, int]
    attributes_dropped: Mapping[str, int]
    largest_bytes: int
    expires_at: int | None

    @classmethod
    def of(cls, partitions: Iterable[PartitionPlan], after_horizon: int = 0) -> Totals:
        """Return the sums over these partitions."""
        each = tuple(partitions)
        not_fillable: Counter[NotFillable] = Counter({NotFillable.AFTER_HORIZON: after_horizon})
        dropped: Counter[str] = Counter()
        for one in each:
            not_fillable.update(one.not_fillable)
            dropped.update(one.attributes_dropped)
        return cls(
            rewritten=sum(one.rewritten for one in each),
            gain=sum(one.gain for one in each),
            ties_equal=sum(one.ties_equal for one in each),
            ties_different=sum(one.ties_different for one in each),
            would_be_lost=sum(one.would_be_lost for one in each),
            estimated_bytes=sum(one.estimated_bytes for one in each),
            not_fillable={reason: not_fillable[reason] for reason in NotFillable if not_fillable[reason]},
            attributes_dropped=dict(sorted(dropped.items())),
            largest_bytes=max((one.estimated_bytes for one in each), default=0),
            expires_at=min((one.expires_at for one in each if one.expires_at is not None), default=None),
        )
