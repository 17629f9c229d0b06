"""Calls that change where a PV is stored: what is sent, what counts as done, and what nobody can know."""

import json
from typing import Any

import pytest

from archredundancy.client import Reply, StoreCommitter
from archredundancy.errors import ConnectionFailed, InputError, ReplyError, StillRunningError
from archredundancy.model import TimeRange, parse_time

URL = "http://host:17665/mgmt/bpl"
STORE = "pb://localhost?name=LTS&rootFolder=/a b&partitionGranularity=PARTITION_YEAR"
SPAN = TimeRange(start=parse_time("2023-01-01", now=0), end=parse_time("2025-01-01", now=0))


class Network:
    """Answers every command with one thing, and remembers what was sent and recorded."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.sent: list[tuple[str, dict[str, str], bytes | None]] = []
        self.recorded: list[dict[str, Any]] = []

    def command(self, url: str, params: Any = (), *, timeout: float | None = None, body: bytes | None = None) -> Reply:
        self.sent.append((url.removeprefix(URL), dict(params), body))
        if isinstance(self.answer, Exception):
            raise self.answer
        return Reply(200, {}, self.answer) if isinstance(self.answer, bytes) else self.answer

    def intent(self, call: str, **facts: Any) -> None:
        self.recorded.append(facts)

    def outcome(self, call: str, **facts: Any) -> None:
        self.recorded.append(facts)


def make(answer: Any) -> tuple[StoreCommitter, Network]:
    network = Network(answer)
    return StoreCommitter(URL, network, network), network


def test_pointing_a_store_elsewhere_is_answered_by_nothing() -> None:
    """An empty answer is success; any other is none."""
    committer, network = make(b"")
    committer.point_store("A", "LTS", STORE).require()
    assert network.sent == [("/modifyStoreURLForPV", {"pv": "A", "storage": "LTS", "plugin_url": STORE}, None)]
    assert not make(b'{"status":"no"}')[0].point_store("A", "LTS", STORE).ok


def test_moving_files_without_an_answer_may_go_on() -> None:
    """As a merge does: the client's end is not the server's."""
    committer, network = make(b'{"status":"ok"}')
    assert committer.change_store("A", "LTS", STORE).ok
    assert network.sent[0][:2] == ("/changeStore", {"pv": "A", "storage": "LTS", "newbackend": STORE})
    for answer in (ConnectionFailed("gone", url=URL), b"null", Reply(502, {}, b"")):
        with pytest.raises(StillRunningError, match="changeStore of A"):
            make(answer)[0].change_store("A", "LTS", STORE)
    with pytest.raises(ReplyError):
        make(Reply(400, {}, b""))[0].change_store("A", "LTS", STORE)


def test_an_import_names_its_source_as_the_appliance_wants_it() -> None:
    """The URL of raw data is encoded once more inside the URL of the source; its path is not recorded."""
    committer, network = make(b'{"pvName":"A","status":"ok"}')
    assert committer.import_data("A", "http://me:1/secret/retrieval", "LTS", SPAN).ok
    ((call, params, _),) = network.sent
    assert call == "/importDataFromPlugin"
    assert params["src"] == (
        "pbraw://localhost?name=O&rawURL=http%3A%2F%2Fme%3A1%2Fsecret%2Fretrieval%2Fdata%2FgetData.raw"
        "&skipExternalServers=true"
    )
    assert (params["from"], params["to"]) == ("2023-01-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z")
    assert params["dest"] == "LTS"
    assert "secret" not in str(network.recorded)


def test_a_saved_configuration_is_posted_whole() -> None:
    """With override, and not as a new PV."""
    committer, network = make(b'{"pvName":"A"}')
    committer.put_type_info("A", {"pvName": "A", "paused": "true"}).require()
    ((call, params, body),) = network.sent
    assert (call, params) == ("/putPVTypeInfo", {"pv": "A", "override": "true", "createnew": "false"})
    assert body is not None
    assert json.loads(body) == {"pvName": "A", "paused": "true"}


@pytest.mark.parametrize("pv", ["A,B", "A*", ""])
def test_names_that_mean_several_are_refused(pv: str) -> None:
    """One PV at a time is moved."""
    committer, network = make(b"")
    with pytest.raises(InputError, match="cannot be changed"):
        committer.point_store(pv, "LTS", STORE)
    assert network.sent == []
