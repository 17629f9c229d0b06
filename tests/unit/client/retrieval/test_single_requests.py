"""What is asked of a retrieval interface in one request: raw chunks, names, and what it says of a PV."""

import numpy as np
import pytest

from archredundancy.client import Reply, RetrievalClient
from archredundancy.errors import NotReadyError, ReplyError, UnknownPVError
from archredundancy.wire import ChunkStarted, SampleBlock

URL = "http://host:17668/retrieval"


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
