"""Readings of answers that are damaged, endless, or of two types."""

import tracemalloc
from contextlib import contextmanager

from archredundancy.client import RetrievalClient, StreamReply
from archredundancy.model import DbrType, FailureKind, TimeRange


def test_damage_is_bounded_by_the_samples_around_it(fakes, client_of, span):
    """A spoilt line in a block is unknown from the sample before it to the sample after it, no further."""
    samples = fakes.hourly("2024-05-01", 20)
    lines = fakes.chunk(samples, 2024).split(b"\n")
    lines[8] = b"\xff\xff"
    body = b"\n".join(lines)
    archive = fakes.DayArchive(samples)
    client = client_of(lambda url, params: archive.answer(url, params) if params["from"] > "2024-05-02" else body)
    reading = client.read(fakes.PV, span("2024-05-01", "2024-05-02T12:00:00Z"))
    assert fakes.kinds(reading) == [FailureKind.DAMAGED]
    assert reading.failures[0].range == TimeRange(start=int(samples.time[6]) + 1, end=int(samples.time[8]))
    assert reading.samples.value.tolist() == [*range(7), *range(8, 20)]
    assert "unreadable at byte" in reading.failures[0].message


def test_an_endless_line_is_damage_and_not_kept(fakes, span, monkeypatch):
    """A line is given up beyond a length, usually 100 MB, and what comes after that takes no memory."""
    monkeypatch.setattr("archredundancy.wire.line_buffer._LONGEST_LINE", 4 << 20)

    class Endless:
        @contextmanager
        def stream(self, url, params=(), *, timeout=None):
            yield StreamReply(200, {}, (bytes([1]) * (1 << 20) for _ in range(32)))

    tracemalloc.start()
    reading = RetrievalClient("http://host/retrieval", Endless()).read(fakes.PV, span("2024-03-01", "2024-03-02"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(reading.samples), reading.known.total) == (0, 0)
    assert FailureKind.DAMAGED in {failure.kind for failure in reading.failures}
    assert peak < 16e6


def test_rubbish_instead_of_an_answer_is_damage(fakes, client_of, span):
    """A page of HTML with status 200 is damage of the whole window, not an exception."""
    reading = client_of(lambda url, params: b"<html>\nlog in\n</html>\n").read(
        fakes.PV, span("2024-05-01", "2024-05-02")
    )
    assert (fakes.kinds(reading), len(reading.known)) == ([FailureKind.DAMAGED], 0)


def test_samples_of_an_older_type_are_a_failure_that_says_so(fakes, client_of, span):
    """The newest type is kept; the range of the other one is unknown, with both types and the stamp in the message."""
    old = fakes.hourly("2024-05-01", 24)
    new = fakes.hourly("2024-05-02", 24, DbrType.SCALAR_INT)
    archive = fakes.DayArchive(old)
    archive.files |= fakes.DayArchive(new).files
    reading = client_of(archive).read(fakes.PV, span("2024-05-01T06:00:00Z", "2024-05-03"))
    assert reading.samples.dbr_type is DbrType.SCALAR_INT
    assert reading.before.dbr_type is DbrType.SCALAR_INT
    assert len(reading.samples) == 24
    assert [(failure.kind, failure.range) for failure in reading.failures] == [
        (FailureKind.TYPE_CHANGED, TimeRange(start=reading.asked.start, end=int(new.time[0])))
    ]
    for part in ("SCALAR_DOUBLE", "SCALAR_INT", "2024-05-02T00:00:00.000000001Z", "by itself"):
        assert part in reading.failures[0].message
    assert [chunk.dbr_type.name for chunk in reading.layout] == ["SCALAR_DOUBLE", "SCALAR_DOUBLE", "SCALAR_INT"]
