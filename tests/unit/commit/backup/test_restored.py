"""What a backup was written as."""

from pathlib import Path

import pytest

from archredundancy.commit import Restored
from archredundancy.commit.backup.restored import RestoredFile

PUT_BACK = RestoredFile(pv="A", partition="2024", path="A:2024.pb", sha256="ab", samples=1234)
TO_MOVE_AWAY = RestoredFile(pv="A", partition="2025", path="A:2025.pb", sha256="", samples=0)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ((PUT_BACK, TO_MOVE_AWAY), "1 file with 1,234 samples is in back;"),
        ((PUT_BACK, PUT_BACK), "2 files with 2,468 samples are in back;"),
    ],
    ids=["one", "two"],
)
def test_only_files_that_were_written_are_counted(files: tuple[RestoredFile, ...], told: str) -> None:
    """One that was not there before the run is no file here, but in the README."""
    assert str(Restored(folder=Path("back"), files=files)).startswith(told)
