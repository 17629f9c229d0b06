"""Readings from an archive of a few lines: what is kept, what is asked, and what is not believed."""

import tracemalloc
from contextlib import contextmanager

import numpy as np
import pytest

from archredundancy.client import Reply, RetrievalClient, StreamReply
from archredundancy.errors import (
    ConnectionFailed,
    InputError,
    LengthError,
    NotReadyError,
    ReadTimeout,
    ReplyError,
    UnknownPVError,
)
from archredundancy.model import DbrType, FailureKind, Samples, TimeRange
from archredundancy.segments import Segments
from archredundancy.wire import ChunkStarted, SampleBlock

URL = "http://host:17668/retrieval"
DAY = 86400 * 10**9
HOUR = 3600 * 10**9


@pytest.fixture
def client_of(fakes):
    """A client of an archive, or of a function that answers."""

    def make(source):
        transport = fakes.FakeTransport(getattr(source, "answer", source))
        client = RetrievalClient(URL, transport, name="secondary")
        client.requests = transport.requests
        return client

    return make


@pytest.fixture
def span(fakes):
    """A range from two texts."""
    return lambda start, end: TimeRange(start=fakes.instant(start), end=fakes.instant(end))


def kinds(reading):
    return [failure.kind for failure in reading.failures]


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
    assert {url for url, _ in client.requests} == {f"{URL}/data/getData.raw"}
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
    assert set(kinds(reading)) == {FailureKind.CUT_SHORT}
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


def test_a_damaged_day_costs_little_more_than_itself(fakes, client_of, span):
    """A file that empties every answer touching it is closed in on: less than three days of the year are unknown."""
    archive = fakes.DayArchive(fakes.hourly("2024-01-01", 366 * 24))
    bad = fakes.instant("2024-07-20")
    archive.damaged = {bad}
    client = client_of(archive)
    reading = client.read(fakes.PV, span("2024-01-01", "2025-01-01"))
    lost = Segments.of((reading.asked.start, reading.asked.end)) - reading.known
    assert set(kinds(reading)) <= {FailureKind.EMPTY, FailureKind.CUT_SHORT}
    assert lost.contains([bad, bad + DAY - 1]).all()
    assert lost.total < 3 * DAY
    assert len(reading.samples) > 363 * 24
    assert len(client.requests) <= 2 + 64


def test_an_empty_answer_after_a_sample_is_not_believed(fakes, client_of, span):
    """The sample of an earlier window is owed to a later one; an empty answer is a failure of kind EMPTY."""
    archive = fakes.DayArchive(fakes.hourly("2023-12-01", 24), fakes.hourly("2024-03-01", 24))
    archive.damaged = {fakes.instant("2024-03-01")}
    reading = client_of(archive).read(fakes.PV, span("2023-11-01", "2024-03-02"))
    assert FailureKind.EMPTY in kinds(reading)
    assert "empty answer, though a sample of 2023-12-01T23:00:00.000000001Z is stored" in reading.failures[-1].message
    assert not reading.known.contains([fakes.instant("2024-03-01T12:00:00Z")])[0]


def test_an_empty_answer_to_everything_is_checked_at_the_start(fakes, client_of, span):
    """The last file damaged: window and closing second are empty, but what came before gives it away."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 48))
    archive.damaged = {fakes.instant("2024-05-02")}
    reading = client_of(archive).read(fakes.PV, span("2024-05-01T12:00:00Z", "2024-05-03"))
    assert FailureKind.EMPTY in kinds(reading)
    assert not reading.known.contains([fakes.instant("2024-05-02T12:00:00Z")])[0]


def test_an_answer_that_ends_too_early_is_asked_for_in_halves(fakes, client_of, span):
    """A server that stops after 100 samples is found out by the chain rule; halves bring everything."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 240))
    archive.most = 100
    reading = client_of(archive).read(fakes.PV, span("2024-05-01", "2024-05-11"))
    assert reading.samples.value.tolist() == list(range(240))
    assert reading.failures == ()


