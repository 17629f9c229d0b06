"""What the relay answers is what an appliance would: counted by milliseconds, chosen to the nanosecond."""

import numpy as np
import pytest

from archredundancy.model import DbrType, Extras, Samples, parse_time
from archredundancy.relay.answers import Asked, count_answer, data_answer, read_query, select
from archredundancy.testing import assert_samples_equal
from archredundancy.wire import read_chunks

MAY = parse_time("2024-05-01", now=0)
MS = 1_000_000


def samples_at(*times: int, dbr_type: DbrType = DbrType.SCALAR_DOUBLE) -> Samples:
    extras = Extras.build([(0, (("HIHI", "1"), ("DESC", "ä")), 3, 1, -1)]) if times else None
    return Samples.build(dbr_type, list(times), list(range(len(times))), severity=[2] * len(times), extras=extras)


def asked(start: int, end: int, *, counts: bool = False) -> Asked:
    return Asked(pv="X", counts=counts, start=start, end=end)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            {"pv": "A:B", "from": "2024-05-01T00:00:00.000Z", "to": "2024-05-01T00:00:00.500Z", "other": "1"},
            Asked(pv="A:B", counts=False, start=MAY, end=MAY + 500 * MS),
        ),
        (
            {"pv": "ncount(A:B)", "from": "2024-05-01T00:00:00Z", "to": "2024-05-01T00:00:00Z"},
            Asked(pv="A:B", counts=True, start=MAY, end=MAY),
        ),
        ({"pv": "A:B", "from": "2024-05-01T00:00:00Z"}, None),
        ({"pv": "A:B", "from": "yesterday", "to": "2024-05-01T00:00:00Z"}, None),
        ({"from": "2024-05-01T00:00:00Z", "to": "2024-05-01T00:00:00Z"}, None),
        (
            {"pv": "mean_60(A:B)", "from": "2024-05-01T00:00:00Z", "to": "2024-05-01T00:00:00Z"},
            Asked(pv="mean_60(A:B)", counts=False, start=MAY, end=MAY),
        ),
    ],
)
def test_queries(query: dict[str, str], expected: Asked | None) -> None:
    """A name and two times are understood; operators but `ncount` stay a part of the name, which nobody has."""
    assert read_query(query) == expected


def test_both_ends_are_inside() -> None:
    """Samples exactly at either end are sent, those one nanosecond beyond are not."""
    samples = samples_at(MAY - 1, MAY, MAY + 10, MAY + 11)
    assert select(samples, asked(MAY, MAY + 10)).time.tolist() == [MAY, MAY + 10]


def test_counting_goes_by_milliseconds() -> None:
    """A sample in the millisecond of the end counts, though it is not sent: so does the appliance."""
    samples = samples_at(MAY - 1, MAY + 1, MAY + 5 * MS + 7, MAY + 6 * MS)
    assert len(select(samples, asked(MAY, MAY + 5 * MS, counts=True))) == 2
    assert select(samples, asked(MAY, MAY + 5 * MS)).time.tolist() == [MAY + 1]


@pytest.mark.parametrize("count", [0, 1, 70_000])
def test_the_count_is_one_sample(count: int) -> None:
    """An empty chunk, then one integer sample stamped with the start, also for none."""
    empty, full = read_chunks(count_answer(asked(MAY, MAY + MS, counts=True), count), strict=True)
    assert len(empty.samples) == 0
    assert full.header.dbr_type is DbrType.SCALAR_INT and full.header.year == 2024
    assert full.samples.time.tolist() == [MAY]
    assert np.asarray(full.samples.value).tolist() == [count]


def test_samples_come_whole() -> None:
    """Every column and every attribute is sent, behind an empty chunk with the same header."""
    samples = samples_at(MAY, MAY + 1, MAY + 2)
    empty, full = read_chunks(data_answer("X", samples), strict=True)
    assert not len(empty.samples) and empty.header == full.header
    assert full.header.pv == "X"
    assert_samples_equal(full.samples, samples)


def test_each_year_has_chunks_of_its_own() -> None:
    """The year is only in the header, so samples round New Year come in two pairs of chunks."""
    midnight = parse_time("2025-01-01", now=0)
    chunks = read_chunks(data_answer("X", samples_at(midnight - 1, midnight, midnight + 1)), strict=True)
    assert [(chunk.header.year, len(chunk.samples)) for chunk in chunks] == [(2024, 0), (2024, 1), (2025, 0), (2025, 2)]


def test_nothing_is_an_empty_answer() -> None:
    """Without samples the body is empty, as the appliance's is."""
    assert data_answer("X", samples_at()) == b""
