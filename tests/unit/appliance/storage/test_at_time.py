"""The sample of a store that is valid at a time (appliance.md B.7)."""

import pytest

from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.at_time import row_at
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.model import DbrType, format_time

MONTHS = {
    "2024_05": ("2024-05-01T06:00", "2024-05-20T06:00"),
    "2024_06": ("2024-06-01T06:00", "2024-06-01T06:03"),
}
# Lines of 4 KiB make a file of any number of them a large one.
LONG = "x" * 4096


@pytest.fixture(params=[DbrType.SCALAR_DOUBLE, DbrType.SCALAR_STRING], ids=["small", "large"])
def store(request, put, made):
    """A store of two monthly files, small or large ones."""
    strings = {"dbr_type": request.param, "values": [LONG] * 2} if request.param is DbrType.SCALAR_STRING else {}
    return put("PARTITION_MONTH", {month: made.samples(*times, **strings) for month, times in MONTHS.items()})


def found(store, made, time, days=1):
    """Return the time of what is found, None for nothing."""
    row = row_at(store, made.instant(time), days)
    return None if row is None else format_time(row.time)[:16]


TIMES = {
    "at a sample": ("2024-06-01T06:00", "2024-06-01T06:00"),
    "just before a sample": ("2024-06-01T06:02:59.999999999", "2024-06-01T06:00"),
    "after all": ("2024-06-20", "2024-06-01T06:03"),
    "before the first sample of a file": ("2024-06-01T05:00", "2024-05-20T06:00"),
    "long before the first sample of a file": ("2024-05-31T12:00", "2024-05-20T06:00"),
    "before all": ("2024-05-01T05:59", None),
}


@pytest.mark.parametrize(("time", "expected"), TIMES.values(), ids=TIMES)
def test_the_last_sample_at_or_before_a_time_is_found(store, made, time, expected):
    """Files are searched from the youngest one back, small and large ones alike."""
    assert found(store, made, time) == expected


def test_a_month_more_than_asked_is_searched(store, made):
    """Files whose slot ends earlier than the period and a month before the time, less five minutes, are not opened."""
    assert found(store, made, "2024-08-02") is None
    assert found(store, made, "2024-08-02", days=32) == "2024-06-01T06:03"


def damage(store, number):
    """Put a line that is no sample in the place of one in the younger file; 0 is its header."""
    path = store.paths()[-1]
    lines = path.read_bytes().split(b"\n")
    lines[number] = b"\x00"
    path.write_bytes(b"\n".join(lines))


def test_a_damaged_header_is_an_error(store, made):
    """A file without header ends the search, though an older one has a sample."""
    damage(store, 0)
    with pytest.raises(DamagedFile, match="does not start with a header"):
        found(store, made, "2024-06-20")


def test_a_damaged_sample_on_the_way_is_an_error(store, made):
    """Behind the sample that is looked for, and up to a day before it, nothing may be damaged."""
    damage(store, 1)
    with pytest.raises(DamagedLine, match="without end"):
        found(store, made, "2024-06-20")


def test_old_damage_matters_in_small_files_only(put, made):
    """A small file is decoded as a whole; of a larger one only what is younger than a day before the sample."""
    times = [f"2024-06-{day:02}" for day in range(1, 11)]
    for kind, values in ((DbrType.SCALAR_DOUBLE, None), (DbrType.SCALAR_STRING, [LONG] * 10)):
        store = put("PARTITION_MONTH", {"2024_06": made.samples(*times, values=values, dbr_type=kind)}, name=kind.name)
        damage(store, 2)
        if kind is DbrType.SCALAR_STRING:
            assert found(store, made, "2024-06-09") == "2024-06-09T00:00"
        else:
            with pytest.raises(DamagedLine, match="without end"):
                found(store, made, "2024-06-09")


def test_an_empty_line_ends_a_file(put, made):
    """Reading a large file backwards stops at an empty line."""
    times = ("2024-06-01", "2024-06-10", "2024-06-20")
    content = made.samples(*times, values=[LONG] * 3, dbr_type=DbrType.SCALAR_STRING)
    store = put("PARTITION_MONTH", {"2024_06": content})
    path = store.paths()[0]
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([*lines[:3], b"", *lines[3:]]))
    assert found(store, made, "2024-07-01") == "2024-06-20T00:00"
    assert found(store, made, "2024-06-15") is None
