"""`Comparisons`: many PVs held against each other, worst first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from archredundancy.coverage.comparison.overview import Overview
from archredundancy.coverage.tables.summary import Summary
from archredundancy.coverage.words.as_json import SCHEMA
from archredundancy.coverage.words.many_html import comparisons_html
from archredundancy.coverage.words.many_text import comparisons_text, kept_for, verdict_of_many
from archredundancy.errors import ArchRedundancyError, InputError
from archredundancy.model import NEVER, TimeRange, format_time

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparisons", "FailedPV"]


@dataclass(frozen=True, kw_only=True)
class FailedPV:
    """A PV that could not be compared.

    Attributes
    ----------
    pv : str
    kind : str
        `kind` of the error, such as `unknown-pv`; see `archredundancy.errors`.
    reason : str
        Its message.
    """

    pv: str
    kind: str
    reason: str

    @classmethod
    def from_error(cls, pv: str, error: ArchRedundancyError) -> FailedPV:
        """Return the failure that an error tells of."""
        return cls(pv=pv, kind=error.kind, reason=str(error))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Comparisons:
    """Comparisons of many PVs without their samples, worst first; iterate over it, or take one by its name.

    First stands what expires first at the secondary; of those that expire together, or never, the one whose primary
    holds a wrong value for the longest time; last what lacks nothing.

    Attributes
    ----------
    asked : TimeRange
    now : int, ns since 1970 UTC
        When the first PV was asked for.
    overviews : tuple of Overview
        Of the PVs that could be compared.
    failed : tuple of FailedPV
        The others, with reasons.

    Examples
    --------
    >>> import archredundancy as ar
    >>> with ar.demo_pair() as pair:
    ...     table = pair.compare_many(["DEMO:VALVE", "DEMO:CURRENT", "NO:SUCH"], "2026-05-20", progress=False)
    >>> [(overview.pv, overview.summary.primary.samples_to_gain) for overview in table]
    [('DEMO:VALVE', 12), ('DEMO:CURRENT', 2185)]
    >>> table["DEMO:CURRENT"].summary.primary.gaps, table.failed[0].kind
    (1, 'unknown-pv')
    """

    asked: TimeRange
    now: int
    overviews: tuple[Overview, ...]
    failed: tuple[FailedPV, ...]

    @classmethod
    def of(cls, results: Iterable[Overview | FailedPV], asked: TimeRange, now: int) -> Comparisons:
        """Return results in any order as a table, worst first."""
        found = list(results)
        compared = sorted((each for each in found if isinstance(each, Overview)), key=_badness)
        failed = tuple(each for each in found if isinstance(each, FailedPV))
        return cls(asked=asked, now=now, overviews=tuple(compared), failed=failed)

    def __len__(self) -> int:
        return len(self.overviews)

    def __iter__(self) -> Iterator[Overview]:
        return iter(self.overviews)

    def __contains__(self, pv: object) -> bool:
        return any(overview.pv == pv for overview in self.overviews)

    def __getitem__(self, pv: str | int) -> Overview:
        """Return the comparison of a PV, by its name or its place.

        Raises
        ------
        InputError
            If there is none of that name; the message says why where it failed.
        """
        if isinstance(pv, int):
            return self.overviews[pv]
        for overview in self.overviews:
            if overview.pv == pv:
                return overview
        reasons = [f"it failed: {failed.reason}" for failed in self.failed if failed.pv == pv]
        raise InputError(f"there is no comparison of {pv!r}; {(reasons or ['it was not among the PVs asked for'])[0]}")

    def where(self, condition: Callable[[Overview], bool]) -> Comparisons:
        """Return those that fulfil a condition, such as `lambda each: each.summary.conflicts > 0`."""
        chosen = tuple(overview for overview in self.overviews if condition(overview))
        return Comparisons(asked=self.asked, now=self.now, overviews=chosen, failed=())

    def expiring(self, within: float) -> Comparisons:
        """Return those of which the secondary may drop something that only it has in the next `within` seconds."""
        return self.where(lambda overview: overview.expires_within(within))

    @property
    def needs_merge(self) -> bool:
        """Whether the secondary has samples of any PV that the primary lacks."""
        return any(overview.needs_merge for overview in self.overviews)

    @property
    def is_whole(self) -> bool:
        """Whether every PV could be compared, and all of it be read from both sides."""
        return not self.failed and all(overview.is_whole for overview in self.overviews)

    @property
    def is_undecided(self) -> bool:
        """Whether of some PV nothing can be said, since at no time both sides can vouch for it."""
        return any(overview.is_undecided for overview in self.overviews)

    def expires_within(self, within: float) -> bool:
        """Return whether a sample that only the secondary has may be gone in `within` seconds."""
        return any(overview.expires_within(within) for overview in self.overviews)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a PV in the order of the table, those that failed at the end.

        Columns are those of `Summary.to_dict` (times datetime64[ns] UTC, NaT where there is none; counts Int64),
        `not_read` (how many parts could not be read), `failure_kind` and `failure` (empty where it did not fail).
        Numbers of PVs that failed are NA.
        """
        import pandas as pd

        rows = [each.summary.to_dict() | {"not_read": len(each.failures)} for each in self.overviews]
        rows += [{"pv": each.pv, "failure_kind": each.kind, "failure": each.reason} for each in self.failed]
        table = pd.DataFrame({"pv": [row["pv"] for row in rows]})
        for name, dtype in (Summary.columns() | {"not_read": "Int64"}).items():
            table[name] = _column([row.get(name) for row in rows], dtype)
        for name in ("failure_kind", "failure"):
            table[name] = [row.get(name, "") for row in rows]
        return table

    def gaps_to_dataframe(self) -> pd.DataFrame:
        """Return the gaps of all PVs, those that expire first at the top; see `Gaps.to_dataframe`."""
        import pandas as pd

        tables = [overview.gaps.to_dataframe() for overview in self.overviews if len(overview.gaps)]
        if not tables:
            return pd.DataFrame()
        return pd.concat(tables).sort_values(["expires_at", "pv", "start"], ignore_index=True)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON would have it; `pvs` holds what `Overview.to_json` gives, `failed` the rest."""
        return {
            "schema": SCHEMA,
            "start": format_time(self.asked.start),
            "end": format_time(self.asked.end),
            "now": format_time(self.now),
            "verdict": verdict_of_many(self),
            "pvs": [overview.to_json() for overview in self.overviews],
            "failed": [asdict(each) for each in self.failed],
        }

    def to_text(self, width: int = 100, most: int | None = 40) -> str:
        """Return it as text for a terminal so many characters wide.

        PVs that lack nothing are counted; of the others the `most` worst are listed, all of them by `None`.
        """
        return comparisons_text(self, width, most)

    def to_html(self, most: int | None = 40) -> str:
        """Return the table as an HTML fragment: no script, readable on light and dark ground; `most` as in text."""
        return comparisons_html(self, most)

    def plot(self, **options: Any) -> Any:
        """Draw PVs x time, the worst at the top, with how long the secondary keeps what only it has.

        Options go to `archredundancy.plot.plot_many`: `show`, `start`, `end`, `dark`, `figure`.

        Raises
        ------
        InputError
            If there is no PV.
        """
        from archredundancy.plot import plot_many  # as in Comparison.plot

        rows = [(each.pv, each.primary, each.secondary) for each in self.overviews]
        return plot_many(rows, beside=[kept_for(each) for each in self.overviews], **options)

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()


def _column(cells: list[Any], dtype: str) -> Any:
    """Return cells, None where there is nothing, as a column of a table."""
    import pandas as pd

    if dtype == "datetime64[ns]":
        return np.array([NEVER if cell is None else cell for cell in cells], np.int64).view(dtype)
    return pd.array(cells, pd.Int64Dtype()) if dtype == "Int64" else np.array(cells, dtype)


def _badness(overview: Overview) -> tuple[bool, int, float, int, bool, str]:
    summary = overview.summary
    return (
        summary.expires_at == NEVER,
        summary.expires_at,
        -summary.primary.wrong_seconds,
        -summary.primary.samples_to_gain,
        overview.is_whole,
        overview.pv,
    )
