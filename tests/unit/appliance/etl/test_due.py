"""Which files leave a store, and which are forgotten (appliance.md A.6)."""

import os

import pytest

from archredundancy.appliance.etl.due import all_files, due_files
from archredundancy.model import NS_PER_SECOND, StoreUrl

HEADER_ONLY = b"\x08\x06\x12\x03X:Y\x18\xe8\x0f\n"


def url(granularity, options=""):
    return StoreUrl.parse(f"pb://localhost?name=MTS&rootFolder=/x&partitionGranularity={granularity}{options}")


def slots(files):
    return [file.path.stem.partition(":")[2] for file in files]


def written(store, now, ago):
    """Set the time of the last change of all files, seconds before now."""
    stamp = now - ago * NS_PER_SECOND
    for path in store.paths():
        os.utime(path, ns=(stamp, stamp))


EDGES = [
    ("PARTITION_5MIN", "2024_06_02_10_05", "2024-06-02T10:05:30", "2024-06-02T10:09:59", "2024-06-02T10:10"),
    ("PARTITION_15MIN", "2024_06_02_10_15", "2024-06-02T10:20", "2024-06-02T10:29:59", "2024-06-02T10:30"),
    ("PARTITION_30MIN", "2024_06_02_10_30", "2024-06-02T10:40", "2024-06-02T10:59:59", "2024-06-02T11:00"),
    ("PARTITION_HOUR", "2024_06_02_10", "2024-06-02T10:40", "2024-06-02T10:59:59", "2024-06-02T11:00"),
    ("PARTITION_DAY", "2024_06_02", "2024-06-02T10:40", "2024-06-02T23:59:59", "2024-06-03"),
    ("PARTITION_MONTH", "2024_06", "2024-06-02T10:40", "2024-06-30T23:59:59", "2024-07-01"),
    ("PARTITION_YEAR", "2024", "2024-06-02T10:40", "2024-12-31T23:59:59", "2025-01-01"),
]


@pytest.mark.parametrize(("granularity", "slot", "sample", "before", "after"), EDGES)
def test_a_file_is_due_when_its_slot_is_over(put, made, granularity, slot, sample, before, after):
    """In each granularity, a file leaves with the first instant of the next slot, not before."""
    store = put(granularity, {slot: made.samples(sample)})
    assert slots(due_files(url(granularity), store, made.instant(before))) == []
    assert slots(due_files(url(granularity), store, made.instant(after))) == [slot]


@pytest.mark.parametrize(
    "granularity", [edge[0] for edge in EDGES if edge[0] not in ("PARTITION_MONTH", "PARTITION_YEAR")]
)
def test_hold_counts_partitions_of_any_length(put, made, granularity):
    """With hold=2, gather=1 a file leaves when the third slot after its own begins."""
    sample = made.instant("2024-06-02T10:00")
    store = put(granularity)
    path = store.path_of(sample)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.pb(made.samples(sample)))
    length = store.granularity.approximate_ns
    held = url(granularity, "&hold=2&gather=1")
    begin = sample // length * length
    assert due_files(held, store, begin + 3 * length - NS_PER_SECOND) == []
    assert len(due_files(held, store, begin + 3 * length)) == 1


def test_files_of_another_granularity_are_not_due(put, made):
    """A file whose name has another granularity is skipped (A.1)."""
    store = put("PARTITION_DAY", {"2024_06": made.samples("2024-06-02"), "2024_06_02": made.samples("2024-06-02")})
    assert slots(due_files(url("PARTITION_DAY"), store, made.instant("2025-01-01"))) == ["2024_06_02"]
    assert slots(all_files(store)) == ["2024_06", "2024_06_02"]


@pytest.mark.parametrize(
    ("content", "options"), [(b"", ""), (b"", "&hold=2&gather=1"), (HEADER_ONLY, "&hold=2&gather=1")]
)
def test_an_old_file_without_content_is_deleted(put, made, content, options):
    """For a day that means 86.4 minutes since it was written, times hold + 1 (`getETLStreams` mixes up its units)."""
    store = put("PARTITION_DAY", {"2024_06_02": content})
    now = made.instant("2024-06-20")
    age = 5184 * (1 + 2 * bool(options))
    written(store, now, age)
    assert due_files(url("PARTITION_DAY", options), store, now) == []
    assert len(store.paths()) == 1
    written(store, now, age + 1)
    assert due_files(url("PARTITION_DAY", options), store, now) == []
    assert store.paths() == []


def test_a_header_is_due_without_hold(put, made):
    """Only a store with hold looks for the first sample; without it a file that is only a header is due."""
    store = put("PARTITION_DAY", {"2024_06_02": HEADER_ONLY})
    assert slots(due_files(url("PARTITION_DAY"), store, made.instant("2024-06-20"))) == ["2024_06_02"]


def test_all_files_leave_those_without_bytes(put, made):
    """When all files move, one of no bytes and one that cannot be read stay."""
    store = put("PARTITION_DAY", {"2024_06_01": b"", "2024_06_02": made.samples("2024-06-02"), "2024_06_03": b"junk\n"})
    assert slots(all_files(store)) == ["2024_06_02"]
    assert len(store.paths()) == 3
