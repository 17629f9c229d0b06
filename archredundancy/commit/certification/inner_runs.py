"""The runs that merge scratch PVs: brought to their end, and asked where files may be, before anything is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archredundancy.commit.journal.journal import read_journal
from archredundancy.commit.recovery.recovery import recover
from archredundancy.commit.report.report import Report
from archredundancy.commit.run.batches import is_stop_requested
from archredundancy.errors import ArchRedundancyError

__all__ = ["heed_stop", "settle_runs", "stores_used"]


def heed_stop(report: Report) -> Report:
    """Return the report of a run, unless it was told to stop: then its interrupt is for who goes on after it, too.

    Raises
    ------
    KeyboardInterrupt
        If it was.
    """
    if is_stop_requested(report.run):
        raise KeyboardInterrupt
    return report


def settle_runs(runs: Path, *, again: bool, mgmt_idle: bool) -> dict[str, str]:
    """Bring all runs in a folder to their end; return the PVs that must be left alone, and why.

    Parameters
    ----------
    runs : Path
    again : bool
        Whether those too that have ended, but not with all PVs.
    mgmt_idle : bool
        As for `recover`.
    """
    busy: dict[str, str] = {}
    for journal in _journals(runs):
        report = Report.from_journal(journal)
        if not report.ended or (again and report.is_open):
            try:
                report = recover(journal.parent, mgmt_idle=mgmt_idle)
            except ArchRedundancyError as error:
                busy |= {each.pv: str(error) for each in report.pvs}
                continue
        busy |= {each.pv: "its commit did not come to an end" for each in report.pvs if each.needs_operator}
    return busy


def stores_used(runs: Path, pv: str) -> tuple[str, ...]:
    """Return the URLs of all stores at the primary in which runs may have left files of a PV; first where it was."""
    moves = [entry for journal in _journals(runs) for entry in read_journal(journal) if entry.kind == "roots"]
    urls = (str(move.facts[name]) for move in moves if move.pv == pv for name in ("old", "refuge", "goal"))
    return tuple(dict.fromkeys(urls))


def _journals(runs: Path) -> Iterator[Path]:
    yield from sorted(runs.glob("*/journal.jsonl"))
