"""`open_scratch`: a folder that knows of all scratch PVs made, so that they are deleted whatever happens."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from archredundancy._version import __version__
from archredundancy.client.commands.scratch_calls import PREFIX, scratch_prefix
from archredundancy.commit.certification.scratch import ScratchPVs
from archredundancy.commit.disk.durable import write_durably
from archredundancy.commit.journal.journal import Journal, read_journal
from archredundancy.commit.run_folder.owned import owned
from archredundancy.commit.settings import PairUrls, RunSettings
from archredundancy.commit.sides import open_sides
from archredundancy.errors import ArchRedundancyError, StoreError
from archredundancy.model import format_time

__all__ = ["clean_up", "clean_up_all", "is_certification", "open_scratch"]

_SETTINGS = "certify.json"
_JOURNAL = "journal.jsonl"


@contextmanager
def open_scratch(urls: PairUrls, run_dir: Path, settings: RunSettings, *, prefix: str = PREFIX) -> Iterator[ScratchPVs]:
    """Give what makes scratch PVs while the context lasts; then they are deleted, whatever happened.

    If this process dies, `clean_up` deletes them.

    Parameters
    ----------
    urls : PairUrls
    run_dir : Path
        Gets a folder with a journal of all that is made.
    settings : RunSettings
    prefix : str
        What all names begin with.

    Raises
    ------
    InputError
        If names cannot begin so.
    StoreError
        If the folder cannot be written.
    ArchRedundancyError
        If a cluster cannot be asked to begin with.
    """
    token = secrets.token_hex(4)
    names = scratch_prefix(prefix, token)
    path = _make_folder(run_dir, token, names, urls, settings)
    with _opened(path, names, urls, settings) as scratch:
        scratch.journal.write("certify", prefix=names, archredundancy=__version__)
        try:
            yield scratch
        finally:
            scratch.journal.write("end", left=list(scratch.delete_all()))


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
    LockedError
        If its process is alive.
    ArchRedundancyError
        If a cluster cannot be asked.
    """
    try:
        data = json.loads((path / _SETTINGS).read_bytes())
        urls, settings, names = PairUrls(**data["urls"]), RunSettings(**data["settings"]), str(data["prefix"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} is not the folder of a certification ({error})", path=str(path)) from error
    with _opened(path, names, urls, settings) as scratch:
        left = scratch.delete_all(again=True, mgmt_idle=mgmt_idle)
        scratch.journal.write("end", left=list(left))
    return left


def is_certification(path: Path) -> bool:
    """Return whether a folder is that of a certification, not of a run."""
    return (path / _SETTINGS).exists()


def clean_up_all(run_dir: Path) -> dict[Path, tuple[str, ...]]:
    """Clean up after all certifications in a folder of runs whose process died, or that have left something.

    Returns
    -------
    dict of Path to tuple of str
        For each of them, the oldest first, what is left, and why: it may be at work, for instance.
    """
    found: dict[Path, tuple[str, ...]] = {}
    for path in sorted(settings.parent for settings in run_dir.glob(f"*/{_SETTINGS}")):
        if not _is_finished(path):
            try:
                found[path] = clean_up(path)
            except ArchRedundancyError as error:
                found[path] = (str(error),)
    return found


def _is_finished(path: Path) -> bool:
    entries = read_journal(path / _JOURNAL) if (path / _JOURNAL).exists() else []
    return bool(entries) and entries[-1].kind == "end" and not entries[-1].facts.get("left")


@contextmanager
def _opened(path: Path, names: str, urls: PairUrls, settings: RunSettings) -> Iterator[ScratchPVs]:
    with (
        owned(path) as claim,
        Journal(path / _JOURNAL, claim=claim) as journal,
        journal.heartbeat(),
        open_sides(urls) as (primary, secondary),
    ):
        yield ScratchPVs(names, primary, secondary, journal, settings, path / "runs")


def _make_folder(run_dir: Path, token: str, names: str, urls: PairUrls, settings: RunSettings) -> Path:
    stamp = format_time(time.time_ns()).replace(":", "").replace("-", "")
    path = run_dir.absolute() / f"{stamp}-certify-{token}"
    try:
        path.mkdir(parents=True)
        data = {"prefix": names, "urls": asdict(urls), "settings": asdict(settings)}
        write_durably(path / _SETTINGS, json.dumps(data, indent=2).encode())
    except OSError as error:
        raise StoreError(f"the folder {path} cannot be made: {error}; name another run_dir", path=str(path)) from error
    return path
