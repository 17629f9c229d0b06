"""Rewriting all files of a PV, or none (the scenarios of PlainPBConversionTest)."""

import pytest

from archredundancy.appliance.storage.convert import convert
from archredundancy.appliance.storage.open_streams import open_whole
from archredundancy.appliance.storage.row import Row
from archredundancy.errors import InputError
from archredundancy.model import DbrType

GRANULARITIES = ["5MIN", "15MIN", "30MIN", "HOUR", "DAY", "MONTH", "YEAR"]


def as_it_is(file, _slot):
    """Rewrite a file with copies of its samples."""
    return (row.copy() for row in open_whole("X:Y", file.path, DbrType.SCALAR_DOUBLE).rows()), file.header.dbr_type


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_samples_and_their_fields_come_through(put, made, granularity):
    """In each granularity nothing is lost of a file but its place, and nothing is left over."""
    store = put(f"PARTITION_{granularity}")
    content = made.samples(
        "2024-06-02T10:01", "2024-06-02T10:02", severity=[0, 3904], extras=made.extras([(1, (("a", "b"),), -1, 0, -1)])
    )
    path = store.path_of(made.instant("2024-06-02T10:01"))
    path.parent.mkdir(parents=True)
    path.write_bytes(made.pb(content))
    before = path.read_bytes()
    convert(store, [".pb"], as_it_is)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_the_last_second_is_lost(put, made):
    """A file's name ends a second early (A.2)."""
    store = put("PARTITION_DAY", {"2024_06_02": made.samples("2024-06-02T23:59:59", "2024-06-02T23:59:59.000000001")})
    convert(store, [".pb"], as_it_is)
    assert made.times(store.paths()[0]) == [made.instant("2024-06-02T23:59:59")]


def test_a_failure_changes_nothing(put, made):
    """Not even the files before the one that failed; no new file stays."""
    store = put("PARTITION_DAY", {f"2024_06_0{day}": made.samples(f"2024-06-0{day}") for day in (1, 2)})
    before = {path: path.read_bytes() for path in store.paths()}

    def failing(file, slot):
        rows, kind = as_it_is(file, slot)
        if slot.name == "2024_06_02":
            raise OSError("no more room")
        return rows, kind

    with pytest.raises(OSError, match="no more room"):
        convert(store, [".pb"], failing)
    assert {path: path.read_bytes() for path in store.root.rglob("*.*")} == before


def test_a_file_may_be_left_alone(put, made):
    """What the function has nothing for stays as it is, the last second included."""
    store = put("PARTITION_DAY", {"2024_06_02": made.samples("2024-06-02T23:59:59.5")})
    convert(store, [".pb"], lambda _file, _slot: None)
    assert len(made.times(store.paths()[0])) == 1


def test_a_file_of_another_granularity_is_an_error(put, made):
    """Nothing is changed then (A.1)."""
    store = put("PARTITION_DAY", {"2024_06": made.samples("2024-06-02")})
    with pytest.raises(InputError, match="not a partition"):
        convert(store, [".pb"], as_it_is)


def test_another_type_goes_into_the_header(put, made):
    """The new file says what its samples are."""
    store = put("PARTITION_DAY", {"2024_06_02": made.samples("2024-06-02")})
    line = made.rows(made.samples("2024-06-02", values=[7], dbr_type=DbrType.SCALAR_INT))[0].line
    convert(store, [".pb"], lambda _file, _slot: ([Row(line, DbrType.SCALAR_INT, 2024)], DbrType.SCALAR_INT))
    assert store.paths()[0].read_bytes().startswith(b"\x08\x05")
