"""Answers taken apart: chunks, and where something is missing."""

import numpy as np
import pytest

from archredundancy.client.retrieval.answer import AnswerReader
from archredundancy.model import DbrType, FailureKind, Samples, TimeRange, start_of_year

Y = start_of_year(2024)
S = 10**9


@pytest.fixture
def at(fakes):
    """A chunk of samples at these seconds of 2024."""
    return lambda *seconds, year=2024: fakes.chunk(
        Samples.build(DbrType.SCALAR_DOUBLE, [start_of_year(year) + second * S for second in seconds], list(seconds)),
        year,
    )


def read(data: bytes, step: int = 0):
    reader = AnswerReader()
    for start in range(0, len(data), step or len(data)):
        reader.feed(data[start : start + (step or len(data))])
    return reader.finish()


def window(start: float, end: float) -> TimeRange:
    return TimeRange(start=Y + round(start * S), end=Y + round(end * S))


def places(answer, span: TimeRange):
    """Return what is missing as (start, end, kind) in seconds of 2024."""
    return [
        ((failure.range.start - Y) / S, (failure.range.end - Y) / S, failure.kind) for failure in answer.failures(span)
    ]


AFTER_4 = 4 + 1e-9


def test_chunks_are_summed_up(at):
    """Count, first and last of each chunk, those without samples included; metadata of the last header that has any."""
    answer = read(b"\n".join([at(), at(1, 2), at(3, year=2023)]))
    assert [(chunk.year, chunk.count, chunk.first, chunk.last) for chunk in answer.chunks] == [
        (2024, 0, None, None),
        (2024, 2, Y + S, Y + 2 * S),
        (2023, 1, start_of_year(2023) + 3 * S, start_of_year(2023) + 3 * S),
    ]
    assert answer.metadata == {}


def test_metadata_is_that_of_the_last_header_that_has_any(fakes):
    """An empty header after it does not erase it."""
    nothing = Samples.empty(DbrType.SCALAR_DOUBLE)
    chunks = [
        fakes.chunk(nothing, 2024, EGU="A"),
        fakes.chunk(nothing, 2024, EGU="mA", PREC="3"),
        fakes.chunk(nothing, 2024),
    ]
    assert read(b"\n".join(chunks)).metadata == {"EGU": "mA", "PREC": "3"}


def test_look_back_and_newest(at):
    """The sample owed before a start is the first; the newest by an end is the latest in time, in any order."""
    answer = read(at(1, 5, 3))
    assert [answer.look_back(Y + second * S) for second in (0, 1, 9)] == [None, Y + S, Y + S]
    assert [answer.newest(Y + second * S) for second in (0, 4, 9)] == [None, Y + 3 * S, Y + 5 * S]


SPOILT = b"\xff\xff\xff"


@pytest.mark.parametrize("step", [1, 7, 0])
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([3], [(2 + 1e-9, 4, FailureKind.DAMAGED)]),
        ([3, 4], [(2 + 1e-9, 5, FailureKind.DAMAGED)]),
        ([2, 4], [(1 + 1e-9, 3, FailureKind.DAMAGED), (3 + 1e-9, 5, FailureKind.DAMAGED)]),
        ([1], [(0.5, 2, FailureKind.DAMAGED)]),
        ([6], [(5 + 1e-9, 9, FailureKind.DAMAGED)]),
        ([0], [(0.5, 9, FailureKind.DAMAGED)]),
        ([1, 2, 3, 4, 5, 6], [(0.5, 9, FailureKind.DAMAGED)]),
    ],
)
def test_damage_lies_between_its_neighbours(at, rows, expected, step):
    """Spoilt lines are bounded by the good samples on either side, else by the window; however the bytes come."""
    lines = at(1, 2, 3, 4, 5, 6).split(b"\n")
    for row in rows:
        lines[row] = SPOILT
    found = places(read(b"\n".join(lines), step), window(0.5, 9))
    assert found == [pytest.approx(place) for place in expected]


def test_damage_in_a_later_block_is_placed_there(at):
    """Samples of earlier chunks count."""
    lines = at(4, 5, 6).split(b"\n")
    lines[2] = SPOILT
    answer = read(at(1, 2, 3) + b"\n" + b"\n".join(lines))
    assert places(answer, window(0, 9)) == [pytest.approx((AFTER_4, 6, FailureKind.DAMAGED))]


