"""Chunks as proof: more than one file of a partition means that not all samples are in the coarsest store."""

import pytest

from archredundancy.commit.layout import not_consolidated, perhaps_younger
from archredundancy.model import ChunkSummary, DbrType, Granularity, StoreUrl, parse_time


def chunk(first: str = "", last: str = "") -> ChunkSummary:
    start = parse_time(first, now=0) if first else None
    end = parse_time(last, now=0) if last else start
    return ChunkSummary(
        dbr_type=DbrType.SCALAR_DOUBLE, year=2024, count=0 if start is None else 2, first=start, last=end
    )


EMPTY = chunk()


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        pytest.param([], [], id="nothing is stored"),
        pytest.param([EMPTY, chunk("2024-01-02", "2024-01-30"), EMPTY, chunk("2024-02-02")], [], id="a file each"),
        pytest.param(
            [EMPTY, chunk("2024-01-02", "2024-01-30"), chunk("2024-01-31T01:00"), chunk("2024-01-31T05:00")],
            ["2024_01"],
            id="LTS, MTS and STS",
        ),
        pytest.param(
            [chunk("2024-01-30"), chunk("2024-01-31"), chunk("2024-02-01")], ["2024_01"], id="two days of MTS"
        ),
        pytest.param(
            [chunk("2023-12-30", "2023-12-31"), chunk("2023-12-31"), EMPTY, chunk("2024-01-02", "2024-01-05")],
            [],
            id="the second window looks back",
        ),
        pytest.param(
            [chunk("2023-12-30", "2024-01-01"), EMPTY, chunk("2024-01-01", "2024-01-05")],
            [],
            id="a sample at New Year is in both windows",
        ),
        pytest.param(
            [chunk("2024-01-02", "2024-01-20"), chunk("2024-01-20", "2024-01-25"), chunk("2024-01-26")],
            ["2024_01"],
            id="a window goes on with the file, then comes another store",
        ),
        pytest.param(
            [chunk("2024-01-02", "2024-01-20"), chunk("2024-01-20", "2024-01-25")],
            [],
            id="a window goes on with the file",
        ),
    ],
)
def test_what_the_chunks_tell(layout: list[ChunkSummary], expected: list[str]) -> None:
    """Each case is an answer, or two, in order."""
    assert not_consolidated(layout, Granularity.MONTH) == expected


NOW = parse_time("2024-03-20T12:00:00Z", now=0)
STORES = tuple(
    StoreUrl.parse(f"pb://localhost?name={name}&rootFolder=/x&partitionGranularity={length}")
    for name, length in (
        ("STS", "PARTITION_HOUR"),
        ("MTS", "PARTITION_DAY&hold=2&gather=1"),
        ("LTS", "PARTITION_YEAR"),
    )
)


@pytest.mark.parametrize(
    ("times", "is_it"),
    [
        (("2024-03-20T11:10:00", "2024-03-20T11:50:00"), True),
        (("2024-03-17T00:00:00", "2024-03-17T23:00:00"), True),
        (("2024-03-17T00:00:00", "2024-03-18T00:00:00"), False),
        (("2024-03-11T01:00:00", "2024-03-11T02:00:00"), True),
    ],
    ids=["of an hour", "of a day", "longer than a day", "left behind"],
)
def test_a_chunk_within_a_partition_that_a_younger_store_still_keeps_may_be_its_own(
    times: tuple[str, str], is_it: bool
) -> None:
    """The file behind it cannot be seen; what it may be is told by its samples."""
    first, last = (parse_time(time, now=0) for time in times)
    found = ChunkSummary(dbr_type=DbrType.SCALAR_DOUBLE, year=2024, count=2, first=first, last=last)
    assert perhaps_younger([found], STORES, "LTS", NOW) == ([found] if is_it else [])


def test_what_was_left_behind_ends_with_a_chunk_that_is_in_no_younger_store() -> None:
    """What a younger store has from before it is not shown, so it is none of the chunks."""
    old, longer, left = chunk("2022-05-01"), chunk("2023-02-01", "2023-03-01"), chunk("2023-07-07T01:00:00")
    layout = [old, EMPTY, longer, left, EMPTY, chunk("2024-03-20T11:10:00")]
    assert perhaps_younger(layout, STORES, "LTS", NOW) == [left, layout[-1]]


@pytest.mark.parametrize(("day", "is_it"), [("2024-03-17", True), ("2024-03-15", False)])
def test_where_partitions_are_equal_only_what_is_still_to_be_kept_may_be_younger(day: str, is_it: bool) -> None:
    """Else all of the history might be; what was left behind for longer cannot be told from it."""
    equal = (STORES[1], StoreUrl.parse("pb://localhost?name=LTS&rootFolder=/x&partitionGranularity=PARTITION_DAY"))
    found = chunk(f"{day}T01:00:00", f"{day}T23:00:00")
    assert perhaps_younger([found], equal, "LTS", NOW) == ([found] if is_it else [])


def test_below_the_youngest_store_there_is_none() -> None:
    """Where all is merged into the only store, nothing has to be moved."""
    assert perhaps_younger([chunk("2024-03-20T11:10:00")], STORES[2:], "LTS", NOW) == []
