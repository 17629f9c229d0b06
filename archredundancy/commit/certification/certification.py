"""`Certification`: what came of a trial on scratch PVs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archredundancy.commit.run_folder.certificate import Certificate

__all__ = ["NOT_COVERED", "Certification", "Check"]

#: What scratch PVs cannot show.
NOT_COVERED = (
    "samples that arrive around the pause: no IOC serves scratch PVs, so neither flush nor pause hole was seen",
    "large histories: how long the appliance takes for yours, and whether its memory and disk are enough",
    "other types than SCALAR_DOUBLE, and post-processor caches",
    "other members of a cluster than the one that answered, and other stores than those named above",
    "the strategy rebuild, which leaves a folder behind on purpose",
)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was tried.

    Attributes
    ----------
    name : str
        What should be so.
    ok : bool
    detail : str
        What was seen, where it was not so.
    """

    name: str
    ok: bool
    detail: str = ""

    def __str__(self) -> str:
        return f"  {'ok    ' if self.ok else 'FAILED'}  {self.name}{f': {self.detail}' if self.detail else ''}"


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
        If all of them were passed, and nothing is left.
    left : tuple of str
        Scratch PVs that could not be deleted, and why.
    not_covered : tuple of str
        What scratch PVs cannot show.
    """

    folder: Path
    versions: tuple[str, ...]
    checks: tuple[Check, ...]
    certificate: Certificate | None
    left: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = NOT_COVERED

    @property
    def ok(self) -> bool:
        """Whether merges may be committed on the pair."""
        return self.certificate is not None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "ok": self.ok,
            "folder": str(self.folder),
            "versions": list(self.versions),
            "checks": [asdict(check) for check in self.checks],
            "left": list(self.left),
            "not_covered": list(self.not_covered),
        }

    @property
    def verdict(self) -> str:
        """What came of it in a few lines, without the checks."""
        lines = [f"{'CERTIFIED' if self.ok else 'NOT CERTIFIED'}: {', '.join(self.versions) or 'versions not known'}"]
        if self.left:
            lines += ["", "Not deleted:", *(f"  - {each}" for each in self.left)]
            lines.append(f"Delete them: archredundancy recover {self.folder}")
        lines += ["", "What scratch PVs cannot show:", *(f"  - {each}" for each in self.not_covered)]
        return "\n".join([*lines, "", f"Journal: {self.folder / 'journal.jsonl'}"])

    def __repr__(self) -> str:
        return "\n".join([*map(str, self.checks), self.verdict])
