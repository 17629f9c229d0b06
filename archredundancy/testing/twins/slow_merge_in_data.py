"""What `mergeInData` does to the files of a store, file by file and sample by sample."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from archredundancy.model import Granularity, Partition

__all__ = ["slow_merge_in_data"]

_Payload = TypeVar("_Payload")
_NS_PER_MILLISECOND = 1_000_000


def slow_merge_in_data(
    own: Mapping[int, _Payload],
    other: Mapping[int, _Payload],
    granularity: Granularity,
    empty_files: Collection[str] = (),
) -> dict[int, _Payload]:
    """Return what the files hold afterwards.

    Parameters
    ----------
    own : mapping of int to anything
        The consolidated store's samples by time, ns since 1970 UTC.
    other : mapping of int to anything
        What the other server has.
    granularity : Granularity
        Of the store.
    empty_files : collection of str
        Partitions that have a file without samples.
    """
    files = {Partition.holding(time, granularity): dict[int, _Payload]() for time in own}
    files |= {Partition.from_name(name, granularity): {} for name in empty_files}
    for time, payload in own.items():
        files[Partition.holding(time, granularity)][time] = payload
    for partition, file in files.items():
        if _ncount(other, partition):
            read = {time: payload for time, payload in {**other, **file}.items() if _is_read(time, partition)}
            files[partition] = read
    return {time: file[time] for file in files.values() for time in file}


def _ncount(other: Mapping[int, _Payload], partition: Partition) -> int:
    """Return how many samples have milliseconds within the partition as its file's name has it (`NCount`)."""
    first, last = (edge // _NS_PER_MILLISECOND for edge in (partition.start, partition.last_read))
    return sum(first <= time // _NS_PER_MILLISECOND <= last for time in other)


def _is_read(time: int, partition: Partition) -> bool:
    """Return whether a sample passes `TimeSpanLimitEventStream`."""
    return partition.start <= time <= partition.last_read
