"""From what is found on both sides to tables of gaps and dropouts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.findings.findings import Findings
from archredundancy.coverage.findings.own_samples import EARLIEST, LATEST, row_of
from archredundancy.coverage.findings.witnessed import MissedRuns
from archredundancy.coverage.inference.describing import GapVerdicts, lost_without_trace
from archredundancy.coverage.states.causes import Verdict
from archredundancy.coverage.states.coverage import Coverage
from archredundancy.coverage.states.states import Cause, Proof, State
from archredundancy.coverage.tables.gaps import Dropouts, Gaps
from archredundancy.model import NEVER, SideEvidence

__all__ = ["list_gaps", "list_runs"]

_Columns = dict[str, npt.NDArray[Any]]
_RANK = {Proof.WITNESSED: 0, Proof.DECLARED: 1, Proof.SUSPECTED: 2, Proof.NONE: 3}


def list_gaps(pv: str, sides: Sequence[tuple[Findings, Coverage, GapVerdicts, SideEvidence]]) -> Gaps:
    """Return the gaps of each side, given what is found on it, its coverage, and the evidence of the other side."""
    verdicts: list[Verdict] = []
    tables: list[_Columns] = []
    for side, (findings, coverage, judged, other) in enumerate(sides):
        told = [Verdict(layer.state, layer.cause, layer.proof) for layer in coverage.layers]
        for table, of_table in (
            (_witnessed(findings, judged, other), judged.verdicts),
            (_told(findings, coverage), told),
        ):
            table["verdict"] = (table["verdict"] + len(verdicts)).astype(np.int16)
            tables.append(table | {"side": np.full(len(table["start"]), side, np.int8)})
            verdicts.extend(of_table)
    columns = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    # Samples stamped in the future lie beyond the present, where bounds are cut.
    columns["start_earliest"] = np.minimum(columns["start_earliest"], columns["start"])
    for edge in ("start", "end"):
        columns[f"{edge}_latest"] = np.maximum(columns[f"{edge}_earliest"], columns[f"{edge}_latest"])
    clusters = tuple(findings.cluster for findings, *_ in sides)
    gaps = Gaps(pv=pv, clusters=clusters, verdicts=tuple(verdicts), **columns)
    rank = np.array([_RANK[verdict.proof] for verdict in verdicts], np.int8)[gaps.verdict]
    return gaps.pick(np.lexsort((gaps.start, rank, np.where(gaps.expires_at == NEVER, LATEST, gaps.expires_at))))


def list_runs(runs: MissedRuns, findings: Findings, coverage: Coverage, other: SideEvidence, *, lost: bool) -> Dropouts:
    """Return samples that one side lacks in short silences.

    Parameters
    ----------
    runs : MissedRuns
    findings : Findings
    coverage : Coverage
        Of that side; what it knows is what a rate is of.
    other : SideEvidence
    lost : bool
        Whether the side lost them; else the other one sampled at other moments.
    """
    hours = coverage.known.total / 3.6e12
    expires = _expiry(other, runs.first)
    return Dropouts(
        cluster=findings.cluster,
        first=runs.first,
        last=runs.last,
        count=runs.count,
        per_known_hour=float(runs.count.sum()) / hours if hours else float("nan"),
        expires_at=int(expires.min()) if len(expires) else NEVER,
        cause=lost_without_trace(findings, runs) if lost and len(runs) else Cause.NONE,
    )


def _witnessed(findings: Findings, judged: GapVerdicts, other: SideEvidence) -> _Columns:
    gaps, declared, event = findings.gaps, findings.declared, findings.gap_event
    asked = findings.side.reading.asked
    told = event >= 0
    start_earliest, start_latest = _before(gaps.previous, findings), gaps.first.copy()
    if told.any():
        earliest, latest = (bound[event] for bound in declared.start_bounds)
        meets = told & (earliest <= start_latest) & (latest >= start_earliest)
        start_earliest = np.where(meets, np.maximum(start_earliest, earliest), start_earliest)
        start_latest = np.where(meets, np.minimum(start_latest, latest), start_latest)
    end_latest = gaps.end.copy()
    end_latest[told] = declared.following[event[told]]
    return {
        "start": gaps.first,
        "end": gaps.end,
        "verdict": judged.code,
        "samples_to_gain": gaps.count,
        "expires_at": np.where(gaps.count > 0, _expiry(other, gaps.first), NEVER),
        "start_earliest": start_earliest,
        "start_latest": start_latest,
        "end_earliest": gaps.last,
        "end_latest": np.minimum(end_latest, max(findings.until, asked.start)),
    }


def _told(findings: Findings, coverage: Coverage) -> _Columns:
    """Return outages in which the other side stored nothing: written down, reported, or suspected."""
    told = np.array([layer.proof in (Proof.DECLARED, Proof.SUSPECTED) for layer in coverage.layers])
    rows = np.flatnonzero(told[coverage.layer])
    start, end = coverage.start[rows], coverage.end[rows]
    # What borders on a witnessed gap is that gap's edge, told in its row.
    of_gap = (row_of(start, findings.gaps.end) >= 0) | (row_of(end, findings.gaps.first) >= 0)
    rows = rows[~of_gap | (coverage.state[rows] == State.UNKNOWN)]
    return {
        "start": coverage.start[rows],
        "end": coverage.end[rows],
        "verdict": coverage.layer[rows],
        "samples_to_gain": np.zeros(len(rows), np.int64),
        "expires_at": np.full(len(rows), NEVER, np.int64),
        **_bounds(findings, coverage.start[rows], coverage.end[rows]),
    }


def _bounds(findings: Findings, start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> _Columns:
    """Return between which instants stretches began and ended: by own samples, and by what was written beside them.

    A stretch may be of several outages; the first of them tells its start, and the last its end.
    """
    own, declared = findings.own, findings.declared
    before = _before(own.last_before(start + 1), findings)
    after = np.minimum(own.first_after(end - 1), findings.until)
    columns = {
        "start_earliest": np.minimum(before, start),
        "start_latest": np.maximum(np.minimum(own.first_after(start), end), start),
        "end_earliest": np.minimum(_before(own.last_before(end), findings), end),
        "end_latest": np.maximum(after, end),
    }
    if len(declared):
        first = np.minimum(np.searchsorted(declared.stamp, start, "right"), len(declared) - 1)
        told = (declared.previous[first] <= start) & (start < declared.stamp[first])
        for name, bound in zip(("start_earliest", "start_latest"), declared.start_bounds, strict=True):
            columns[name] = np.where(told, _before(bound[first], findings), columns[name])
        last = np.minimum(np.searchsorted(declared.stamp, end), len(declared) - 1)
        told = (declared.previous[last] < end) & (end <= declared.stamp[last])
        # Beside a start it is when the sample was stored, which may be long after the archiver was there again.
        back = np.where(declared.has_loss, np.minimum(declared.regained, declared.stamp), EARLIEST)
        back = _before(np.maximum(declared.previous, back), findings)
        columns["end_earliest"] = np.where(told, back[last], columns["end_earliest"])
        columns["end_latest"] = np.where(
            told, np.minimum(declared.following[last], findings.until), columns["end_latest"]
        )
    columns["end_earliest"] = np.where(end >= findings.until, end, columns["end_earliest"])
    return columns


def _before(times: npt.NDArray[np.int64], findings: Findings) -> npt.NDArray[np.int64]:
    """Return times of own samples; where there is none, when the PV came to be archived."""
    return np.where(times == EARLIEST, min(findings.knowledge.begins, findings.side.reading.asked.start), times)


def _expiry(other: SideEvidence, first: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    if other.retention is None:
        return np.full(len(first), NEVER, np.int64)
    return other.retention.expires_at(first)
