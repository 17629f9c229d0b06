"""Readings from an archive of a few lines: what is kept, and what is asked."""

from contextlib import contextmanager

import numpy as np
import pytest

from archredundancy.client import Reply, StreamReply
from archredundancy.model import DbrType, FailureKind, Samples
from archredundancy.segments import Segments


def test_a_healthy_range_is_known_as_a_whole(fakes, client_of, span):
    """Samples of the half-open range, the one before it apart, everything known, EGU from the header."""
    asked = span("2024-05-03T12:00:00.000000001Z", "2024-05-05T12:00:00.000000001Z")
    reading = client_of(fakes.DayArchive(fakes.hourly("2024-05-01", 240))).read(fakes.PV, asked)
    assert reading.samples.value.tolist() == list(range(60, 108))
    assert reading.before.value.tolist() == [59]
    assert reading.known == Segments.of((asked.start, asked.end))
    assert reading.failures == ()
    assert (reading.pv, reading.cluster, reading.asked) == (fakes.PV, "secondary", asked)
    assert (reading.headers, reading.names) == ({"EGU": "mm"}, (fakes.PV,))
    assert [chunk.count for chunk in reading.layout] == [0, 13, 24, 13]


def test_windows_are_whole_seconds_inside_a_year(fakes, client_of, span):
    """A range over two New Years is asked in three windows, after the second behind its end; times have ms and Z."""
    client = client_of(lambda url, params: b"")
    client.read(fakes.PV, span("2022-12-31T10:00:00.5Z", "2024-01-01T00:00:00.000000001Z"))
    asked = [(params["from"], params["to"]) for _, params in client.requests]
    assert asked[:5] == [
        ("2024-01-01T00:00:01.000Z", "2024-01-01T00:00:02.000Z"),
        ("2022-12-31T10:00:00.000Z", "2023-01-01T00:00:00.000Z"),
        ("2023-01-01T00:00:00.000Z", "2024-01-01T00:00:00.000Z"),
        ("2024-01-01T00:00:00.000Z", "2024-01-01T00:00:01.000Z"),
        ("2022-12-31T10:00:00.000Z", "2022-12-31T10:00:01.000Z"),
    ]
    assert {url for url, _ in client.requests} == {f"{fakes.RETRIEVAL_URL}/data/getData.raw"}
    assert {(params["pv"], params["skipExternalServers"]) for _, params in client.requests} == {(fakes.PV, "true")}


@pytest.mark.parametrize(
    ("start", "end", "froms"),
    [
        ("2024-05-03", "2024-05-04", ["2024-05-04T00", "2024-05-03T00"]),
        ("2024-05-10T23:30:00Z", "2024-05-10T23:50:00Z", ["2024-05-10T23", "2024-05-10T23"]),
        ("2024-05-20", "2024-05-21", ["2024-05-21T00", "2024-05-20T00", "2024-05-10T23"]),
        ("2024-04-20", "2024-05-02", ["2024-05-02T00", "2024-04-20T00"]),
    ],
    ids=["dense", "just after the last", "long after the last", "from before the first"],
)
def test_a_long_silence_is_looked_into(fakes, client_of, span, start, end, froms):
    """By one request from the sample before it on: an old file in a young store hides what is in older ones."""
    client = client_of(fakes.DayArchive(fakes.hourly("2024-05-01", 240)))
    asked = span(start, end)
    reading = client.read(fakes.PV, asked)
    assert (reading.failures, reading.known.total) == ((), asked.duration)
    assert [params["from"][:13] for _, params in client.requests] == froms


def test_no_more_is_read_of_a_long_answer_than_tells(fakes, client_of, span):
    """A sample that no other answer has is found, and the connection left."""
    old = Samples.build(DbrType.SCALAR_DOUBLE, [fakes.instant("2024-04-01")], [0.0])
    hidden = fakes.instant("2024-05-01T00:00:00.000000001Z") + np.arange(100_000) * 10**9
    taken = []

    def blocks():
        yield fakes.chunk(Samples.build(DbrType.SCALAR_DOUBLE, [*old.time, *hidden], np.zeros(100_001)), 2024)
        for _ in range(1000):
            taken.append(1)
            yield b""

    def answer(url, params):
        return Reply(200, {}, fakes.chunk(old, 2024))

    client = client_of(answer)
    whole = client._transport.stream

    @contextmanager
    def stream(url, params):
        with whole(url, params) as reply:
            yield StreamReply(200, {}, blocks()) if params[1][1] < "2024-04-02" else reply

    client._transport.stream = stream
    reading = client.read(fakes.PV, span("2024-05-01", "2024-05-02"))
    assert set(fakes.kinds(reading)) == {FailureKind.CUT_SHORT}
    assert "is that of 2024-05-01T00:00:00.000000001Z, but this answer gives 2024-04-01" in reading.failures[0].message
    assert reading.known.total < 2 * 60 * 10**9
    assert taken == []


def test_an_empty_range_asks_nothing(fakes, client_of, span):
    """Nothing is asked for nothing."""
    client = client_of(lambda url, params: pytest.fail("asked"))
    reading = client.read(fakes.PV, span("2024-05-01", "2024-05-01"))
    assert (len(reading.samples), len(reading.known), client.requests) == (0, 0, [])


def test_a_sample_at_the_end_of_a_window_is_taken_once(fakes, client_of, span):
    """`to` is inclusive for the server, the end of a range is not; New Year's first sample belongs to the new year."""
    archive = fakes.DayArchive(fakes.hourly("2023-12-30", 96, offset=0))
    reading = client_of(archive).read(fakes.PV, span("2023-12-31T20:00Z", "2024-01-01T02:00Z"))
    assert reading.samples.value.tolist() == list(range(44, 50))
    assert reading.failures == ()


def test_a_quiet_year_keeps_the_last_value_before_it(fakes, client_of, span):
    """A year without samples answers with the last one before it: known, silent, no failure."""
    reading = client_of(fakes.DayArchive(fakes.hourly("2021-05-01", 2))).read(
        fakes.PV, span("2022-02-01", "2024-02-01")
    )
    assert len(reading.samples) == 0
    assert reading.before.value.tolist() == [1]
    assert reading.known.total == reading.asked.duration


def test_nothing_stored_is_known_to_be_nothing(fakes, client_of, span):
    """Empty answers everywhere contradict nothing."""
    reading = client_of(lambda url, params: b"").read(fakes.PV, span("2024-01-01", "2024-02-01"))
    assert (len(reading.samples), len(reading.before), reading.failures) == (0, 0, ())
    assert reading.known.total == reading.asked.duration


def test_the_time_before_the_first_sample_is_no_failure(fakes, client_of, span):
    """Windows before a PV's first sample are empty without contradiction."""
    archive = fakes.DayArchive(fakes.hourly("2024-06-01", 24))
    reading = client_of(archive).read(fakes.PV, span("2022-01-01", "2024-07-01"))
    assert (len(reading.samples), reading.failures) == (24, ())
