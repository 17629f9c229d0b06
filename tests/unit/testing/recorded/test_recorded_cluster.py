"""A recorded cluster answers what was recorded, and refuses what was not."""

import pytest

from archredundancy.model import format_time
from archredundancy.testing import open_recording, recording_names
from archredundancy.testing.recorded.recorded_cluster import RecordedTransport
from archredundancy.wire import read_chunks

if "20_live" not in recording_names():
    pytest.skip("the recording is not in this folder", allow_module_level=True)
RECORDING = open_recording("20_live")
WINDOW = {"from": "2026-11-22T21:32:02.000Z", "to": "2026-11-22T21:37:53.000Z"}


def ask(path, **query):
    """Status and body of an answer of P."""
    reply = RecordedTransport(RECORDING, "P").get(f"http://recorded{path}", list(query.items()))
    return reply.status, reply.body


def times(**window):
    """Stamps of an answer about LIVE:COUNT."""
    status, body = ask("/retrieval/data/getData.raw", pv="LIVE:COUNT", **window, skipExternalServers="true")
    assert status == 200
    return [int(time) for chunk in read_chunks(body) for time in chunk.samples.time]


def test_what_was_asked_is_answered_as_it_was():
    """The first of several equal requests counts, which came before the merge: 317 samples, not 453."""
    recorded = next(step for step in RECORDING.steps if step.get("path", "").startswith("/mgmt/bpl/getStoresForPV"))
    assert ask("/mgmt/bpl/getStoresForPV", pv="LIVE:SINE") == (200, RECORDING.body(recorded))
    assert len(times(**WINDOW)) == 317


def test_a_shorter_window_gets_its_samples_and_the_one_before():
    """As the server would answer; a sample at the start of the window needs none before it."""
    whole = times(**WINDOW)
    at = {"from": format_time(whole[100]), "to": format_time(whole[103])}
    assert times(**at) == whole[100:104]
    assert times(**(at | {"from": format_time(whole[100] - 1)})) == whole[99:104]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/mgmt/bpl/getPVTypeInfo", {"pv": "LIVE:NONE"}),
        ("/mgmt/bpl/getAllPVs", {}),
        ("/retrieval/data/getData.raw", {"pv": "LIVE:COUNT", **WINDOW}),
        (
            "/retrieval/data/getData.raw",
            {"pv": "LIVE:COUNT", **WINDOW, "to": "2026-11-22T21:37:54Z", "skipExternalServers": "true"},
        ),
    ],
)
def test_what_was_not_asked_is_not_found(path, query):
    """Another PV, another call, the merged answer, a window that reaches further: none of them was recorded."""
    assert ask(path, **query) == (404, b"")