def test_a_last_line_without_its_end_is_damage(at):
    """What comes after the last whole line is missing."""
    assert places(read(at(1, 4, 5)[:-1]), window(0, 9)) == [pytest.approx((AFTER_4, 9, FailureKind.DAMAGED))]


def test_an_answer_that_breaks_off_lacks_what_would_have_come(at):
    """The half line is no damage of the archive; from the last sample on nothing is known."""
    reader = AnswerReader()
    reader.feed(at(1, 4, 5)[:-1])
    assert places(reader.break_off(FailureKind.CUT_SHORT, "gone"), window(0, 9)) == [
        pytest.approx((AFTER_4, 9, FailureKind.CUT_SHORT))
    ]
    assert AnswerReader().break_off(FailureKind.TIMEOUT, "silent").failures(window(0, 9))[0].range == window(0, 9)


def test_damage_among_earlier_samples_is_none_of_the_window(at):
    """Between two samples before the window nothing of the window is lost."""
    lines = at(1, 2, 3, 6).split(b"\n")
    lines[2] = SPOILT
    answer = read(b"\n".join(lines))
    assert places(answer, window(4, 9)) == []
    assert places(answer, window(2.5, 9)) == [pytest.approx((2.5, 3, FailureKind.DAMAGED))]


def test_neighbours_out_of_order_bound_nothing(at):
    """Where times go back the whole window is in doubt."""
    lines = at(5, 6, 2).split(b"\n")
    lines[2] = SPOILT
    assert places(read(b"\n".join(lines)), window(0, 9)) == [pytest.approx((0, 9, FailureKind.DAMAGED))]


def test_a_hollow_chunk_between_samples_is_a_lost_file(at):
    """A header without samples in the middle: a damaged or hidden partition file."""
    answer = read(b"\n".join([at(), at(1, 2), at(), at(5)]))
    assert places(answer, window(0, 9)) == [pytest.approx((2 + 1e-9, 5, FailureKind.DAMAGED))]


@pytest.mark.parametrize(
    "chunks",
    [
        [(2024, []), (2024, [1, 2]), (2024, [])],
        [(2023, []), (2024, []), (2023, [7]), (2024, [1, 2])],
        [(2024, []), (2024, [1, 2]), (2024, []), (2025, []), (2025, [0])],
    ],
    ids=["at the end", "before the start", "round New Year"],
)
def test_hollow_chunks_elsewhere_are_usual(at, chunks):
    """The server writes a header before it knows whether samples follow."""
    answer = read(b"\n".join(at(*seconds, year=year) for year, seconds in chunks))
    assert places(answer, TimeRange(start=Y, end=start_of_year(2025))) == []


def test_strays_are_damage_where_they_stand(at):
    """Samples dated outside the window between samples inside it: bytes changed by accident, or a wrong header."""
    answer = read(b"\n".join([at(1, 2), at(3, year=2023), at(5), at(4000), at(8)]))
    assert places(answer, window(1, 9)) == [
        pytest.approx((2 + 1e-9, 5, FailureKind.DAMAGED)),
        pytest.approx((5 + 1e-9, 8, FailureKind.DAMAGED)),
    ]


def test_look_backs_and_late_samples_are_no_strays(at):
    """Several samples before the start may come, and old servers round the end up to a second."""
    assert places(read(at(1, 2, 6, 10)), window(5, 9)) == []
    assert places(read(at(1, 2)), window(5, 9)) == []
    assert places(read(at(11)), window(5, 9)) == [pytest.approx((5, 9, FailureKind.DAMAGED))]


def test_nothing_is_an_answer_too():
    """An empty body has no chunk, no sample and no wound."""
    answer = AnswerReader().finish()
    assert (answer.chunks, answer.blocks, answer.failures(window(0, 9))) == ((), (), [])
    assert answer.time.dtype == np.int64


def test_very_many_places_are_told_as_one(fakes):
    """Every second line spoilt, as after a merge of two types: one failure, and time that grows with the bytes only."""
    count = 40_000
    samples = Samples.build(DbrType.SCALAR_INT, Y + np.arange(count) * S, np.arange(count))
    lines = fakes.chunk(samples, 2024).split(b"\n")
    lines[2::2] = [SPOILT] * len(lines[2::2])
    answer = read(b"\n".join(lines) + b"\n", 65536)
    (failure,) = answer.failures(window(0, count + 10))
    assert failure.range.start == Y + 1
    assert failure.message.startswith("20000 places, the first unreadable at byte")
