"""Where two answers or files differ, in words."""

import pytest

from archredundancy.model import DbrType, Extras, Samples, start_of_year
from archredundancy.testing.recorded.differences import data_difference, json_difference, pb_difference, text_difference
from archredundancy.wire import ChunkHeader, encode_chunk

NEW_YEAR = start_of_year(2024)


def chunk(*values, year=2024, severity=0, extras=(), dbr_type=DbrType.SCALAR_INT):
    """Return a chunk with samples a nanosecond apart."""
    samples = Samples.build(
        dbr_type,
        [start_of_year(year) + number for number in range(len(values))],
        values,
        [severity] * len(values),
        extras=Extras.build(extras),
    )
    return encode_chunk(ChunkHeader(dbr_type=dbr_type, pv="X", year=year), samples)


AT = "sample 1 at 2024-01-01T00:00:00.000000001Z:"
PB = {
    "a value": (chunk(1, 2), chunk(1, 3), [f"chunk 0 {AT} value '2 (02000000)' instead of '3 (03000000)'"]),
    "a severity": (chunk(1, severity=2), chunk(1), ["severity 2 instead of 0"]),
    "a repeat count": (chunk(1, extras=[(0, (), 4, -1, -1)]), chunk(1), ["repeat count 4 instead of nothing"]),
    "a sample too few": (chunk(1), chunk(1, 2), ["chunk 0 has 1 samples instead of 2", "lacks 2024-01-01T00:00:00.00"]),
    "a sample too many": (chunk(1, 2), chunk(1), ["should not have 2024-01-01T00:00:00.000000001Z"]),
    "a second chunk": (
        b"\n".join([chunk(1), chunk(2, year=2025)]),
        chunk(1),
        ["2 chunks instead of 1: SCALAR_INT 2024 x 1, SCALAR_INT 2025 x 1\ninstead of SCALAR_INT 2024 x 1"],
    ),
    "the year": (chunk(1, year=2023), chunk(1), ["chunk 0: ChunkHeader(", "year=2023"]),
    "an unreadable line": (chunk(1) + b"xx\n", chunk(1), ["chunk 0: unreadable lines of [2] bytes instead of []"]),
    "blank lines at the end": (chunk(1) + b"\n", chunk(1), ["samples alike, but line 4: '' instead of nothing"]),
}


@pytest.mark.parametrize(("found", "expected", "said"), PB.values(), ids=PB)
def test_raw_answers_differ_by_chunk_and_sample(found, expected, said):
    """The message names the chunk, the sample, its time, and what is different in it."""
    difference = pb_difference(found, expected)
    assert all(text in difference for text in said), difference


def test_minus_zero_is_not_zero():
    """Floating point values are alike if their bits are."""
    one, other = (chunk(value, dbr_type=DbrType.SCALAR_DOUBLE) for value in (0.0, -0.0))
    assert "value '0.0 (0000000000000000)' instead of '-0.0 (0000000000000080)'" in pb_difference(one, other)


def test_what_is_no_pb_is_compared_by_line():
    """Texts, and answers that begin with no header, are compared by line."""
    assert data_difference(b"1,2\n3,4\n", b"1,2\n3,5\n") == "line 2: '3,4' instead of '3,5'"
    assert data_difference(b"a", b"a\nb") == "line 2: nothing instead of 'b'"


def test_alike_is_nothing():
    """No difference is an empty text."""
    assert data_difference(b"a", b"a") == pb_difference(chunk(1), chunk(1)) == json_difference([1.0], [1]) == ""


def test_long_lists_of_differences_are_cut():
    """After five lines only their number is told, and a long line is shortened."""
    told = text_difference(b"\n".join([b"x" * 1000] * 9), b"\n".join([b"y"] * 9))
    assert told.endswith("and 4 more lines")
    assert "… (1002 characters)" in told


JSON = {
    "a key": ({"a": 1}, {"a": 2}, ".a: 1 instead of 2"),
    "an element": ([1, 2], [1, 3], "[1]: 2 instead of 3"),
    "one too few": ({"a": [1]}, {"a": [1, 2]}, ".a[1]: 2 is missing"),
    "one too many": ({"a": {"b": 1}}, {"a": {}}, ".a.b: 1 should not be there"),
    "true and one": (True, 1, "the whole: True instead of 1"),
    "text and number": ({"a": "1"}, {"a": 1}, ".a: '1' instead of 1"),
}


@pytest.mark.parametrize(("found", "expected", "said"), JSON.values(), ids=JSON)
def test_json_differs_by_key(found, expected, said):
    """The message names the way to what is different."""
    assert json_difference(found, expected) == said
