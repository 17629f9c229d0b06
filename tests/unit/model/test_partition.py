"""Partitions: which slot an instant falls in, and what its file is called."""

import pytest

from archredundancy.errors import InputError
from archredundancy.model import Granularity, Partition, chunk_key, parse_time

WHEN = parse_time("2024-02-29T13:47:12.5Z", now=0)

SLOTS = {
    Granularity.MIN5: ("2024_02_29_13_45", "2024-02-29T13:45", "2024-02-29T13:50"),
    Granularity.MIN15: ("2024_02_29_13_45", "2024-02-29T13:45", "2024-02-29T14:00"),
    Granularity.MIN30: ("2024_02_29_13_30", "2024-02-29T13:30", "2024-02-29T14:00"),
    Granularity.HOUR: ("2024_02_29_13", "2024-02-29T13:00", "2024-02-29T14:00"),
    Granularity.DAY: ("2024_02_29", "2024-02-29", "2024-03-01"),
    Granularity.MONTH: ("2024_02", "2024-02-01", "2024-03-01"),
    Granularity.YEAR: ("2024", "2024-01-01", "2025-01-01"),
}


@pytest.mark.parametrize("granularity", Granularity)
def test_slots_and_their_names(granularity):
    """Slots are UTC, half-open, and named as the appliance names files; the name gives the slot back."""
    name, start, end = SLOTS[granularity]
    partition = Partition.holding(WHEN, granularity)
    assert partition == Partition(start=parse_time(start, now=0), end=parse_time(end, now=0), name=name)
    assert Partition.from_name(name, granularity) == partition
    assert Partition.holding(partition.start, granularity) == partition
    assert Partition.holding(partition.end - 1, granularity) == partition
    assert partition.following(granularity).start == partition.end


@pytest.mark.parametrize("granularity", Granularity)
def test_no_slot_is_longer_than_its_granularity_says(granularity):
    """Months count 31 days and years 366."""
    partition = Partition.holding(WHEN, granularity)
    assert partition.end - partition.start <= granularity.approximate_ns


def test_the_archiver_reads_up_to_the_start_of_the_last_second():
    """What lies later in a slot is what `mergeInData` loses."""
    partition = Partition.holding(WHEN, Granularity.DAY)
    assert partition.last_read == parse_time("2024-02-29T23:59:59Z", now=0)


@pytest.mark.parametrize("name", ["2024_02_30", "2024_2_29", "2024_02", "2024_02_29.pb", ""])
def test_other_names_are_no_slots(name):
    """The message shows the form of the right ones."""
    with pytest.raises(InputError, match=r"is not a partition of PARTITION_DAY; it should look like %Y_%m_%d"):
        Partition.from_name(name, Granularity.DAY)


def test_a_minute_inside_a_slot_is_no_name_of_it():
    """Only the first minute of five names them."""
    with pytest.raises(InputError, match="is not a partition of PARTITION_5MIN"):
        Partition.from_name("2024_02_29_13_47", Granularity.MIN5)


def test_granularities_are_the_archiver_s_words():
    """The message lists them."""
    assert Granularity.parse("PARTITION_5MIN") is Granularity.MIN5
    with pytest.raises(InputError, match="unknown partition granularity 'DAY'; allowed: PARTITION_5MIN, "):
        Granularity.parse("DAY")


@pytest.mark.parametrize(
    ("pv", "key"),
    [("SR:DCCT-01", "SR/DCCT/01:"), ("plain", "plain:"), ("a::b", "a//b:")],
    ids=["usual", "none", "empty"],
)
def test_keys_become_folders(pv, key):
    """Colons and hyphens separate; a colon ends the key."""
    assert chunk_key(pv) == key
