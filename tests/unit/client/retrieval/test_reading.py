"""Answers put together: cutting, types, the sample before, failures."""

import weakref

import pytest

from archredundancy.client.retrieval.answer import AnswerReader
from archredundancy.client.retrieval.reading import Piece, build_reading, join_failures
from archredundancy.model import DbrType, FailureKind, ReadFailure, Samples, TimeRange, start_of_year
from archredundancy.segments import Segments

Y = start_of_year(2024) + 86400 * 10**9
S = 10**9
DOUBLE, INT, ENUM = DbrType.SCALAR_DOUBLE, DbrType.SCALAR_INT, DbrType.SCALAR_ENUM


def seconds(start: float, end: float) -> TimeRange:
    return TimeRange(start=Y + round(start * S), end=Y + round(end * S))


@pytest.fixture
def piece(fakes):
    """An answer of runs of (type, seconds), cut to a span."""

    def make(*runs, span=(0, 100)):
        reader = AnswerReader()
        chunks = (
            fakes.chunk(Samples.build(kind, [Y + t * S for t in times], list(times)), 2024) for kind, times in runs
        )
        reader.feed(b"\n".join(chunks))
        return Piece(span=seconds(*span), answer=reader.finish())

    return make


def read(asked, *pieces, failures=(), vouched=None):
    return build_reading("X", "primary", asked, list(pieces), failures, vouched)


def test_each_piece_is_cut_to_its_own_span(piece):
    """Look-backs and ends of other windows are not taken twice."""
    one, two = piece((DOUBLE, [1, 5, 10]), span=(0, 10)), piece((DOUBLE, [5, 10, 15]), span=(10, 20))
    assert read(seconds(2, 20), one, two).samples.value.tolist() == [5, 10, 15]


def test_pieces_are_let_go(piece):
    """Years of samples are not held twice, by what they were read into and by what they make together."""
    pieces = [piece((DOUBLE, [1, 5]), span=(0, 10)), piece((DOUBLE, [5, 15]), span=(10, 20))]
    read_into = [weakref.ref(block.time) for each in pieces for block in each.answer.blocks]
    reading = build_reading("X", "primary", seconds(2, 20), pieces, [])
    assert reading.samples.value.tolist() == [5, 15]
    assert reading.before.value.tolist() == [1]
    assert [each() for each in read_into] == [None, None]


def test_stored_order_is_kept(piece):
    """Disorder is for others to find."""
    assert read(seconds(0, 20), piece((DOUBLE, [5, 3, 3, 9]))).samples.value.tolist() == [5, 3, 3, 9]


def test_the_newest_sample_before_the_range_is_kept_apart(piece):
    """Of all pieces; the last stored where stamps are equal."""
    reading = read(seconds(8, 20), piece((DOUBLE, [7, 2, 7, 6]), (DOUBLE, [9])), piece((DOUBLE, [1])))
    assert reading.before.time.tolist() == [Y + 7 * S]
    assert reading.samples.value.tolist() == [9]
    assert len(read(seconds(0, 20), piece((DOUBLE, [1]))).before) == 0


@pytest.mark.parametrize(
    ("runs", "kept", "changes"),
    [
        ([(DOUBLE, [1, 2]), (INT, [5, 6])], INT, [(1, 5)]),
        ([(DOUBLE, [-1, 2]), (INT, [5])], INT, [(0, 5)]),
        ([(DOUBLE, [-1]), (INT, [5])], INT, [(0, 5)]),
        ([(INT, [1]), (DOUBLE, [2, 3]), (INT, [5])], INT, [(2, 5)]),
        ([(DOUBLE, [1]), (ENUM, [3]), (INT, [5])], INT, [(1, 3), (3, 5)]),
        ([(ENUM, [-1]), (DOUBLE, [1]), (INT, [5])], INT, [(0, 1), (1, 5)]),
        ([(INT, [1, 9]), (DOUBLE, [4])], INT, [(4, 4 + 1e-9)]),
        ([(DOUBLE, [-3]), (DOUBLE, [-1])], DOUBLE, []),
    ],
    ids=["in the range", "held", "only before", "and back", "three types", "three, held", "disorder", "none"],
)  # fmt: skip
def test_other_types_become_failures(piece, runs, kept, changes):
    """The newest type is kept; where another one holds is unknown, up to the next type's first sample."""
    reading = read(seconds(0, 10), piece(*runs, span=(-10, 100)))
    assert reading.samples.dbr_type is reading.before.dbr_type is kept
    assert [failure.range for failure in reading.failures] == [seconds(*change) for change in changes]
    assert {failure.kind for failure in reading.failures} <= {FailureKind.TYPE_CHANGED}
    assert all(chunk in reading.layout for chunk in piece(*runs).answer.chunks)


def test_without_samples_the_type_is_that_of_a_header(piece):
    """Else, with nothing to go by, double."""
    assert read(seconds(0, 10), piece((ENUM, []))).samples.dbr_type is ENUM
    assert read(seconds(0, 10)).samples.dbr_type is DOUBLE


def test_known_is_what_did_not_fail(piece):
    """Failures are clipped to the range; those outside it vanish."""
    failures = [
        ReadFailure(range=seconds(-5, 2), kind=FailureKind.TIMEOUT, message="a"),
        ReadFailure(range=seconds(8, 50), kind=FailureKind.EMPTY, message="b"),
        ReadFailure(range=seconds(50, 60), kind=FailureKind.EMPTY, message="c"),
    ]
    reading = read(seconds(0, 10), failures=failures)
    assert reading.known == Segments.of((Y + 2 * S, Y + 8 * S))
    assert [failure.message for failure in reading.failures] == ["a", "b"]
    vouched = Segments.of((Y + 5 * S, Y + 70 * S))
    assert read(seconds(0, 10), failures=failures, vouched=vouched).known == Segments.of((Y + 5 * S, Y + 8 * S))


def test_neighbouring_failures_of_one_cause_are_joined():
    """Six years of one refusal are one line; different messages stay apart, equal ones are told once."""

    def failure(start, end, message="m", kind=FailureKind.TIMEOUT):
        return ReadFailure(range=seconds(start, end), kind=kind, message=message)

    joined = join_failures([
        failure(4, 6), failure(0, 2), failure(2, 4), failure(0, 2), failure(6, 7, "other"), failure(8, 9),
        failure(9, 9),
    ])  # fmt: skip
    assert [(each.range, each.message) for each in joined] == [
        (seconds(0, 6), "m"), (seconds(6, 7), "other"), (seconds(8, 9), "m"),
    ]  # fmt: skip
