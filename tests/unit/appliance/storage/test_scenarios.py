"""The real appliance's own tests of its storage, with their results (appliance.md G)."""

import numpy as np
import pytest

from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.store import PvStore
from archredundancy.model import NS_PER_SECOND, DbrType, Granularity, chunk_key, format_time

DOUBLE = DbrType.SCALAR_DOUBLE
MINUTE = 60 * NS_PER_SECOND
DAY = 1440 * MINUTE


@pytest.fixture
def store(tmp_path):
    """A function that makes an empty store."""

    def make(granularity):
        return PvStore(name="LTS", root=tmp_path, granularity=granularity, pv="X:Y", key=chunk_key("X:Y"))

    return make


def answered(store, start, end):
    """Times that a store offers for a window, stream after stream."""
    return [row.time for stream in store.streams(start, end) for row in stream.rows()]


@pytest.mark.parametrize("granularity", Granularity)
def test_samples_stay_inside_the_slot_of_their_file(store, made, granularity):
    """Whole seconds over three partitions lie in the range that the name of their file stands for (CleanPartitions)."""
    step = granularity.approximate_ns // 3
    start = made.instant("2024-02-10T03:04:05")
    stamps = [start + number * step for number in range(9)]
    made_store = store(granularity)
    Appender(made_store).append(made.rows(made.samples(*stamps)), DOUBLE)
    files = list(made_store.files())
    assert len(files) > 1
    for file in files:
        assert all(file.partition.start <= time <= file.partition.last_read for time in made.times(file.path))
    assert sum(len(made.times(file.path)) for file in files) == len(stamps)


@pytest.fixture
def hourly_bursts(store, made):
    """Daily files of 2023-05-30 to June 1, with a sample a second in the first hour, then nothing for a day."""
    stamps, time = [], made.instant("2023-05-30")
    for count in range(1, 7200):
        time += DAY if count % 3600 == 0 else NS_PER_SECOND
        stamps.append(time)
    daily = store(Granularity.DAY)
    Appender(daily).append(made.rows(made.samples(*stamps)), DOUBLE)
    return daily


def test_each_window_after_the_first_sample_has_one(hourly_bursts, made):
    """Each minute around the ends of partitions, and some of two weeks: never empty (DataAroundPartitionEnd)."""
    first = made.instant("2023-05-30")
    near = [first + day * DAY + minute * MINUTE for day in range(1, 4) for minute in range(-90, 90)]
    far = np.arange(first + MINUTE, first + 16 * DAY, 41 * MINUTE).tolist()
    for start in (*near, *far):
        assert answered(hourly_bursts, start, start + MINUTE), format_time(start)


def test_the_window_that_ends_in_a_later_partition_has_the_sample_before_it(store, made):
    """Three samples, one of them before the start, the last one included (IncludeLastSample)."""
    stamps = [made.instant("2024-01-01T00:00:01") + number * DAY + (number + 1) * 10 for number in range(4)]
    daily = store(Granularity.DAY)
    Appender(daily).append(made.rows(made.samples(*stamps)), DOUBLE)
    start = made.instant("2024-01-02T00:00:20") + 1
    assert answered(daily, start, made.instant("2024-01-11")) == stamps[1:]
