"""`Certification`: what came of a trial on scratch PVs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archredundancy.commit.certification.checks import Check
from archredundancy.commit.run_folder.certificate import Certificate

__all__ = ["NOT_COVERED", "Certification"]

#: What scratch PVs cannot show.
NOT_COVERED = (
    "samples that arrive around the pause: no IOC serves scratch PVs, so neither flush nor pause hole was seen",
    "large histories: how long the appliance takes for yours, and whether its memory and disk are enough",
    "other types with a strategy than those named above with it, and post-processor caches",
    "other members of a cluster than the one that answered, and other stores than those named above",
    "a primary that is ended, or that fails, while it merges",
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Certification:
    """What came of a trial.

    Attributes
    ----------
    folder : Path
        With the journal and the runs.
    versions : tuple of str
        Of the pair.
    checks : tuple of Check
        In the order in which they were made.
    certificate : Certificate or None
        Names the strategies of which all checks were passed; None if there is none, or something is left.
    left : tuple of str
        Scratch PVs that could not be deleted, and why.
    folders : tuple of str
        Store URLs whose folders were made for a rebuild; they stay, empty, since no call deletes them.
    not_covered : tuple of str
        What scratch PVs cannot show.
    """

    folder: Path
    versions: tuple[str, ...]
    checks: tuple[Check, ...]
    certificate: Certificate | None
    left: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = NOT_COVERED

    @property
    def ok(self) -> bool:
        """Whether all was as it should be, so that merges by each strategy may be committed on the pair."""
        return self.certificate is not None and all(check.ok for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "ok": self.ok,
            "folder": str(self.folder),
            "versions": list(self.versions),
            "strategies": [] if self.certificate is None else list(self.certificate.strategies),
            "checks": [asdict(check) for check in self.checks],
            "left": list(self.left),
            "folders": list(self.folders),
            "not_covered": list(self.not_covered),
        }

    @property
    def verdict(self) -> str:
        """What came of it in a few lines, without the checks."""
        lines = [f"{self._words}: {', '.join(self.versions) or 'versions not known'}"]
        if self.left:
            lines += ["", "Not deleted:", *(f"  - {each}" for each in self.left)]
            lines.append(f"Delete them: archredundancy recover {self.folder}")
        if self.folders:
            lines += ["", "Folders made for rebuilds, which stay, empty:", *(f"  - {each}" for each in self.folders)]
        lines += ["", "What scratch PVs cannot show:", *(f"  - {each}" for each in self.not_covered)]
        kept = (
            [] if self.certificate is None else [f"Kept for plans and commits with the run folder {self.folder.parent}"]
        )
        return "\n".join([*lines, "", *kept, f"Journal: {self.folder / 'journal.jsonl'}"])

    @property
    def _words(self) -> str:
        if self.certificate is None:
            return "NOT CERTIFIED"
        return "CERTIFIED" if self.ok else f"CERTIFIED ONLY FOR {', '.join(self.certificate.strategies)}"

    def __repr__(self) -> str:
        return "\n".join([*map(str, self.checks), self.verdict])
