"""`MergedView`: whether the answers of a secondary that merges while it reads are the union, and where they are not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archredundancy.coverage.merged_view.pitfalls import Pitfall, Situation, Stretches, stretches_of
from archredundancy.coverage.merged_view.rows import Flaw, ViewAnswer, find_flaws
from archredundancy.coverage.merged_view.words import view_html, view_json, view_text
from archredundancy.merge import Origin
from archredundancy.model import Evidence, ReadFailure, TimeRange

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MergedView", "ViewEvidence", "ViewFlaw", "check_view"]

_OWNERS = {Origin.PRIMARY: "primary", Origin.SECONDARY: "secondary", Origin.BOTH_EQUAL: "both"}


@dataclass(frozen=True, kw_only=True, eq=False)
class ViewEvidence:
    """A secondary asked as its users do, and both sides read for themselves.

    Attributes
    ----------
    evidence : Evidence
    answer : ViewAnswer
        To a request for the evidence's range.
    merges : bool or None
        Whether the secondary is set up to merge the primary's samples; None where it could not be asked.
    primary_seconds, union_seconds : float, seconds
        What asking the primary alone, and both sides for themselves, took; NaN where that was not done.
    """

    evidence: Evidence
    answer: ViewAnswer
    merges: bool | None = None
    primary_seconds: float = math.nan
    union_seconds: float = math.nan


class ViewFlaw(NamedTuple):
    """One stretch of flawed samples.

    Attributes
    ----------
    flaw : Flaw
    pitfall : Pitfall
    owner : {"primary", "secondary", "both", ""}
        Who stores the samples concerned; empty where neither does.
    first, last : int, ns since 1970 UTC
        Stamps of the first and the last one, as the answer has them; the right ones of what it lacks.
    true_first, true_last : int, ns since 1970 UTC
        Their right stamps, which are others only where they are misdated.
    samples : int
        How many.
    """

    flaw: Flaw
    pitfall: Pitfall
    owner: str
    first: int
    last: int
    true_first: int
    true_last: int
    samples: int


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MergedView:
    """The answer that users of a merging secondary get, held against the exact union of what both sides store.

    Attributes
    ----------
    pv : str
    asked : TimeRange
    stretches : tuple of (Stretches, list of Pitfall)
        For each `Flaw`; iterate over the view to have them one by one.
    counts : mapping of Flaw to int
        Samples of each flaw; all flaws are in it.
    samples : int
        Samples of the answer that lie in the range.
    union : int
        Samples of the exact union.
    unchecked : int
        Samples of the answer that neither side is known to have, where not both could be read.
    merges : bool or None
        Whether the secondary is set up to merge the primary's samples; None where it could not be asked.
    view_seconds, primary_seconds, union_seconds : float, seconds
        Time for the answer, for the primary's own samples by one like request, and for the exact union (both sides,
        read for themselves and proved); NaN where there is none.
    failures : tuple of (str, ReadFailure)
        Cluster, and what could not be read of it.
    notes : tuple of str
        What else is to be known, such as an answer that broke off.

    Examples
    --------
    >>> import archredundancy as ar
    >>> with ar.demo_pair() as pair:
    ...     view = pair.check_merged_view("DEMO:CURRENT", "2026-10-01", "2026-10-04")
    >>> view.is_right, view.counts[ar.coverage.Flaw.LACKS], view.merges
    (True, 0, False)
    """

    pv: str
    asked: TimeRange
    stretches: tuple[tuple[Stretches, list[Pitfall]], ...]
    counts: Mapping[Flaw, int]
    samples: int
    union: int
    unchecked: int
    merges: bool | None
    view_seconds: float
    primary_seconds: float
    union_seconds: float
    failures: tuple[tuple[str, ReadFailure], ...]
    notes: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong with the answer, as far as the sides could be read.

        Where they contradict each other either sample is right.
        """
        return not any(count for flaw, count in self.counts.items() if flaw.is_wrong)

    @property
    def is_whole(self) -> bool:
        """Whether both sides could be read whole, so that what is right is proved to be."""
        return not self.failures and not self.unchecked

    @property
    def slower(self) -> float:
        """How many times as long the answer took as asking the primary alone; NaN where that was not done."""
        return self.view_seconds / self.primary_seconds if self.primary_seconds else math.nan

    def __len__(self) -> int:
        return sum(len(pitfalls) for _, pitfalls in self.stretches)

    def __iter__(self) -> Iterator[ViewFlaw]:
        for columns, pitfalls in self.stretches:
            listed = (column.tolist() for column in columns[1:7])
            for pitfall, origin, *numbers in zip(pitfalls, *listed, strict=True):
                yield ViewFlaw(columns.flaw, pitfall, _OWNERS.get(origin, ""), *numbers)

    def pitfalls(self) -> dict[Pitfall, int]:
        """Return how many wrong samples each pitfall explains, the most first."""
        totals: dict[Pitfall, int] = {}
        for columns, pitfalls in self.stretches:
            for pitfall, count in zip(pitfalls, columns.samples.tolist(), strict=True):
                totals[pitfall] = totals.get(pitfall, 0) + count
        return dict(sorted(totals.items(), key=lambda each: -each[1]))

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a stretch.

        Columns are pv, flaw, pitfall (words), owner, first, last, true_first, true_last (datetime64[ns] UTC) and
        samples.
        """
        import pandas as pd

        flaws = list(self)
        times = {
            name: np.array([getattr(each, name) for each in flaws], np.int64).view("datetime64[ns]")
            for name in ("first", "last", "true_first", "true_last")
        }
        return pd.DataFrame(
            {
                "pv": [self.pv] * len(flaws),
                "flaw": [each.flaw.value for each in flaws],
                "pitfall": [each.pitfall.name.lower().replace("_", "-") for each in flaws],
                "owner": [each.owner for each in flaws],
                **times,
                "samples": np.array([each.samples for each in flaws], np.int64),
            }
        )

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON, times as text with nine digits."""
        return view_json(self)

    def to_text(self, width: int = 100) -> str:
        """Return it as text for a terminal so many characters wide."""
        return view_text(self, width)

    def to_html(self) -> str:
        """Return it as an HTML fragment, readable on light and dark ground."""
        return view_html(self)

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()


