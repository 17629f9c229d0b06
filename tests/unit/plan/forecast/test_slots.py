"""`Slots`: partitions as columns."""

import numpy as np

from archredundancy.model import Granularity, Partition, start_of_year
from archredundancy.plan.forecast.slots import Slots, partitions_of

YEARS = np.array([start_of_year(year) for year in (2020, 2021, 2024)])


def test_only_partitions_that_hold_a_time_are_found():
    """In order of time, however many times each holds."""
    times = np.sort(np.concatenate([YEARS, YEARS + 1]))
    assert [partition.name for partition in partitions_of(times, Granularity.YEAR)] == ["2020", "2021", "2024"]


def test_named_partitions_are_put_in_order_with_the_others():
    """A name that holds a time as well comes once."""
    slots = Slots.of(YEARS, Granularity.YEAR, ["2022", "2021"])
    assert [partition.name for partition in slots.partitions] == ["2020", "2021", "2022", "2024"]
    assert slots.named(["2022", "1999"]).tolist() == [False, False, True, False]
    assert slots.index(YEARS).tolist() == [0, 1, 3]
    assert slots.count(slots.index(YEARS[:2])).tolist() == [1, 1, 0, 0]


def test_edges_are_those_of_the_partitions():
    """Half open, and read up to the start of the last second."""
    slots = Slots.of(YEARS[:1], Granularity.YEAR)
    (partition,) = slots.partitions
    assert partition == Partition.from_name("2020", Granularity.YEAR)
    assert (slots.start[0], slots.end[0], slots.last_read[0]) == (partition.start, partition.end, partition.last_read)
