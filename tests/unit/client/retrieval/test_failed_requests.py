"""Readings where a request gets no answer, or half of one."""

import pytest

from archredundancy.client import Reply
from archredundancy.errors import ConnectionFailed, InputError, LengthError, ReadTimeout
from archredundancy.model import FailureKind, TimeRange

URL = "http://host:17668/retrieval"


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
    assert (fakes.kinds(reading), len(reading.samples)) == ([FailureKind.REPLY], 10)
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
    assert fakes.kinds(reading) == [kind]
    assert reading.samples.value.tolist() == list(range(9))
    assert reading.failures[0].range.start == int(reading.samples.time[-1]) + 1


def test_a_misused_client_raises(fakes, client_of, span):
    """What the caller did wrong is not turned into a failure of the cluster."""
    with pytest.raises(InputError, match="closed"):
        client_of(lambda url, params: InputError("transport is closed")).read(
            fakes.PV, span("2024-05-01", "2024-05-02")
        )