def test_an_answer_that_stays_cut_names_both_stamps(fakes, client_of, span):
    """Where even halves are cut the window fails with the stamp that is owed and the one that came."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 10))
    archive.most = 1
    reading = client_of(archive).read(fakes.PV, span("2024-05-01T00:00:00Z", "2024-05-01T00:01:00Z"))
    assert kinds(reading) == []
    reading = client_of(archive).read(fakes.PV, span("2024-05-01T00:59:30Z", "2024-05-01T01:00:30Z"))
    assert kinds(reading) == [FailureKind.CUT_SHORT]
    expected = "that of 2024-05-01T01:00:00.000000001Z, but this answer gives 2024-05-01T00:00:00.000000001Z"
    assert expected in reading.failures[0].message


def test_a_window_that_does_not_see_the_past_fails(fakes, client_of, span):
    """An old file in a young store hides what is stored: the look-back goes back in time."""
    stale = Samples.build(DbrType.SCALAR_DOUBLE, [fakes.instant("2023-05-01")], [0.0])
    archive = fakes.DayArchive(stale, fakes.hourly("2023-12-01", 24))

    def answer(url, params):
        return archive.answer(url, params) if params["from"] < "2024" else fakes.chunk(stale, 2023)

    reading = client_of(answer).read(fakes.PV, span("2023-11-01", "2024-01-01T00:01:00Z"))
    assert kinds(reading) == [FailureKind.CUT_SHORT, FailureKind.CUT_SHORT]
    assert "no request after it gives its last sample" in reading.failures[0].message
    assert "2023-12-01T23:00:00.000000001Z, but this answer gives 2023-05-01" in reading.failures[1].message
    assert reading.known == Segments.of((reading.asked.start, int(reading.samples.time[-1]) + 1))


def test_new_samples_while_reading_are_no_contradiction(fakes, client_of, span):
    """The closing second is asked first: a sample that arrives meanwhile does not look like one left out."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 10))
    late = fakes.DayArchive(fakes.hourly("2024-05-01", 11))
    answers = iter([archive.answer, late.answer, late.answer])

    def answer(url, params):
        return next(answers)(url, params)

    client = client_of(answer)
    reading = client.read(fakes.PV, span("2024-05-01", "2024-05-02"))
    assert (len(reading.samples), reading.failures) == (11, ())


