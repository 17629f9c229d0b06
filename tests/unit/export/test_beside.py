"""Nothing half-written, whatever happens between the first byte and the last."""

from pathlib import Path

import pytest

from archredundancy.export.beside import written_beside


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def make(place, is_folder, text):
    if is_folder:
        place.mkdir()
        place /= "inside"
    place.write_text(text)


def content(place):
    return (place / "inside" if place.is_dir() else place).read_text()


def fail_midway(target):
    with written_beside(target) as place:
        make(place, True, "half")
        raise RuntimeError("disk full")


def write(target):
    with written_beside(target) as place:
        make(place, True, "new")


@pytest.mark.parametrize("is_folder", [True, False])
@pytest.mark.parametrize("had", [None, True, False])
def test_what_is_whole_takes_its_place(tmp_path, is_folder, had):
    """A file or folder replaces nothing, a file or a folder, and nothing else is left."""
    target = tmp_path / "target"
    if had is not None:
        make(target, had, "old")
    with written_beside(target) as place:
        make(place, is_folder, "new")
        assert not target.exists() if had is None else content(target) == "old"
    assert content(target) == "new"
    assert names(tmp_path) == ["target"]


@pytest.mark.parametrize("had", [None, True, False])
def test_after_an_error_all_is_as_it_was(tmp_path, had):
    """An error in the middle leaves what was there, and nothing beside it."""
    target = tmp_path / "target"
    if had is not None:
        make(target, had, "old")
    with pytest.raises(RuntimeError, match="disk full"):
        fail_midway(target)
    assert names(tmp_path) == ([] if had is None else ["target"])
    assert had is None or content(target) == "old"


def test_a_folder_that_cannot_be_replaced_comes_back(tmp_path, monkeypatch):
    """When the last rename fails, the old folder is at its place again."""
    target = tmp_path / "target"
    make(target, True, "old")
    rename = Path.rename

    def fails_for_new(path, to):
        if Path(to) == target and path.name == "target":
            raise OSError("no")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", fails_for_new)
    with pytest.raises(OSError, match="no"):
        write(target)
    assert content(target) == "old"
    assert names(tmp_path) == ["target"]


def test_a_link_stays_a_link(tmp_path):
    """What the link points to is replaced, in its own folder."""
    store, link = tmp_path / "store", tmp_path / "link"
    store.mkdir()
    make(store / "real", False, "old")
    link.symlink_to(store / "real")
    with written_beside(link) as place:
        make(place, False, "new")
    assert link.is_symlink()
    assert content(store / "real") == "new"
