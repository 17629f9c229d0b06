"""What each cluster, and their union, held at one instant."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from archredundancy.client import run_each
from archredundancy.coverage import History, Quality, UnionHistory
from archredundancy.errors import ArchRedundancyError
from archredundancy.model import Evidence, TimeRange, value_at

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["held_table"]

_SERIES = ("primary", "secondary", "merged")


def held_table(
    survey: Callable[[str, TimeRange], Evidence], pvs: list[str], when: int, asked: TimeRange, *, parallel: int
) -> pd.DataFrame:
    """Return what PVs held at an instant; see `ClusterPair.at`.

    Parameters
    ----------
    survey : callable
        Asks both clusters about a PV in a range.
    pvs : list of str
    when : int, ns since 1970 UTC
    asked : TimeRange
        Around it: what is read to tell whether archivers were there.
    parallel : int
        PVs at a time.
    """
    import pandas as pd

    def look(pv: str) -> list[dict[str, Any]]:
        try:
            return _rows(survey(pv, asked), when)
        except ArchRedundancyError as error:
            return [_row(None, when, str(error)) for _ in _SERIES]

    found = dict(run_each(look, pvs, threads=parallel))
    index = pd.MultiIndex.from_product([pvs, _SERIES], names=["pv", "cluster"])
    rows = [row for pv in pvs for row in found[pv]]
    columns = ("value", "time", "severity", "status", "quality", "failure")
    table = {name: _column(name, [row[name] for row in rows]) for name in columns}
    return pd.DataFrame(table, index=index, columns=columns)


def _rows(evidence: Evidence, when: int) -> list[dict[str, Any]]:
    union = UnionHistory.from_evidence(evidence)
    sides = (evidence.primary, evidence.secondary)
    coverages = (union.comparison.primary, union.comparison.secondary)
    failures = ["; ".join(failure.message for failure in side.reading.failures) for side in sides]
    histories = [History.of_side(side, coverage) for side, coverage in zip(sides, coverages, strict=True)]
    return [
        _row(history, when, failure)
        for history, failure in zip([*histories, union], [*failures, "; ".join(filter(None, failures))], strict=True)
    ]


def _row(history: History | None, when: int, failure: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "value": None, "time": np.datetime64("NaT", "ns"), "severity": -1, "status": -1,
        "quality": Quality.UNKNOWN.label, "failure": failure,
    }  # fmt: skip
    if history is None:
        return row
    rows, qualities = history.held_at(np.array([when], np.int64))
    row["quality"] = Quality(qualities[0]).label
    if (held := int(rows[0])) >= 0:
        samples = history.samples
        row |= {
            "value": value_at(samples, held), "time": np.datetime64(int(samples.time[held]), "ns"),
            "severity": int(samples.severity[held]), "status": int(samples.status[held]),
        }  # fmt: skip
    return row


def _column(name: str, entries: list[Any]) -> Any:
    if name in ("severity", "status"):
        return np.array(entries, np.int32)
    if name == "time":
        return np.array(entries, "datetime64[ns]")
    column = np.empty(len(entries), object)
    for place, entry in enumerate(entries):  # arrays would be taken for more dimensions
        column[place] = entry
    return column