def test_a_closing_second_without_any_sample_leaves_the_end_open(fakes, client_of, span):
    """When the server owes a sample before the end and gives none, what follows the last sample is not known."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 10))
    client = client_of(
        lambda url, params: b"" if params["from"] == "2024-05-02T00:00:00.000Z" else archive.answer(url, params)
    )
    reading = client.read(fakes.PV, span("2024-05-01", "2024-05-02"))
    assert kinds(reading) == [FailureKind.CUT_SHORT]
    assert reading.failures[0].range.start == int(reading.samples.time[-1]) + 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionFailed("refused", url=URL), FailureKind.UNREACHABLE),
        (ReadTimeout("silent", url=URL), FailureKind.TIMEOUT),
        (Reply(503, {}, b""), FailureKind.NOT_READY),
        (Reply(404, {}, b"Unable to find typeinfo"), FailureKind.UNKNOWN_PV),
    ],
    ids=lambda value: value.name if isinstance(value, FailureKind) else "",
)
def test_a_cluster_that_cannot_answer_is_asked_once(fakes, client_of, span, error, kind):
    """Nobody there, silent, starting, or without the PV: one request, one failure for the whole range."""
    client = client_of(lambda url, params: error)
    reading = client.read(fakes.PV, span("2020-01-01", "2024-01-01"))
    assert [(failure.kind, failure.range) for failure in reading.failures] == [(kind, reading.asked)]
    assert (len(reading.known), len(client.requests)) == (0, 1)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ReadTimeout("silent", url=URL), FailureKind.TIMEOUT),
        (ConnectionFailed("refused", url=URL), FailureKind.UNREACHABLE),
        (Reply(500, {}, b"<html><b>Message</b> out of memory</p>"), FailureKind.REPLY),
        (Reply(503, {}, b""), FailureKind.NOT_READY),
    ],
    ids=lambda value: value.name if isinstance(value, FailureKind) else "",
)
def test_one_bad_window_costs_itself_and_the_end_before_it(fakes, client_of, span, error, kind):
    """A year that fails is unknown with its reason, and so is what may follow the last sample before it."""
    archive = fakes.DayArchive(*(fakes.hourly(f"{year}-06-01", 24) for year in (2021, 2022, 2023)))

    def answer(url, params):
        return error if params["from"].startswith("2022") else archive.answer(url, params)

    reading = client_of(answer).read(fakes.PV, span("2021-01-01", "2024-01-01"))
    assert [(failure.kind, failure.range) for failure in reading.failures] == [
        (kind, TimeRange(start=int(reading.samples.time[23]) + 1, end=fakes.instant("2022-01-01"))),
        (kind, span("2022-01-01", "2023-01-01")),
    ]
    assert "its end could not be checked" in reading.failures[0].message
    assert len(reading.samples) == 48


def test_a_bad_window_between_equal_stamps_costs_only_itself(fakes, client_of, span):
    """When a later look-back is the last sample before the failure, nothing is missing before it."""
    archive = fakes.DayArchive(fakes.hourly("2021-06-01", 24))

    def answer(url, params):
        return Reply(500, {}, b"") if params["from"].startswith("2022") else archive.answer(url, params)

    reading = client_of(answer).read(fakes.PV, span("2021-01-01", "2024-01-01"))
    assert [failure.range for failure in reading.failures] == [span("2022-01-01", "2023-01-01")]


def test_a_closing_second_that_fails_leaves_the_end_open(fakes, client_of, span):
    """An error 500 for the closing second alone: the samples are there, what follows them is not vouched for."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 10))
    broken = Reply(500, {}, b"")
    client = client_of(
        lambda url, params: broken if params["from"] == "2024-05-02T00:00:00.000Z" else archive.answer(url, params)
    )
    reading = client.read(fakes.PV, span("2024-05-01", "2024-05-02"))
    assert (kinds(reading), len(reading.samples)) == ([FailureKind.REPLY], 10)
    assert "its end could not be checked" in reading.failures[0].message
    assert reading.failures[0].range.start == int(reading.samples.time[-1]) + 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionFailed("gone", url=URL), FailureKind.CUT_SHORT),
        (LengthError("longer", url=URL), FailureKind.CUT_SHORT),
        (ReadTimeout("silent", url=URL), FailureKind.TIMEOUT),
    ],
    ids=["broken-off", "longer", "silent"],
)
def test_a_body_that_breaks_off_keeps_what_came(fakes, client_of, span, monkeypatch, error, kind):
    """Samples before the break are good and known; what follows the last of them is not."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 10))
    client = client_of(archive)
    monkeypatch.setattr("archredundancy.client.retrieval.retrieval._EXTRA_REQUESTS", 0)
    whole = client._transport.stream

    def broken(url, params):
        def blocks(reply):
            body = b"".join(reply.blocks)
            yield body[:-5]
            if params[1][1] < "2024-05-02":
                raise error
            yield body[-5:]

        class Context:
            def __enter__(self):
                self.inner = whole(url, params)
                reply = self.inner.__enter__()
                return type(reply)(reply.status, reply.headers, blocks(reply))

            def __exit__(self, *exc):
                return self.inner.__exit__(*exc)

        return Context()

    monkeypatch.setattr(client._transport, "stream", broken)
    reading = client.read(fakes.PV, span("2024-05-01", "2024-05-02"))
    assert kinds(reading) == [kind]
    assert reading.samples.value.tolist() == list(range(9))
    assert reading.failures[0].range.start == int(reading.samples.time[-1]) + 1


def test_damage_is_bounded_by_the_samples_around_it(fakes, client_of, span):
    """A spoilt line in a block is unknown from the sample before it to the sample after it, no further."""
    samples = fakes.hourly("2024-05-01", 20)
    lines = fakes.chunk(samples, 2024).split(b"\n")
    lines[8] = b"\xff\xff"
    body = b"\n".join(lines)
    archive = fakes.DayArchive(samples)
    client = client_of(lambda url, params: archive.answer(url, params) if params["from"] > "2024-05-02" else body)
    reading = client.read(fakes.PV, span("2024-05-01", "2024-05-02T12:00:00Z"))
    assert kinds(reading) == [FailureKind.DAMAGED]
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
    assert (kinds(reading), len(reading.known)) == ([FailureKind.DAMAGED], 0)


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


def test_raw_chunks_come_as_they_are(fakes, client_of, span):
    """The low-level call gives headers and blocks of one answer, the sample before the start included."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 48))
    events = list(client_of(archive).raw_chunks(fakes.PV, span("2024-05-01T12:00:00Z", "2024-05-02T12:00:00Z")))
    assert [type(event) for event in events] == [ChunkStarted, ChunkStarted, SampleBlock, ChunkStarted, SampleBlock]
    assert np.concatenate([each.samples.value for each in events if isinstance(each, SampleBlock)])[0] == 11


