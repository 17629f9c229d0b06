"""Which files and samples a store gives for a window (appliance.md A.2, A.3, B.4)."""

from dataclasses import replace

import pytest

from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.model import DbrType, format_time

DAYS = {"2024_06_01": ("2024-06-01T06:00", "2024-06-01T18:00"), "2024_06_02": ("2024-06-02T06:00", "2024-06-02T18:00")}
HEADER_ONLY = b"\x08\x06\x12\x03X:Y\x18\xe8\x0f\n"


@pytest.fixture
def two_days(put, made):
    """A store of two daily files with two samples each."""
    return put("PARTITION_DAY", {day: made.samples(*times) for day, times in DAYS.items()})


def given(store, made, start, end):
    """Times of the samples that each stream of a window gives; '…' where one breaks off."""
    return [list(stream_times(stream)) for stream in store.streams(made.instant(start), made.instant(end))]


def stream_times(stream):
    """Yield what can be read of a stream, as day and hour."""
    try:
        for row in stream.rows():
            yield format_time(row.time)[8:13]
    except DamagedFile:
        yield "…"


WINDOWS = {
    "in the middle": (("2024-06-01T12:00", "2024-06-02T12:00"), [["01T06", "01T18"], ["02T06"]]),
    "all": (("2024-06-01", "2024-06-03"), [["01T06", "01T18"], ["02T06", "02T18"]]),
    "inside one file": (("2024-06-02T07:00", "2024-06-02T08:00"), [["02T06"]]),
    "before the first sample of its file": (("2024-06-02T01:00", "2024-06-02T08:00"), [["01T18"], ["02T06"]]),
    "at a sample": (("2024-06-02T06:00", "2024-06-02T06:00"), [["02T06"]]),
    "after the last sample of its file": (("2024-06-02T19:00", "2024-06-02T20:00"), [["02T18"]]),
    "days later": (("2024-06-09", "2024-06-10"), [["02T18"]]),
    "before all": (("2024-05-01", "2024-05-02"), []),
    "in the last second of a file's slot": (("2024-06-01T23:59:59.5", "2024-06-01T23:59:59.9"), [["01T18"]]),
}


@pytest.mark.parametrize(("window", "expected"), WINDOWS.values(), ids=WINDOWS)
def test_a_window_begins_with_the_sample_before_it(two_days, made, window, expected):
    """Each file gives a stream; the sample before the window comes from its own file or the file before."""
    assert given(two_days, made, *window) == expected


def test_the_last_second_of_a_slot_is_not_looked_for(put, made):
    """A file's name ends a second early: a window in that second finds only the last sample, of whatever time (A.2)."""
    store = put("PARTITION_DAY", {"2024_06_01": made.samples("2024-06-01T06:00", "2024-06-01T23:59:59.5")})
    assert given(store, made, "2024-06-01T23:59:59.2", "2024-06-01T23:59:59.3") == [["01T23"]]


def test_files_of_another_granularity_are_not_read(put, made):
    """A file whose name is none of the store's granularity is passed over, though the first of all files counts it."""
    store = put("PARTITION_DAY", {"2024_06": made.samples("2024-06-01"), "2024_06_02": made.samples("2024-06-02")})
    assert given(store, made, "2024-01-01", "2024-12-01") == [["02T00"]]
    assert store.first_time() == made.instant("2024-06-01")


def test_a_file_without_samples_ends_the_look_back(put, made):
    """The sample before a window is not looked for beyond a file that is only a header (A.3)."""
    store = put("PARTITION_DAY", {"2024_06_01": made.samples("2024-06-01"), "2024_06_02": HEADER_ONLY})
    assert given(store, made, "2024-06-03", "2024-06-04") == [["…"]]


