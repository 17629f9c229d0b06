"""Calls that change something: recorded before and after, sent once, never taken for done without saying so."""

import json
from typing import Any

import pytest

from archredundancy.client import Committer, Reply
from archredundancy.errors import (
    ArchRedundancyError,
    ConnectionFailed,
    InputError,
    NotReadyError,
    ReadTimeout,
    RefusedError,
    ReplyError,
    StillRunningError,
)

URL = "http://host:17665/mgmt/bpl"
OTHER = "http://user:secret@other:17668/token/retrieval"
LATIN = {"content-type": "application/json;charset=ISO-8859-1"}


class Network:
    """Answers every command with one thing, and remembers in which order things happened."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.events: list[tuple[Any, ...]] = []

    def command(self, url: str, params: Any = (), *, timeout: float | None = None, body: bytes | None = None) -> Reply:
        self.events.append(("sent", url.removeprefix(URL), dict(params), timeout))
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, Reply):
            return self.answer
        return Reply(200, LATIN, self.answer if isinstance(self.answer, bytes) else json.dumps(self.answer).encode())

    def intent(self, call: str, **facts: Any) -> None:
        self.events.append(("intent", call, facts))

    def outcome(self, call: str, **facts: Any) -> None:
        self.events.append(("outcome", call, facts))


def make(answer: Any) -> tuple[Committer, Network]:
    network = Network(answer)
    return Committer(f"{URL}/", network, network, timeout=7), network


CALLS = {
    "pauseArchivingPV": (lambda committer: committer.pause("A:µ"), {"pv": "A:µ"}),
    "resumeArchivingPV": (lambda committer: committer.resume("A:µ"), {"pv": "A:µ"}),
    "consolidateDataForPV": (lambda committer: committer.consolidate("A:µ", "LTS"), {"pv": "A:µ", "storage": "LTS"}),
    "mergeInData": (
        lambda committer: committer.merge_in_data("A:µ", OTHER, "LTS"),
        {"pv": "A:µ", "other": OTHER, "storage": "LTS"},
    ),
}
OK = {"pvName": "A:µ", "status": "ok"}


@pytest.mark.parametrize("call", CALLS)
def test_each_call_is_recorded_before_and_after(call: str) -> None:
    """First the intent, then the request, then what came of it."""
    committer, network = make(OK)
    reply = CALLS[call][0](committer)
    assert reply.ok and reply.call == call and reply.pv == "A:µ"
    reply.require()
    assert [event[0] for event in network.events] == ["intent", "sent", "outcome"]
    assert network.events[1] == ("sent", f"/{call}", CALLS[call][1], 7)
    assert network.events[2] == ("outcome", call, {"ok": True, "validation": ""})


def test_a_probe_is_connected_or_not() -> None:
    """The probe wants the word Connected; everything else is no."""
    committer, network = make({"Connected": "ok", "desc": "x", "archives": "pbraw"})
    assert committer.probe_external_server("http://me:40000/token/retrieval").ok
    assert network.events[1][2] == {
        "externalarchiverserverurl": "http://me:40000/token/retrieval",
        "externalServerType": "ARCHAPPL_PBRAW",
    }
    assert not make({"validation": "Exception pinging"})[0].probe_external_server(OTHER).ok


def test_no_secret_is_recorded() -> None:
    """Of the other's URL only host and port are written down: neither user, password nor path."""
    committer, network = make(OK)
    committer.merge_in_data("A", OTHER, "LTS")
    assert network.events[0][2]["other"] == "other:17668"
    assert "secret" not in str(network.events[0]) and "token" not in str(network.events[0])


@pytest.mark.parametrize("call", ["pauseArchivingPV", "resumeArchivingPV", "consolidateDataForPV"])
@pytest.mark.parametrize(
    "answer", [b"null", b"", b"[]", b'"ok"', b"{", {}, {"status": "no"}, {"status": "ok", "validation": "but"}]
)
def test_nothing_but_ok_is_ok(call: str, answer: Any) -> None:
    """`null`, an empty body, other JSON, and an "ok" with a reason are not taken for done."""
    reply = CALLS[call][0](make(answer)[0])
    assert not reply.ok
    with pytest.raises(RefusedError, match="was not done") as caught:
        reply.require()
    assert caught.value.pv == "A:µ" and caught.value.call == call


def test_a_validation_says_why() -> None:
    """The appliance's reason is in the error, in whatever letters: its replies are ISO-8859-1."""
    answer = Reply(200, LATIN, '{"pvName":"A:µ","validation":"PV A:µ is already paused"}'.encode("latin-1"))
    reply = make(answer)[0].pause("A:µ")
    assert reply.validation == "PV A:µ is already paused"
    with pytest.raises(RefusedError, match="A:µ is already paused"):
        reply.require()


