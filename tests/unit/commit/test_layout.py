"""Chunks as proof: more than one file of a partition means that not all samples are in the coarsest store."""

import pytest

from archredundancy.commit.layout import not_consolidated
from archredundancy.model import ChunkSummary, DbrType, Granularity, parse_time


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