def check_view(asked_both: ViewEvidence) -> MergedView:
    """Hold the answer of a merging secondary against what both sides store.

    Parameters
    ----------
    asked_both : ViewEvidence

    Returns
    -------
    MergedView

    Notes
    -----
    Pure. The sides may hold different types: each sample of the answer is compared with those of its own type.
    """
    evidence, answer = asked_both.evidence, asked_both.answer
    mine, theirs, asked = evidence.primary.reading, evidence.secondary.reading, evidence.asked
    before = [*mine.before.time.tolist(), *theirs.before.time.tolist()]
    flawed, unchecked = find_flaws(answer, mine.samples, theirs.samples, asked, mine.known & theirs.known, before)
    situation = Situation.of(
        evidence,
        answer,
        asked_both.merges,
        misdates=any(len(rows.shown) for rows in flawed if rows.flaw is Flaw.MISDATES),
    )
    stretches = [stretches_of(rows) for rows in flawed]
    return MergedView(
        pv=evidence.pv,
        asked=asked,
        stretches=tuple((each, each.pitfalls(situation)) for each in stretches),
        counts={rows.flaw: len(rows.shown) for rows in flawed},
        samples=int(np.count_nonzero((answer.time >= asked.start) & (answer.time < asked.end))),
        union=len(np.union1d(mine.samples.time, theirs.samples.time)),
        unchecked=unchecked,
        merges=asked_both.merges,
        view_seconds=answer.seconds,
        primary_seconds=asked_both.primary_seconds,
        union_seconds=asked_both.union_seconds,
        failures=tuple((reading.cluster, failure) for reading in (mine, theirs) for failure in reading.failures),
        notes=answer.troubles,
    )
