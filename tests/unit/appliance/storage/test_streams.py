"""Streams of samples from files that change while they are read."""

import pytest

from archredundancy.appliance.storage.open_streams import open_range, open_whole
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.model import DbrType

DAYS = ["2024-01-02", "2024-01-04", "2024-01-06"]


@pytest.fixture
def path(put, made):
    """A file of three samples."""
    return put("PARTITION_YEAR", {"2024": made.samples(*DAYS)}).paths()[0]


@pytest.fixture
def replace(path, made):
    """Put another file in its place, as a merge does."""

    def with_samples(*days):
        other = path.with_name("other")
        other.write_bytes(made.pb(made.samples(*days)))
        other.replace(path)

    return with_samples


@pytest.mark.parametrize("kind", ["range", "whole"])
def test_a_file_that_was_replaced_is_looked_up_again(path, replace, made, kind):
    """Offsets of the old one are not used in the new one."""
    window = (made.instant("2024-01-03"), made.instant("2024-01-05"))
    kind_of = DbrType.SCALAR_DOUBLE
    stream = open_range(made.PV, path, kind_of, *window) if kind == "range" else open_whole(made.PV, path, kind_of)
    replace("2024-01-01", *DAYS[:1], "2024-01-03T12:00", *DAYS[1:])
    expected = (
        [DAYS[0], "2024-01-03T12:00", DAYS[1]]
        if kind == "range"
        else ["2024-01-01", DAYS[0], "2024-01-03T12:00", *DAYS[1:]]
    )
    assert [row.time for row in stream.rows()] == [made.instant(day) for day in expected]


def test_an_inode_that_is_used_again_does_not_pass_for_the_file(path, made):
    """As after two merges, on many file systems; lines that were only appended do not change the file."""
    window = (made.instant("2024-01-03"), made.instant("2024-01-05"))
    stream, inode = open_range(made.PV, path, DbrType.SCALAR_DOUBLE, *window), path.stat().st_ino
    for days in (["2024-01-01", *DAYS], [*DAYS, "2024-01-07"]):
        path.write_bytes(made.pb(made.samples(*days)))
        assert [row.time for row in stream.rows()] == [made.instant(day) for day in DAYS[:2]]
    assert path.stat().st_ino == inode


def test_what_was_open_is_read_on(path, replace, made):
    """A file that loses its name while it is read gives all it has."""
    rows = open_whole(made.PV, path, DbrType.SCALAR_DOUBLE).rows()
    first = next(rows)
    replace("2024-01-01")
    assert [row.time for row in [first, *rows]] == [made.instant(day) for day in DAYS]


def test_a_file_that_becomes_no_file_ends_the_stream(path, made):
    """A DamagedFile says so, as where it was none from the beginning."""
    stream = open_whole(made.PV, path, DbrType.SCALAR_DOUBLE)
    other = path.with_name("other")
    other.write_bytes(b"rubbish")
    other.replace(path)
    with pytest.raises(DamagedFile, match=r"2024\.pb"):
        list(stream.rows())
