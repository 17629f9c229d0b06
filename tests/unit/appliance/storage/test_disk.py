"""The disk through which files change, and what faults make of it."""

from dataclasses import replace

import pytest

from archredundancy.appliance.death import Died
from archredundancy.appliance.server.faults import Faults
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.disk import Disk
from archredundancy.appliance.storage.faulty_disk import FaultyDisk


@pytest.fixture
def faults():
    """Faults, none switched on."""
    return Faults()


@pytest.fixture
def kills():
    """How often the appliance was killed."""
    return []


@pytest.fixture
def faulty(tmp_path, faults, kills):
    """A disk with these faults."""
    return FaultyDisk(tmp_path, faults, lambda: kills.append(1))


@pytest.fixture
def store(put, faulty):
    """A store on that disk, with a file of one sample."""

    def make(made):
        return replace(put("PARTITION_DAY", {"2024_01_01": made.samples("2024-01-01")}), disk=faulty)

    return make


@pytest.mark.parametrize("name", ["plain", "faulty"])
def test_a_file_is_never_without_its_beginning(tmp_path, faulty, name):
    """It takes its name when the beginning is in it, and takes the place of an empty one; nothing else is left."""
    disk = {"plain": Disk(), "faulty": faulty}[name]
    path = tmp_path / "x.pb"
    path.write_bytes(b"")
    file = disk.create(path, b"head\n")
    assert path.read_bytes() == b"head\n"
    file.write(b"one\n")
    assert path.read_bytes() == b"head\none\n"
    file.close()
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_extended_from_where_it_is_cut(tmp_path):
    """What comes after the size is gone."""
    path = tmp_path / "x.pb"
    path.write_bytes(b"head\none\ntw")
    file = Disk().extend(path, 9)
    file.write(b"three\n")
    file.close()
    assert path.read_bytes() == b"head\none\nthree\n"


def test_what_is_gone_can_be_deleted(tmp_path):
    """Somebody else was faster."""
    Disk().delete(tmp_path / "none")


def test_a_full_disk_takes_some_bytes(store, made, faults, kills):
    """An OSError says so; the file is readable up to its last whole line, and the next append goes on there."""
    here = store(made)
    path = here.paths()[0]
    rows = made.rows(made.samples("2024-01-01T01:00", "2024-01-01T02:00", "2024-01-01T03:00"))
    room = len(rows[0].line) + 6
    fault = faults.switch_on("disk-full", "LTS/X/Y:2024_01_01.pb", after_bytes=room)
    before = path.stat().st_size
    with pytest.raises(OSError, match="No space left on device"):
        Appender(here, last=here.last_time()).append(rows, rows[0].dbr_type)
    assert (fault.fired, kills, path.stat().st_size) == (1, [], before + room)
    assert here.last_time() == made.instant("2024-01-01T01:00")
    Appender(here, last=here.last_time()).append(rows, rows[0].dbr_type)
    assert made.times(path)[1:] == [row.time for row in rows]


def test_a_crash_ends_all_writing(store, made, faults, faulty, kills, tmp_path):
    """A new file has not got its name yet; whatever else the dead appliance tries, no file changes."""
    here = store(made)
    fault = faults.switch_on("crash-while-writing", "*_02.pb", after_bytes=10)
    rows = made.rows(made.samples("2024-01-02", "2024-01-03"))
    with pytest.raises(Died):
        Appender(here, last=here.last_time()).append(rows, rows[0].dbr_type)
    begun = tmp_path / "LTS" / "X" / "Y:2024_01_02.pb.new"
    assert (fault.fired, kills, begun.stat().st_size) == (1, [1], 10)
    files = {path: path.read_bytes() for path in here.paths()}
    assert [path.name for path in files] == ["Y:2024_01_01.pb"]
    for attempt in (
        lambda: faulty.create(tmp_path / "x", b""),
        lambda: faulty.extend(here.paths()[0], 0),
        lambda: faulty.rename(here.paths()[0], tmp_path / "x"),
        here.delete,
    ):
        with pytest.raises(Died):
            attempt()
    assert {path: path.read_bytes() for path in here.paths()} == files


def test_a_crash_before_a_rename(store, made, faults, faulty):
    """Renames before it are done, it is not."""
    here = store(made)
    fault = faults.switch_on("crash-at-rename", "LTS/*", skip=1)
    path = here.paths()[0]
    faulty.rename(path, path.with_name("a"))
    with pytest.raises(Died):
        faulty.rename(path.with_name("a"), path)
    assert fault.fired == 1
    assert [entry.name for entry in path.parent.iterdir()] == ["a"]


def test_a_folder_that_is_not_there_has_the_room_of_its_parent(tmp_path):
    """The room is that of the nearest folder that exists."""
    disk = Disk()
    assert abs(disk.free_space(tmp_path / "a" / "b") - disk.free_space(tmp_path)) < 1 << 28


def test_a_store_may_have_no_room(tmp_path, faults, faulty):
    """As often as asked; another one has."""
    fault = faults.switch_on("no-room", "mts")
    assert [faulty.free_space(tmp_path / store) > 0 for store in ("lts", "mts", "mts")] == [True, False, True]
    assert fault.fired == 1