@pytest.mark.parametrize("data", [b"", b"garbage\n", HEADER_ONLY[:-1]], ids=["zero bytes", "garbage", "cut header"])
def test_a_file_without_header_fails_the_window(put, made, data):
    """A window that touches such a file, or looks back to it, cannot be answered at all."""
    store = put("PARTITION_DAY", {"2024_06_01": made.samples("2024-06-01"), "2024_06_02": data})
    for window in (("2024-06-01", "2024-06-02T12:00"), ("2024-06-03", "2024-06-04")):
        with pytest.raises(DamagedFile, match="header"):
            given(store, made, *window)
    assert given(store, made, "2024-06-01", "2024-06-01T12:00") == [["01T00"]]


def test_a_damaged_first_sample_fails_the_window(put, made):
    """Where the first line of a file is damaged, the window that touches it is empty."""
    store = put("PARTITION_DAY", {"2024_06_01": HEADER_ONLY + b"damage\n" + b"damage\n"})
    with pytest.raises(DamagedFile, match="cut"):
        given(store, made, "2024-06-01", "2024-06-02")


def test_an_empty_line_ends_a_file(put, made):
    """What follows an empty line inside a file is not read."""
    data = made.pb(made.samples("2024-06-01T00:00", "2024-06-01T06:00", "2024-06-01T12:00"))
    first, second, rest = data.split(b"\n", 2)
    store = put("PARTITION_DAY", {"2024_06_01": b"\n".join([first, second, b"", rest])})
    assert given(store, made, "2024-06-01", "2024-06-02") == [["01T00"]]


def test_a_file_of_another_type_gives_nothing(put, made):
    """All files are read as the type of the first one; the lines of others are damaged then (A.3)."""
    other = made.samples("2024-06-02", values=["text"], dbr_type=DbrType.SCALAR_STRING)
    store = put("PARTITION_DAY", {"2024_06_01": made.samples("2024-06-01"), "2024_06_02": other})
    _, second = store.streams(made.instant("2024-06-01"), made.instant("2024-06-03"))
    assert second.header.dbr_type is DbrType.SCALAR_STRING
    assert list(second.rows()) == []


NAMES = {"a?": "ab", "a{b,c}": "ab", "a[bc]": "ab", "a[!c]": "ab", "a[^b]": "a^", "a[&&]": "a&"}


@pytest.mark.parametrize(("pv", "other"), NAMES.items())
def test_the_name_is_a_glob(put, made, pv, other):
    """A name with `?`, braces or brackets finds other PVs' files; with brackets not even its own (D)."""
    samples = made.samples("2024-06-01")
    put("PARTITION_DAY", {"2024_06_01": samples}, pv=other)
    store = put("PARTITION_DAY", {"2024_06_01": samples}, pv=pv)
    names = [path.name for path in store.paths()]
    assert f"{other}:2024_06_01.pb" in names
    assert (f"{pv}:2024_06_01.pb" in names) is (pv == "a?")


@pytest.mark.parametrize("pv", ["a[z.b]", "a[]", "a[!]"])
def test_a_name_that_is_no_glob_finds_nothing(put, pv):
    """Neither a range that goes backwards nor brackets around nothing disturb what goes over all PVs."""
    store = put("PARTITION_DAY", {"2024_06_01": b"", "2024_06_02": b""}, pv=pv)
    assert replace(store, key=store.key.replace(".", "-")).paths() == []


def test_a_search_that_fails_gives_whole_seconds(put, made):
    """In a file that cannot be searched, damage in its middle, samples come by whole seconds (appliance.md B.4)."""
    good = made.pb(made.samples("2024-06-01T00:00:00.1", "2024-06-01T00:00:01.2", "2024-06-01T00:00:02.8"))
    header, *lines = good.split(b"\n")[:-1]
    data = b"\n".join([header, lines[0], *[b"damage"] * 9, *lines[1:], b""])
    store = put("PARTITION_DAY", {"2024_06_01": data})
    (stream,) = store.streams(made.instant("2024-06-01T00:00:01.5"), made.instant("2024-06-01T00:00:02"))
    assert [row.time for row in stream.rows()] == [
        made.instant("2024-06-01T00:00:01.2"),
        made.instant("2024-06-01T00:00:02.8"),
    ]
