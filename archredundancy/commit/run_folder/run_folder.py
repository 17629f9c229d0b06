"""The folder of a run: plan, settings, journal and copies, and where such folders lie."""

from __future__ import annotations

import json
import time
import warnings
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from archredundancy.commit.disk.claims import EXPIRY, Claim, Life
from archredundancy.commit.disk.durable import create_durably, sync_folder, write_durably
from archredundancy.commit.run_folder.owned import owned
from archredundancy.commit.settings import PairUrls, RunSettings
from archredundancy.errors import ApprovalError, StoreError
from archredundancy.model import format_time
from archredundancy.plan import MergePlan

__all__ = ["RunFolder", "default_run_dir", "find_run", "usual_run_dir"]


@dataclass(frozen=True, kw_only=True)
class RunFolder:
    """One run on the disk.

    Attributes
    ----------
    path : Path
    urls : PairUrls
    settings : RunSettings
    plan : MergePlan
    undoes : str
        Name of the run that is rolled back by this one; empty for one that commits its plan.
    """

    path: Path
    urls: PairUrls
    settings: RunSettings
    plan: MergePlan = field(repr=False)
    undoes: str = ""

    @classmethod
    def create(
        cls, run_dir: Path, plan: MergePlan, urls: PairUrls, settings: RunSettings, *, undoes: str = ""
    ) -> RunFolder:
        """Make the folder of a new run, with all that its process needs to know.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        # Colons of ISO 8601 are no good in folder names.
        stamp = format_time(time.time_ns()).replace(":", "").replace("-", "")
        path = run_dir.absolute() / f"{stamp}-{plan.id}{'-rollback' if undoes else ''}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.mkdir(mode=0o700)
            data = {"urls": asdict(urls), "settings": asdict(settings), "undoes": undoes}
            write_durably(path / "run.json", json.dumps(data, indent=2).encode())
            write_durably(path / "plan.json", plan.to_json().encode())
            sync_folder(path.parent)
        except OSError as error:
            raise StoreError(
                f"the run folder {path} cannot be made: {error}; name another run_dir", path=str(path)
            ) from error
        return cls(path=path, urls=urls, settings=settings, plan=plan, undoes=undoes)

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """Read the folder of a run.

        Raises
        ------
        StoreError
            If there is none.
        """
        path = path.absolute()
        try:
            data: dict[str, Any] = json.loads((path / "run.json").read_bytes())
            plan = MergePlan.from_json((path / "plan.json").read_text())
            urls, settings = PairUrls(**data["urls"]), RunSettings(**data["settings"])
            undoes = str(data.get("undoes", ""))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path} is not the folder of a run ({_but(path) or error})", path=str(path)) from error
        return cls(path=path, urls=urls, settings=settings, plan=plan, undoes=undoes)

    @property
    def kind(self) -> str:
        """What is done, in a word: the strategy of the plan, or that it is undone."""
        return "rollback" if self.undoes else str(self.plan.strategy)

    @property
    def journal(self) -> Path:
        """Where its journal is."""
        return self.path / "journal.jsonl"

    @property
    def run_dir(self) -> Path:
        """Where it lies, together with other runs, locks, and what has been committed."""
        return self.path.parent

    def owned(self, *, seen: Life | None = None, expiry: float = EXPIRY) -> AbstractContextManager[Claim]:
        """Hold the run while the context lasts; see `owned`."""
        return owned(self.path, seen=seen, expiry=expiry)

    def refuse_committed(self, primary: str) -> None:
        """Refuse the plan if another run has merged it into this primary, or tried to.

        Parameters
        ----------
        primary : str
            What tells the primary from others.

        Raises
        ------
        ApprovalError
            If so.
        """
        mark = self._mark(primary)
        if mark.exists() and (by := mark.read_text()) != self.path.name:
            raise ApprovalError(
                f"plan {self.plan.id} was committed before, by the run {by}; plan again for what is left to be done"
            )

    def mark_committed(self, primary: str) -> None:
        """Note for ever that the plan is merged into a primary; to be done before that.

        Raises
        ------
        ApprovalError
            If another run has done so.
        """
        mark = self._mark(primary)
        mark.parent.mkdir(exist_ok=True)
        if not create_durably(mark, self.path.name.encode(), shared=True):
            self.refuse_committed(primary)

    def carry_mark(self, before: str, now: str) -> None:
        """Note that the plan is merged into a primary under its new address, if this was noted under the old one.

        Parameters
        ----------
        before, now : str
            What tells the primary from others.

        Raises
        ------
        ApprovalError
            If another run has merged it under the new address.
        """
        if self._mark(before).exists():
            self.mark_committed(now)

    def remember_urls(self) -> None:
        """Ask the clusters under the URLs of now whenever the run is opened again.

        Raises
        ------
        StoreError
            If that cannot be written down.
        """
        path = self.path / "run.json"
        try:
            data = {**json.loads(path.read_bytes()), "urls": asdict(self.urls)}
            write_durably(path, json.dumps(data, indent=2).encode())
        except OSError as error:
            raise StoreError(
                f"{path} cannot be written: {error}; put the new URLs there by hand", path=str(path)
            ) from error

    def _mark(self, primary: str) -> Path:
        return self.run_dir / "committed" / f"{self.plan.id}-{primary}"


def usual_run_dir() -> Path:
    """Return the folder of runs of this user on this host."""
    return Path(platformdirs.user_state_dir("archredundancy")) / "runs"


def default_run_dir() -> Path:
    """Return a folder of this user on this host, with a warning: it is better to share one."""
    path = usual_run_dir()
    warnings.warn(
        f"no run_dir is given, so the run is kept in {path}, where other hosts see neither its lock nor its backup; "
        "name a shared folder in the site file",
        stacklevel=3,
    )
    return path


def _but(path: Path) -> str:
    """Return what a folder is that holds runs, and which; nothing of any other."""
    runs = sorted(each.parent for pattern in ("*", "runs/*") for each in path.glob(f"{pattern}/run.json"))
    return f"but one of runs: give that of one, such as {runs[-1]}" if runs else ""


def find_run(plan_id: str, run_dir: Path) -> Path:
    """Return the folder of the run that has committed a plan; of one that none has, that of the latest run.

    Raises
    ------
    StoreError
        If there is none.
    """
    runs = sorted(path for path in run_dir.glob(f"*-{plan_id}") if path.is_dir())
    if not runs:
        raise StoreError(f"no run of plan {plan_id} in {run_dir}; it was not committed from here", path=str(run_dir))
    marks = (run_dir / "committed").glob(f"{plan_id}-*")
    committed = {mark.read_text() for mark in marks}
    return max(runs, key=lambda path: (path.name in committed, path.name))
