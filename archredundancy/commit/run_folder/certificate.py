"""`Certificate`: that merging was tried out and proven with the versions of a pair; kept beside the runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from archredundancy.commit.disk.durable import write_durably
from archredundancy.commit.run_folder.run_folder import usual_run_dir
from archredundancy.errors import StoreError

__all__ = ["Certificate", "find_certificate"]

_FOLDER = "certificates"
#: How a version reads that could not be asked for (`survey_for_merge`).
_UNKNOWN = " unknown"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What was proven, and when.

    Attributes
    ----------
    versions : tuple of str
        What both clusters say they are, as `MergeEvidence.versions` has it.
    time : str
        ISO 8601, UTC.
    by : str
        Who did it, on which host.
    strategies : tuple of str
        With which merges came out exactly as planned, as `archredundancy.plan.way_of` has them; those of a rebuild were
        rolled back, too.
    proof : str
        Folder of the journal.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> mine = Certificate(
    ...     versions=("primary 2.0", "secondary 2.0"), time="2026-11-22T22:00:00Z", by="ops", strategies=("relay",)
    ... )
    >>> with TemporaryDirectory() as run_dir:
    ...     mine.save(Path(run_dir))
    ...     find_certificate(["primary 2.0", "secondary 2.0"], Path(run_dir)) == mine
    True
    """

    versions: tuple[str, ...]
    time: str
    by: str
    strategies: tuple[str, ...]
    proof: str = ""

    def __str__(self) -> str:
        return f"certified {self.time[:10]} by {self.by} ({', '.join(self.strategies)})"

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a certificate.

        Raises
        ------
        StoreError
            If it cannot be read.
        """
        try:
            data = json.loads(path.read_bytes())
            return cls(**{**data, "versions": tuple(data["versions"]), "strategies": tuple(data["strategies"])})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{path} is no certificate ({error}); take it away, and certify the pair again", path=str(path)
            ) from error

    def save(self, run_dir: Path) -> None:
        """Keep it for all who commit from this folder of runs.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        path = _path(self.versions, run_dir)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, (json.dumps(asdict(self), indent=2) + "\n").encode())
        except OSError as error:
            raise StoreError(
                f"the certificate {path} cannot be written: {error}; name another run_dir", path=str(path)
            ) from error


def find_certificate(
    versions: Sequence[str], run_dir: Path | None, *, any_other: bool = False, way: str | None = None
) -> Certificate | None:
    """Return the certificate for the versions of a pair, or None if there is none.

    Parameters
    ----------
    versions : sequence of str
        As `MergeEvidence.versions` has them; where one is not known there is no certificate.
    run_dir : Path or None
        Folder of runs; None for that of this user.
    any_other : bool
        Whether only the primary's version matters, since a saved copy is merged.
    way : str, optional
        A strategy that it has to name, as `Terms.way` does.

    Raises
    ------
    StoreError
        If there is one that cannot be read.
    """
    concerned = tuple(versions[:1] if any_other else versions)
    if not concerned or any(version.endswith(_UNKNOWN) for version in concerned):
        return None
    folder = usual_run_dir() if run_dir is None else run_dir
    paths = sorted((folder / _FOLDER).glob("*.json")) if any_other else [_path(concerned, folder)]
    found = (Certificate.load(path) for path in paths if path.exists())
    fit = (each for each in found if each.versions[: len(concerned)] == concerned)
    return next((each for each in fit if way is None or way in each.strategies), None)


def _path(versions: tuple[str, ...], run_dir: Path) -> Path:
    return run_dir / _FOLDER / f"{sha256(json.dumps(versions).encode()).hexdigest()[:16]}.json"
