"""What a backup was written as: `Restored`, and each file of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archredundancy.display.texts import plural

__all__ = ["Restored", "RestoredFile"]


@dataclass(frozen=True, kw_only=True)
class RestoredFile:
    """One file of a backup, as it is to be put back.

    Attributes
    ----------
    pv : str
    partition : str
    path : str
        Below the store's folder at the primary, and below the folder written here.
    sha256 : str
        Of its bytes, as hexadecimal text; empty for a file that was not there before the run, and is not written.
    samples : int
    """

    pv: str
    partition: str
    path: str
    sha256: str
    samples: int


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was written.

    Attributes
    ----------
    folder : Path
    files : tuple of RestoredFile
        PV by PV, in order of time.
    """

    folder: Path
    files: tuple[RestoredFile, ...]

    def __str__(self) -> str:
        written = [file for file in self.files if file.sha256]
        count = sum(file.samples for file in written)
        what = f"{plural(len(written), 'file')} with {plural(count, 'sample')}"
        return f"{what} {'is' if len(written) == 1 else 'are'} in {self.folder}; read its README.md first"
