"""`unite`: the exact union of what two clusters stored of one PV."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from archredundancy.errors import InputError
from archredundancy.merge.assembly import assemble
from archredundancy.merge.conflicts import Conflicts
from archredundancy.merge.disorder import Disorder, put_in_order
from archredundancy.merge.origin import Origin
from archredundancy.merge.stretches import OutOfOrder
from archredundancy.model import Samples
from archredundancy.segments import Segments

__all__ = ["Merged", "Policy", "unite"]

#: What to take from the secondary: everything, or only what lies where the primary was not active.
Policy = Literal["union", "gaps_only"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Merged:
    """The union of two sample sets.

    Attributes
    ----------
    samples : Samples
        Times strictly increase. Where both sides have an instant, the primary's sample with its field values.
    origin : int8, (n,)
        `Origin` of each sample.
    conflicts : Conflicts
        Where the sides differ: both samples of every row whose origin is `BOTH_DIFFER`.
    disorder : Disorder
        What had to be put in order first, for each side.
    """

    samples: Samples
    origin: npt.NDArray[np.int8]
    conflicts: Conflicts
    disorder: Disorder

    def count(self, origin: Origin) -> int:
        """Return how many samples have this origin."""
        return int(np.count_nonzero(self.origin == origin))

    def __repr__(self) -> str:
        counts = ", ".join(f"{self.count(origin)} {origin.name}" for origin in Origin)
        return f"<Merged, {len(self.samples)} samples: {counts}>"


def unite(primary: Samples, secondary: Samples, *, policy: Policy = "union", active: Segments | None = None) -> Merged:
    """Unite what two clusters stored of one PV.

    Parameters
    ----------
    primary, secondary : Samples
        Of one type, in any order.
    policy : {"union", "gaps_only"}
        With `gaps_only`, samples that only the secondary has are taken outside `active` alone: two archives of the kind
        SCAN sample at different moments, and their union is denser than either. Equal instants are compared anyway.
    active : Segments, optional
        Where the primary was active; needed with `gaps_only`, and only there.

    Returns
    -------
    Merged

    Raises
    ------
    InputError
        If the types differ, the policy is unknown, or `active` does not go with it.

    Notes
    -----
    Linear, whatever the two look like. Where they agree, the usual case, rows are copied by the stretch; where they
    interleave densely, window by window through a search. Memory: the result and a few MiB, and a copy of a side out of
    order.

    Examples
    --------
    >>> from archredundancy.model import DbrType
    >>> mine = Samples.build(DbrType.SCALAR_INT, [10, 20, 40], [1, 2, 4])
    >>> theirs = Samples.build(DbrType.SCALAR_INT, [10, 20, 30], [1, 7, 3])
    >>> merged = unite(mine, theirs)
    >>> merged
    <Merged, 4 samples: 1 PRIMARY, 1 SECONDARY, 1 BOTH_EQUAL, 1 BOTH_DIFFER>
    >>> merged.samples.value
    array([1, 2, 3, 4], dtype=int32)
    """
    _check(primary, secondary, policy, active)
    samples, origin, conflicts, disorder = _assemble(primary, secondary, active)
    return Merged(samples=samples, origin=origin, conflicts=conflicts, disorder=disorder)


def _assemble(
    primary: Samples, secondary: Samples, active: Segments | None
) -> tuple[Samples, npt.NDArray[np.int8], Conflicts, Disorder]:
    with suppress(OutOfOrder):  # nearly all archives are in order, and the walk through them sees whether they are
        return *assemble(primary, secondary, active), Disorder()
    primary, mine = put_in_order(primary)
    secondary, theirs = put_in_order(secondary)
    return *assemble(primary, secondary, active), Disorder(primary=mine, secondary=theirs)


def _check(primary: Samples, secondary: Samples, policy: str, active: Segments | None) -> None:
    if primary.dbr_type is not secondary.dbr_type:
        raise InputError(
            f"the primary's samples are {primary.dbr_type.name}, the secondary's {secondary.dbr_type.name}; "
            "a PV that changed its type is united type by type"
        )
    if policy not in get_args(Policy):
        raise InputError(f"unknown policy {policy!r}; allowed: {', '.join(get_args(Policy))}")
    if policy == "gaps_only" and active is None:
        raise InputError("policy 'gaps_only' needs to know where the primary was active; pass active=Segments")
    if policy == "union" and active is not None:
        raise InputError("policy 'union' takes every sample; pass active only with policy='gaps_only'")
