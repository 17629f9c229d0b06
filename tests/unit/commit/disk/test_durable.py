"""Files that only one can make, and that only their owner can read."""

import os
import stat
from pathlib import Path

import pytest

from archredundancy.commit.disk.durable import create_durably, make_private_folder, write_durably


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_made_once(tmp_path: Path) -> None:
    """The second who tries is told so, and the first one's content stays; nothing else is left in the folder."""
    path = tmp_path / "one"
    assert create_durably(path, b"first")
    assert not create_durably(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_whose_answer_got_lost_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NFS may do it, lose the answer, try again and say that the file exists: it is ours all the same."""
    link = os.link

    def lose_the_answer(source: Path, target: Path) -> None:
        link(source, target)
        raise FileExistsError(str(target))

    monkeypatch.setattr(os, "link", lose_the_answer)
    assert create_durably(tmp_path / "one", b"mine")
    assert (tmp_path / "one").read_bytes() == b"mine"


def test_what_is_written_is_for_its_owner(tmp_path: Path) -> None:
    """Whatever the umask says: files 0600, folders 0700, those above as well."""
    before = os.umask(0)
    try:
        make_private_folder(tmp_path / "a" / "b")
        write_durably(tmp_path / "a" / "b" / "file", b"x")
        create_durably(tmp_path / "a" / "made", b"x")
        create_durably(tmp_path / "a" / "for-all", b"x", shared=True)
    finally:
        os.umask(before)
    assert {name: mode(tmp_path / "a" / name) for name in ("", "b", "b/file", "made", "for-all")} == {
        "": 0o700,
        "b": 0o700,
        "b/file": 0o600,
        "made": 0o600,
        "for-all": 0o644,
    }


def test_writing_again_replaces_the_whole(tmp_path: Path) -> None:
    """Also where a crash left a part beside it."""
    (tmp_path / "file.part").write_bytes(b"left over")
    write_durably(tmp_path / "file", b"one")
    write_durably(tmp_path / "file", b"two")
    assert (tmp_path / "file").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
