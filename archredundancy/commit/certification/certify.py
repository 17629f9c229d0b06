"""`certify`: the whole path of a merge walked on scratch PVs, before it is walked on anything that matters."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from archredundancy._version import __version__
from archredundancy.client.scratch_calls import SCRATCH
from archredundancy.commit.certification.certification import Certification, Check
from archredundancy.commit.certification.scratch import ScratchPVs
from archredundancy.commit.certification.trial import Trial
from archredundancy.commit.disk.durable import write_durably
from archredundancy.commit.journal.journal import Journal, read_journal
from archredundancy.commit.recovery.recovery import recover
from archredundancy.commit.run_folder.run_folder import default_run_dir
from archredundancy.commit.settings import PairUrls, RunSettings
from archredundancy.commit.sides import open_sides
from archredundancy.errors import StoreError
from archredundancy.model import format_time

__all__ = ["certify", "clean_up", "is_certification"]

_SETTINGS = "certify.json"
_JOURNAL = "journal.jsonl"


def certify(
    urls: PairUrls,
    run_dir: Path | None = None,
    *,
    settings: RunSettings | None = None,
    like: str | None = None,
    on_check: Callable[[Check], None] | None = None,
) -> Certification:
    """Make scratch PVs at both clusters, fill them, merge them by plan and commit, prove the outcome, delete them.

    They are deleted whatever happens; if this process dies, `clean_up` does it. Nothing else is touched.

    Parameters
    ----------
    urls : PairUrls
    run_dir : Path, optional
        Where the certificate, the journal and the runs are kept; by default a folder of this user on this host.
    settings : RunSettings, optional
    like : str, optional
        A PV whose stores the scratch PVs are to have; by default the first one that both clusters archive.
    on_check : callable, optional
        Told of each check once it is made.

    Raises
    ------
    StoreError
        If the run folder cannot be written.
    ArchRedundancyError
        If a cluster cannot be asked to begin with, or no PV has stores that will do.

    Notes
    -----
    Cost: some seconds for each strategy, and the waits of the settings; a few kilobytes at each cluster.
    """
    kept, waits = run_dir or default_run_dir(), settings or RunSettings()
    token = secrets.token_hex(4)
    folder = _make_folder(kept, token, urls, waits)
    with Journal(folder / _JOURNAL) as journal, open_sides(urls) as (primary, secondary):
        prefix = f"{SCRATCH}{token}:"
        journal.write("certify", prefix=prefix, archredundancy=__version__)
        scratch = ScratchPVs(prefix, primary, secondary, journal, waits)
        found = Trial(folder, urls, waits, scratch, on_check or _ignore).run(like)
        journal.write("end")
    if found.certificate is not None:
        found.certificate.save(kept)
    return found


def _ignore(_check: Check) -> None:
    """Tell nobody."""


def is_certification(path: Path) -> bool:
    """Return whether a folder is that of a certification, not of a run."""
    return (path / _SETTINGS).exists()


def clean_up(path: Path, *, mgmt_idle: bool = False) -> tuple[str, ...]:
    """Bring a certification to its end whose process died: its runs first, then its PVs are deleted.

    Parameters
    ----------
    path : Path
        Its folder.
    mgmt_idle : bool
        As for `recover`.

    Returns
    -------
    tuple of str
        What could not be deleted, and why; empty if nothing is left.

    Raises
    ------
    StoreError
        If there is no such folder.
    ArchRedundancyError
        If a cluster cannot be asked.
    """
    try:
        data = json.loads((path / _SETTINGS).read_bytes())
        urls, settings = PairUrls(**data["urls"]), RunSettings(**data["settings"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} is not the folder of a certification ({error})", path=str(path)) from error
    entries = read_journal(path / _JOURNAL)
    prefix = next((entry.facts["prefix"] for entry in entries if entry.kind == "certify"), f"{SCRATCH}none:")
    pvs = list(dict.fromkeys(entry.pv for entry in entries if entry.kind == "scratch"))
    for run in sorted((path / "runs").glob("*/run.json")):
        recover(run.parent, mgmt_idle=mgmt_idle)
    with Journal(path / _JOURNAL) as journal, open_sides(urls) as (primary, secondary):
        left = tuple(ScratchPVs(prefix, primary, secondary, journal, settings).delete(pvs))
        journal.write("end")
    return left


def _make_folder(run_dir: Path, token: str, urls: PairUrls, settings: RunSettings) -> Path:
    stamp = format_time(time.time_ns()).replace(":", "").replace("-", "")
    path = run_dir.absolute() / f"{stamp}-certify-{token}"
    try:
        path.mkdir(parents=True)
        data = {"urls": asdict(urls), "settings": asdict(settings)}
        write_durably(path / _SETTINGS, json.dumps(data, indent=2).encode())
    except OSError as error:
        raise StoreError(f"the folder {path} cannot be made: {error}; name another run_dir", path=str(path)) from error
    return path
