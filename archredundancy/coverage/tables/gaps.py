"""Tables of gaps and dropouts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.states.causes import Verdict
from archredundancy.coverage.states.states import Cause, Proof
from archredundancy.display.texts import plural
from archredundancy.model import NEVER

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Dropouts", "Gaps"]

#: Rows that HTML shows; the rest is left out in the middle.
_SHOWN = 12


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Gaps:
    """Gaps of both sides, those that expire first at the top; of the others the witnessed ones first.

    Attributes
    ----------
    pv : str
    clusters : tuple of str
        Names of the sides.
    side : int8, (m,)
        Position in `clusters` of the side that has the gap.
    verdicts : tuple of Verdict
        Each state with its cause and its proof.
    verdict : int16, (m,)
        Position in `verdicts` of each gap's.
    start, end : int64, (m,), ns since 1970 UTC
        From the first sample missed, or the declared loss, to where the value this side holds is right again.
    samples_to_gain : int64, (m,)
        Samples that only the other side has.
    expires_at : int64, (m,), ns since 1970 UTC
        Until when the other side is sure to keep the first of them; `NEVER` where it does not expire.
    start_earliest, start_latest : int64, (m,), ns since 1970 UTC
        Between which instants the outage behind the gap began, by the IOC's clock.
    end_earliest, end_latest : int64, (m,), ns since 1970 UTC
        Between which instants it ended. That may be later than `end`: what an archiver stores first after an outage is
        the value that the IOC then had, and that may be older.
    """

    pv: str
    clusters: tuple[str, ...]
    side: npt.NDArray[np.int8]
    verdicts: tuple[Verdict, ...]
    verdict: npt.NDArray[np.int16]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    samples_to_gain: npt.NDArray[np.int64]
    expires_at: npt.NDArray[np.int64]
    start_earliest: npt.NDArray[np.int64]
    start_latest: npt.NDArray[np.int64]
    end_earliest: npt.NDArray[np.int64]
    end_latest: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start)

    @property
    def cluster(self) -> npt.NDArray[np.object_]:
        """The side that has each gap, object, (m,)."""
        return _objects(self.clusters)[self.side]

    @property
    def state(self) -> npt.NDArray[np.int8]:
        """`State` of each gap, int8, (m,)."""
        return np.array([verdict.state for verdict in self.verdicts], np.int8)[self.verdict]

    @property
    def cause(self) -> npt.NDArray[np.object_]:
        """`Cause` of each gap, object, (m,)."""
        return _objects([verdict.cause for verdict in self.verdicts])[self.verdict]

    @property
    def evidence(self) -> npt.NDArray[np.object_]:
        """`Proof` of each gap, object, (m,)."""
        return _objects([verdict.proof for verdict in self.verdicts])[self.verdict]

    def of(self, cluster: str) -> Gaps:
        """Return the gaps of one side."""
        return self.pick(_flags(name == cluster for name in self.clusters)[self.side])

    def proven_by(self, *proofs: Proof) -> Gaps:
        """Return the gaps that are known in one of these ways."""
        return self.pick(_flags(verdict.proof in proofs for verdict in self.verdicts)[self.verdict])

    def pick(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Gaps:
        """Return the chosen rows, in the order given."""
        columns = {name: getattr(self, name)[chosen] for name in _COLUMNS}
        return Gaps(pv=self.pv, clusters=self.clusters, verdicts=self.verdicts, **columns)

    def expiring_before(self, moment: int) -> Gaps:
        """Return the gaps whose samples the other side may drop before an instant (ns since 1970 UTC)."""
        return self.pick((self.expires_at != NEVER) & (self.expires_at < moment))

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a gap: pv, cluster, start, end, state, cause, evidence, samples_to_gain, expires_at and edges.

        Times are datetime64[ns] UTC; `expires_at` is NaT where nothing expires. The edges are columns start_earliest,
        start_latest, end_earliest and end_latest.
        """
        import pandas as pd

        texts = {
            "state": [verdict.state.label for verdict in self.verdicts],
            "cause": [verdict.cause.value for verdict in self.verdicts],
            "evidence": [verdict.proof.value for verdict in self.verdicts],
        }
        edges = ("start_earliest", "start_latest", "end_earliest", "end_latest")
        return pd.DataFrame(
            {"pv": self.pv, "cluster": self.cluster}
            | {name: getattr(self, name).view("datetime64[ns]") for name in ("start", "end")}
            | {name: _objects(words)[self.verdict] for name, words in texts.items()}
            | {"samples_to_gain": self.samples_to_gain, "expires_at": self.expires_at.view("datetime64[ns]")}
            | {name: getattr(self, name).view("datetime64[ns]") for name in edges}
        )

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(self.of(cluster)):,} of the {cluster}" for cluster in self.clusters)
        return f"<Gaps of {self.pv}: {counts or 'none'}; {int(self.samples_to_gain.sum()):,} samples to gain>"

    def _repr_html_(self) -> str:
        return _html(repr(self), self.to_dataframe())


_COLUMNS = tuple(field.name for field in fields(Gaps) if field.name not in {"pv", "clusters", "verdicts"})


def _html(text: str, table: pd.DataFrame) -> str:
    return f"<p>{escape(text[1:-1])}</p>\n{table.to_html(max_rows=_SHOWN, border=0, index=False)}"


def _objects(values: Any) -> npt.NDArray[np.object_]:
    array = np.empty(len(values), object)
    array[:] = values
    return array


def _flags(values: Any) -> npt.NDArray[np.bool_]:
    return np.fromiter(values, bool)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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
    cause : Cause
        Why they were lost, as far as the engine's counters tell.
    """

    cluster: str
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    per_known_hour: float
    expires_at: int
    cause: Cause = Cause.NONE

    @property
    def total(self) -> int:
        """Samples missed in all."""
        return int(self.count.sum())

    def __repr__(self) -> str:
        return (
            f"<Dropouts of {self.cluster}: {plural(self.total, 'sample')} in {plural(len(self.first), 'run')}, "
            f"{self.per_known_hour:.3g} an hour>"
        )

    def _repr_html_(self) -> str:
        return _html(repr(self), self.to_dataframe())

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
