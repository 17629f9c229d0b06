"""Tables of gaps and dropouts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.coverage import Coverage
from archredundancy.coverage.findings import Findings, cause_of
from archredundancy.coverage.states import Proof, State
from archredundancy.model import NEVER, SideEvidence

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Dropouts", "Gaps", "list_dropouts", "list_gaps"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Gaps:
    """Gaps of both sides, those that expire first at the top.

    Attributes
    ----------
    pv : str
    cluster : object, (m,)
        The side that has the gap.
    start, end : int64, (m,), ns since 1970 UTC
        From the first sample missed (or the declared loss) to where the side is there again.
    state : int8, (m,)
    cause, evidence : object, (m,)
        `Cause` and `Proof`.
    samples_to_gain : int64, (m,)
        Samples that only the other side has.
    expires_at : int64, (m,), ns since 1970 UTC
        Until when the other side is sure to keep the first of them; `NEVER` where it does not expire.
    start_earliest, end_earliest : int64, (m,), ns since 1970 UTC
        The last own sample before, and the last sample missed: an outage began after the one and ended after the other.
    """

    pv: str
    cluster: npt.NDArray[np.object_]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    state: npt.NDArray[np.int8]
    cause: npt.NDArray[np.object_]
    evidence: npt.NDArray[np.object_]
    samples_to_gain: npt.NDArray[np.int64]
    expires_at: npt.NDArray[np.int64]
    start_earliest: npt.NDArray[np.int64]
    end_earliest: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start)

    def of(self, cluster: str) -> Gaps:
        """Return the gaps of one side."""
        return self.pick(self.cluster == cluster)

    def pick(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Gaps:
        """Return the chosen rows, in the order given."""
        columns = {field.name: getattr(self, field.name)[chosen] for field in fields(self) if field.name != "pv"}
        return Gaps(pv=self.pv, **columns)

    def expiring_before(self, moment: int) -> Gaps:
        """Return the gaps whose samples the other side may drop before an instant (ns since 1970 UTC)."""
        return self.pick((self.expires_at != NEVER) & (self.expires_at < moment))

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a gap: pv, cluster, start, end, state, cause, evidence, samples_to_gain, expires_at and edges.

        Times are datetime64[ns] UTC; `expires_at` is NaT where nothing expires.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "pv": self.pv,
                "cluster": self.cluster,
                "start": self.start.view("datetime64[ns]"),
                "end": self.end.view("datetime64[ns]"),
                "state": [State(state).label for state in self.state],
                "cause": [cause.value for cause in self.cause],
                "evidence": [proof.value for proof in self.evidence],
                "samples_to_gain": self.samples_to_gain,
                "expires_at": self.expires_at.view("datetime64[ns]"),
                "start_earliest": self.start_earliest.view("datetime64[ns]"),
                "end_earliest": self.end_earliest.view("datetime64[ns]"),
            }
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Dropouts:
    """Samples one side lost one by one, in silences too short to be gaps: a rate, not an outage.

    Attributes
    ----------
    cluster : str
        The side that lacks them.
    first, last : int64, (m,), ns since 1970 UTC
        First and last sample of each run.
    count : int64, (m,)
        Samples in each run.
    per_known_hour : float
        Samples missed an hour of what that side knows; NaN where it knows nothing.
    expires_at : int, ns since 1970 UTC
        Until when the other side is sure to keep the first of them; `NEVER` where it does not expire.
    """

    cluster: str
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    per_known_hour: float
    expires_at: int

    @property
    def total(self) -> int:
        """Samples missed in all."""
        return int(self.count.sum())

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a run: cluster, first, last (datetime64[ns] UTC), count."""
        import pandas as pd

        return pd.DataFrame(
            {
                "cluster": self.cluster,
                "first": self.first.view("datetime64[ns]"),
                "last": self.last.view("datetime64[ns]"),
                "count": self.count,
            }
        )


def list_gaps(pv: str, pairs: Sequence[tuple[Findings, Coverage, SideEvidence]]) -> Gaps:
    """Return the gaps of each side, given its findings, its coverage and the evidence of the other side."""
    tables = [
        table
        for findings, coverage, other in pairs
        for table in (_witnessed(findings, other), _declared(coverage, findings))
    ]
    columns = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    gaps = Gaps(pv=pv, **columns)
    last = np.iinfo(np.int64).max
    return gaps.pick(np.lexsort((gaps.start, np.where(gaps.expires_at == NEVER, last, gaps.expires_at))))


def _witnessed(findings: Findings, other: SideEvidence) -> dict[str, npt.NDArray[np.generic]]:
    gaps = findings.gaps
    state, cause = cause_of(findings)
    return {
        "cluster": np.full(len(gaps), findings.side.reading.cluster, object),
        "start": gaps.first,
        "end": gaps.end,
        "state": state,
        "cause": cause,
        "evidence": np.full(len(gaps), Proof.WITNESSED, object),
        "samples_to_gain": gaps.count,
        "expires_at": _expiry(other, gaps.first),
        "start_earliest": np.maximum(gaps.previous, findings.side.reading.asked.start),
        "end_earliest": gaps.last,
    }


def _declared(coverage: Coverage, findings: Findings) -> dict[str, npt.NDArray[np.generic]]:
    """Return outages that were written down and in which the other side stored nothing."""
    proofs = np.array([layer.proof is Proof.DECLARED and layer.state is not State.UNKNOWN for layer in coverage.layers])
    rows = np.flatnonzero(proofs[coverage.layer])
    # What borders on a witnessed gap is that gap's edge, told in its row.
    touching = np.isin(coverage.end[rows], findings.gaps.first) | np.isin(coverage.start[rows], findings.gaps.end)
    rows = rows[~touching]
    return {
        "cluster": np.full(len(rows), coverage.cluster, object),
        "start": coverage.start[rows],
        "end": coverage.end[rows],
        "state": coverage.state[rows],
        "cause": np.array([coverage.layers[number].cause for number in coverage.layer[rows]], object),
        "evidence": np.full(len(rows), Proof.DECLARED, object),
        "samples_to_gain": np.zeros(len(rows), np.int64),
        "expires_at": np.full(len(rows), NEVER, np.int64),
        "start_earliest": coverage.start[rows],
        "end_earliest": coverage.end[rows],
    }


def list_dropouts(findings: Findings, other: SideEvidence) -> Dropouts:
    """Return the dropouts of one side, given the evidence of the other."""
    runs = findings.dropouts
    hours = findings.knowledge.known.total / 3.6e12
    expires = _expiry(other, runs.first)
    return Dropouts(
        cluster=findings.side.reading.cluster,
        first=runs.first,
        last=runs.last,
        count=runs.count,
        per_known_hour=float(runs.count.sum()) / hours if hours else float("nan"),
        expires_at=int(expires.min()) if len(expires) else NEVER,
    )


def _expiry(other: SideEvidence, first: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    if other.retention is None:
        return np.full(len(first), NEVER, np.int64)
    return other.retention.expires_at(first)
