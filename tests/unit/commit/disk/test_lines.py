"""Lines on a disk that fills up: whole or not at all, and the most urgent ones all the same."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archredundancy.commit.disk.lines import RESERVE, DurableLines


class Disk:
    """Takes so many bytes in files, as `os.write` sees it; what is removed makes room again."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        self.size = size
        self.error = errno.ENOSPC
        self._write = os.write

    def write(self, file: int, data: bytes) -> int:
        room = self.size - sum(path.stat().st_size for path in self.folder.iterdir())
        if room <= 0:
            raise OSError(self.error, "no room")
        return self._write(file, bytes(data)[:room])


@pytest.fixture
def make_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Disk]:
    def make(size: int) -> Disk:
        disk = Disk(tmp_path, size)
        monkeypatch.setattr(os, "write", disk.write)
        return disk

    return make


def test_the_reserve_is_given_up_for_the_last_lines(tmp_path: Path, make_disk: Callable[[int], Disk]) -> None:
    """When the disk is full, the line is written all the same, and it is to be seen that there is no more room."""
    make_disk(RESERVE + 10)
    lines = DurableLines(tmp_path / "j", 0)
    lines.append(b"12345678\n")
    assert lines.has_reserve
    lines.append(b"and one that does not fit\n")
    assert not lines.has_reserve
    assert (tmp_path / "j").read_bytes() == b"12345678\nand one that does not fit\n"
    lines.append(b"more\n")


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_line_that_does_not_fit_leaves_nothing(error: int, tmp_path: Path, make_disk: Callable[[int], Disk]) -> None:
    """With the reserve gone, or a disk that fails otherwise, it is an error, and the file ends with a whole line."""
    disk = make_disk(RESERVE + 4)
    lines = DurableLines(tmp_path / "j", 0)
    lines.append(b"1\n")
    disk.size, disk.error = 4, error
    with pytest.raises(OSError, match="no room"):
        lines.append(b"abcdefgh\n")
    assert (tmp_path / "j").read_bytes() == b"1\n"
    assert lines.has_reserve == (error == errno.EIO)
    disk.size = 2 * RESERVE
    lines.append(b"2\n")
    assert (tmp_path / "j").read_bytes() == b"1\n2\n"


def test_a_line_that_could_not_be_taken_back_is_cut_off_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file server that fails may neither take a line whole nor take back what it took; lines stay apart."""
    lines = DurableLines(tmp_path / "j", 0)
    lines.append(b"one\n")

    def take_a_part(file: int, data: bytes, write: Callable[[int, bytes], int] = os.write) -> int:
        write(file, bytes(data)[:2])
        raise OSError(errno.EIO, "it fails")

    def fail(file: int, length: int) -> None:
        raise OSError(errno.EIO, "it fails")

    with monkeypatch.context() as failing:
        failing.setattr(os, "write", take_a_part)
        failing.setattr(os, "ftruncate", fail)
        for _ in range(2):
            with pytest.raises(OSError, match="it fails"):
                lines.append(b"two\n")
    lines.append(b"three\n")
    assert (tmp_path / "j").read_bytes() == b"one\nthree\n"


def test_the_reserve_is_given_back(tmp_path: Path) -> None:
    """It is there while lines are written, for its owner alone, really written, and not after that."""
    lines = DurableLines(tmp_path / "j", 0)
    reserve = tmp_path / "j.reserve"
    assert reserve.stat().st_size == RESERVE and reserve.stat().st_blocks * 512 >= RESERVE
    assert reserve.stat().st_mode & 0o777 == (tmp_path / "j").stat().st_mode & 0o777 == 0o600
    lines.close()
    assert [path.name for path in tmp_path.iterdir()] == ["j"]


def test_without_room_for_a_reserve_lines_are_written_as_long_as_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recovery on a disk that is full does what it can; it is to be seen that nothing new may begin."""

    def no_room(size: int) -> bytes:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(os, "urandom", no_room)
    lines = DurableLines(tmp_path / "j", 0)
    assert not lines.has_reserve
    lines.append(b"1\n")
    assert [path.name for path in tmp_path.iterdir()] == ["j"]