@pytest.mark.parametrize("call", ["pauseArchivingPV", "resumeArchivingPV", "consolidateDataForPV"])
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Reply(500, {}, b"<html>"), ReplyError),
        (Reply(302, {"location": "http://elsewhere"}, b""), ReplyError),
        (Reply(503, {}, b""), NotReadyError),
        (ConnectionFailed("refused", url=URL, sent=False), ConnectionFailed),
        (ReadTimeout("silent", url=URL), ReadTimeout),
    ],
)
def test_failures_are_typed_and_recorded(call: str, answer: Any, error: type[ArchRedundancyError]) -> None:
    """Whatever goes wrong is raised as what it is, and written down with whether the call may have arrived."""
    committer, network = make(answer)
    with pytest.raises(error):
        CALLS[call][0](committer)
    kind, name, facts = network.events[-1]
    assert (kind, name, facts["error"]) == ("outcome", call, error.kind)
    assert facts["sent"] is not (isinstance(answer, ConnectionFailed) and not answer.sent)


@pytest.mark.parametrize(
    "answer",
    [
        ReadTimeout("silent", url=URL),
        ConnectionFailed("broke off", url=URL),
        Reply(502, {}, b"Bad Gateway"),
        Reply(504, {}, b"Gateway Timeout"),
        b"null",
        b"",
        b'{"status": "o',
        {"status": "no"},
    ],
)
def test_a_merge_without_a_word_of_its_end_may_still_be_running(answer: Any) -> None:
    """A time-out, a torn answer, a gateway's error and `null` of another member do not tell that the merge is over."""
    with pytest.raises(StillRunningError, match="may still be running") as caught:
        make(answer)[0].merge_in_data("A", OTHER, "LTS")
    assert caught.value.pv == "A" and caught.value.call == "mergeInData"
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_a_merge_that_failed_is_over(status: int) -> None:
    """With these the appliance itself says that it did not merge, or gave up."""
    with pytest.raises(ReplyError):
        make(Reply(status, {}, b""))[0].merge_in_data("A", OTHER, "LTS")


def test_a_merge_that_never_arrived_is_not_running() -> None:
    """Where there was no connection there is no merge."""
    with pytest.raises(ConnectionFailed, match="nobody there"):
        make(ConnectionFailed("nobody there", url=URL, sent=False))[0].merge_in_data("A", OTHER, "LTS")


def test_a_refused_merge_is_an_answer() -> None:
    """A validation, such as for a PV that is not paused, tells that nothing was done."""
    reply = make({"validation": "Need to pause PV before changing type for A"})[0].merge_in_data("A", OTHER, "LTS")
    assert not reply.ok and reply.validation.startswith("Need to pause")


@pytest.mark.parametrize("pv", ["", "A*", "A,B", "A?"])
@pytest.mark.parametrize("call", ["pause", "resume", "consolidate", "merge_in_data"])
def test_names_that_mean_several_are_refused(call: str, pv: str) -> None:
    """A glob or a comma would pause more than one PV; nothing is recorded or sent."""
    committer, network = make(OK)
    arguments = {"consolidate": ["LTS"], "merge_in_data": [OTHER, "LTS"]}.get(call, [])
    with pytest.raises(InputError, match="one plain name"):
        getattr(committer, call)(pv, *arguments)
    assert network.events == []


def test_other_takes_no_query() -> None:
    """With `?mergeDuringRetrieval=true` mergeInData fails; it is refused before."""
    committer, network = make(OK)
    with pytest.raises(InputError, match="plain retrieval URL"):
        committer.merge_in_data("A", "http://other/retrieval?mergeDuringRetrieval=true", "LTS")
    assert network.events == []


def test_what_cannot_be_recorded_is_not_sent() -> None:
    """A full disk ends a call before it is made."""
    committer, network = make(OK)

    def fail(call: str, **facts: Any) -> None:
        raise OSError("no space left on device")

    network.intent = fail  # type: ignore[method-assign]
    with pytest.raises(OSError, match="no space left"):
        committer.pause("A")
    assert network.events == []


def test_each_trap_of_merging_is_told() -> None:
    """The docstring of `merge_in_data` has a line for each pitfall of the appliance."""
    told = Committer.merge_in_data.__doc__ or ""
    for word in ("consolidation", "last second", "No file is created", "Types", "`from` and `to`", "black hole"):
        assert word in told
    for word in ("future", "cut short", "post-processors", "`repeatcount`", "not encoded", "memory", "no lock", "undo"):
        assert word in told