@pytest.mark.parametrize(
    ("status", "error", "match"),
    [
        (404, UnknownPVError, "does not know the PV 'X:Y'"),
        (503, NotReadyError, "is starting"),
        (500, ReplyError, "answered 500"),
        (302, ReplyError, "answered 302"),
    ],
)
def test_raw_chunks_raise_typed_errors(fakes, client_of, span, status, error, match):
    """Below `read` a status is an error of its own type with the PV and URL in it."""
    with pytest.raises(error, match=match) as caught:
        list(
            client_of(lambda url, params: Reply(status, {}, b"")).raw_chunks(fakes.PV, span("2024-05-01", "2024-05-02"))
        )
    assert (caught.value.status, caught.value.url) == (status, f"{URL}/data/getData.raw")


def test_a_misused_client_raises(fakes, client_of, span):
    """What the caller did wrong is not turned into a failure of the cluster."""
    with pytest.raises(InputError, match="closed"):
        client_of(lambda url, params: InputError("transport is closed")).read(
            fakes.PV, span("2024-05-01", "2024-05-02")
        )


def test_search_asks_for_all_names_of_this_cluster(fakes, client_of):
    """Glob, no limit of 500, no names of other servers; sorted, each once."""
    client = client_of(lambda url, params: b'["B:1","A:\xb5","B:1"]')
    client._transport.answer = lambda url, params: Reply(
        200, {"content-type": "application/json;charset=ISO-8859-1"}, b'["B:1","A:\xb5","B:1"]'
    )
    assert client.search("*:?") == ["A:µ", "B:1"]
    assert client.requests == [
        (f"{URL}/bpl/getMatchingPVs", {"pv": "*:?", "limit": "-1", "skipExternalServers": "true"})
    ]
    assert client.matching_pvs("*", limit=2) == ["A:µ", "B:1"]
    assert client.requests[-1][1]["limit"] == "2"


@pytest.mark.parametrize(("body", "expected"), [(b'{"status":"true"}', True), (b'{"status":"false"}', False)])
def test_is_archiving_reads_the_text(fakes, client_of, body, expected):
    """The reply holds the text `true` or `false`."""
    assert client_of(lambda url, params: body).is_archiving(fakes.PV) is expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [(Reply(200, {}, b"Pong"), True), (Reply(404, {}, b""), False), (Reply(200, {}, b"<html>"), False)],
)
def test_ping_wants_a_pong(client_of, reply, expected):
    """Only the web application's own word counts."""
    client = client_of(lambda url, params: reply)
    assert client.ping() is expected
    assert client.requests == [(f"{URL}/ping", {})]


def test_metadata_of_a_paused_pv_is_empty(fakes, client_of):
    """The engine has nothing to say of a paused PV, and the appliance answers with an empty body."""
    assert client_of(lambda url, params: b"").metadata(fakes.PV) == {}
    assert client_of(lambda url, params: b'{"ENUM_0":"Off"}').metadata(fakes.PV) == {"ENUM_0": "Off"}
    with pytest.raises(UnknownPVError, match="X:Y"):
        client_of(lambda url, params: Reply(404, {}, b"")).metadata(fakes.PV)


def test_a_client_shows_where_it_asks():
    """The text of a client names cluster and URL, never a password."""
    client = RetrievalClient("http://me:secret@host:17668/retrieval/", None, name="primary")
    assert repr(client) == "<RetrievalClient primary at http://host:17668/retrieval>"
