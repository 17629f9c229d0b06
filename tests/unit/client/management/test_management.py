"""Management replies as the appliance writes them, to dataclasses."""

import json
import re
from pathlib import Path

import pytest

import archredundancy.client
from archredundancy.client import ManagementClient, PausedPV, PVStatus, Reply, Versions
from archredundancy.errors import InputError, NotReadyError, ReplyError, UnknownPVError
from archredundancy.model import DbrType, Granularity

URL = "http://host:17665/mgmt/bpl"
#: Calls that change something, or make the appliance do so (`mgmt.BPLServlet`).
CHANGING = [
    "abortArchivingPV",
    "addAlias",
    "addExternalArchiverServer",
    "appendAndAliasPV",
    "archivePV",
    "changeArchivalParameters",
    "changeStore",
    "changeTypeForPV",
    "cleanUpAnyImmortalChannels",
    "consolidateDataForPV",
    "deletePV",
    "importChannelArchiverConfig",
    "importConfig",
    "importDataFromPlugin",
    "mergeInData",
    "modifyMetaFields",
    "modifyStoreURLForPV",
    "pauseArchivingPV",
    "putPVTypeInfo",
    "reassignAppliance",
    "removeAlias",
    "removeExternalArchiverServer",
    "renamePV",
    "resetFailoverCaches",
    "reshardPV",
    "resumeArchivingPV",
    "setNamedFlag",
]


@pytest.fixture
def client_of(fakes):
    """A client of a body, or of a function that answers."""

    def make(answer):
        body = answer if isinstance(answer, (bytes, Reply)) else json.dumps(answer).encode()
        transport = fakes.FakeTransport(answer if callable(answer) else lambda url, params: body)
        client = ManagementClient(URL + "/", transport)
        client.requests = transport.requests
        return client

    return make


def test_only_commands_name_calls_that_change_anything():
    """All other source of the client reads: it names no changing call, sends no command, posts names alone."""
    folder = Path(archredundancy.client.__file__).parent
    sources = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.py")}
    commands = [sources.pop(name) for name in sorted(sources) if name.startswith("commands/")]
    assert len(sources) > 30 and any(call in source for source in commands for call in CHANGING)
    assert {(name, call) for name, source in sources.items() for call in CHANGING if call in source} == set()
    assert not any(word in source for source in sources.values() for word in (".post(", ".command(url", ".put("))
    assert [name for name, source in sources.items() if '"POST"' in source] == ["http/http_transport.py"]
    assert [name for name, source in sources.items() if ".send_names(" in source] == ["management/bpl_client.py"]
    posted = [call for source in sources.values() for call in re.findall(r"_of_names\((\S+),", source)]
    assert sorted(posted) == ['"archivedPVs"', '"archivedPVsNotInList"', '"unarchivedPVs"', "self"]


def test_appliance_info_is_read(client_of):
    """Identity, URLs and version of the member asked; the list of members has no version."""
    info = {
        "identity": "primary0",
        "mgmtURL": "http://127.0.0.1:17665/mgmt/bpl",
        "dataRetrievalURL": "http://127.0.0.1:17665/retrieval",
        "version": "Archiver Appliance Version a7a938e5",
    }
    client = client_of(info)
    found = client.appliance_info()
    assert (found.identity, found.data_retrieval_url) == ("primary0", "http://127.0.0.1:17665/retrieval")
    assert found.version.endswith("a7a938e5")
    assert client.requests == [(f"{URL}/getApplianceInfo", {})]
    del info["version"]
    assert [entry.version for entry in client_of([info]).appliances_in_cluster()] == [""]


def test_all_names_are_asked_for(client_of):
    """Without a limit the server would stop at 500 names."""
    client = client_of(["B", "A"])
    assert client.all_pvs("SR:*") == ["A", "B"]
    assert client.requests == [(f"{URL}/getAllPVs", {"pv": "SR:*", "limit": "-1"})]


def test_json_without_a_bottom_is_an_answer_that_cannot_be_used(client_of):
    """As is any other that is none."""
    with pytest.raises(ReplyError, match="is no JSON list"):
        client_of(b"[" * 1_000_000).all_pvs()


def test_lists_of_names_are_compared_with_those_of_the_cluster(client_of):
    """By calls that only take them by POST; one of them answers without quotes."""
    client = client_of(["B", "A"])
    assert client.archived_pvs(["A", "B", "C"]) == client.archived_pvs_not_in(["D"]) == ["A", "B"]
    assert client.requests == [
        (f"{URL}/archivedPVs", {"names": "A,B,C"}),
        (f"{URL}/archivedPVsNotInList", {"names": "D"}),
    ]
    assert client_of(b"[C, A]").unarchived_pvs(["A", "B", "C"]) == ["A", "C"]
    assert client_of(b"[]").unarchived_pvs(["A"]) == []


@pytest.mark.parametrize("body", [b"", b"A", b"[A", b"[elsewhere]", b"<html>no</html>"])
def test_a_list_of_names_is_not_guessed(client_of, body):
    """Names that were not asked for, or no list: no answer."""
    with pytest.raises(ReplyError, match="is no list of names"):
        client_of(body).unarchived_pvs(["A"])


def test_status_of_several_pvs_comes_in_their_order(client_of):
    """Known, running and unknown PVs; the server's order and omissions do not matter."""
    client = client_of([
        {"appliance": "p0", "pvName": "B", "pvNameOnly": "A", "status": "Paused"},
        {
            "pvName": "A", "pvNameOnly": "A", "status": "Being archived", "appliance": "p0", "connectionState": "true",
            "lastEvent": "Nov/22/2026 21:22:46 UTC",
        },
    ])  # fmt: skip
    running, gone, alias = client.pv_status(["A", "none", "B"])
    assert client.requests == [(f"{URL}/getPVStatus", {"pv": "A,none,B"})]
    assert (running.status, running.connected, running.last_event) == ("Being archived", True, 1795382566 * 10**9)
    assert gone == PVStatus(
        pv="none", status="Not being archived", real_name=None, appliance=None, connected=None, last_event=None
    )
    assert (alias.real_name, alias.connected, alias.appliance) == ("A", None, "p0")


def test_one_object_counts_as_a_list_of_one(client_of):
    """A comma list or glob that comes down to one PV is answered with an object."""
    assert client_of({"pvName": "A", "status": "Paused"}).pv_status(["A"])[0].status == "Paused"


def test_many_names_go_in_several_requests(client_of):
    """A URL must stay below Tomcat's 8 KiB."""
    client = client_of([])
    assert len(client.pv_status([f"SR:BPM:{number}" for number in range(120)])) == 120
    assert len(client.requests) == 3


@pytest.mark.parametrize("name", ["A,B", "A*", "A?", ""])
def test_names_that_mean_several_are_refused(client_of, name):
    """The call would answer for other PVs than the one that was meant."""
    with pytest.raises(InputError, match=r"the status of .* cannot be asked for"):
        client_of([]).pv_status(["A", name])


def test_type_info_is_read(client_of):
    """Everything comes as text."""
    info = {
        "pvName": "A",
        "DBRType": "DBR_WAVEFORM_BYTE",
        "creationTime": "2020-01-01T00:00:00.000Z",
        "elementCount": "4",
    }
    found = client_of(info).type_info("A")
    assert (found.dbr_type, found.element_count) == (DbrType.WAVEFORM_BYTE, 4)


def test_stores_are_read_by_name(client_of):
    """Each URL is taken apart."""
    url = "pb://localhost?name=MTS&rootFolder=/mts&partitionGranularity=PARTITION_DAY&hold=2&gather=1"
    stores = client_of({"MTS": url}).stores("A")
    assert (stores["MTS"].granularity, stores["MTS"].hold) == (Granularity.DAY, 2)


def test_the_pause_report_is_read(client_of):
    """Times are the server's, to the second."""
    client = client_of([{"pvName": "A", "instance": "p0", "modificationTime": "Nov/22/2026 21:21:05 UTC"}])
    assert client.paused_pvs() == [PausedPV(pv="A", appliance="p0", modified=1795382465 * 10**9)]
    assert client.requests == [(f"{URL}/getPausedPVsReport", {})]


def test_versions_are_read(client_of):
    """A part that is down is missing."""
    assert client_of({"mgmt_version": "V1", "etl_version": "V2"}).versions() == Versions(
        mgmt="V1", engine="", etl="V2", retrieval=""
    )


@pytest.mark.parametrize(
    ("url", "merges"), [("http://h/retrieval?mergeDuringRetrieval=true", True), ("http://h/retrieval", False)]
)
def test_external_servers_are_read(client_of, url, merges):
    """Whether an appliance merges another's samples stands in the URL's query."""
    (server,) = client_of([{"indexes": "pbraw", "CAUrl": url}]).external_servers()
    assert (server.url, server.archives, server.merges) == (url, "pbraw", merges)


def test_latin_1_is_decoded_by_its_header(client_of):
    """Management replies are ISO-8859-1 and say so: µ is one byte, B5."""
    reply = Reply(200, {"content-type": "application/json;charset=ISO-8859-1"}, b'["X:\xb5"]')
    assert client_of(reply).all_pvs() == ["X:µ"]
    reply = Reply(200, {"content-type": "application/json"}, '["X:µ"]'.encode())
    assert client_of(reply).all_pvs() == ["X:µ"]


@pytest.mark.parametrize(
    ("reply", "match"),
    [
        (Reply(200, {}, b"[none]"), r"is no JSON list: it begins with '\[none\]'"),
        (Reply(200, {}, b""), "is no JSON list: it is empty"),
        (Reply(200, {}, b"null"), "is no JSON list: it begins with 'null'"),
        (Reply(200, {}, b"\xff\xfe"), "is no JSON list"),
        (Reply(200, {"content-type": "application/json;charset=klingon"}, b"[]"), "is no JSON list"),
        (Reply(200, {}, b"<html>" + b"x" * 5000), "is no JSON list: it begins with '<html>x{194}'"),
        (Reply(200, {}, b'["not an object"]'), "answered something that cannot be understood"),
        (Reply(200, {}, b'[{"instance":"p0"}]'), "KeyError.'pvName'"),
        (Reply(500, {}, b"<html><p><b>Message</b> No &amp; no</p></html>"), "answered 500: No & no; check"),
        (Reply(500, {}, b"<html>nothing to say</html>"), "answered 500; check"),
        (Reply(502, {}, b"bad gateway"), "answered 502: bad gateway; check"),
    ],
)  # fmt: skip
def test_answers_that_cannot_be_used_say_why(client_of, reply, match):
    """Rubbish, nothing, `null` of a failed proxy call, error pages: a ReplyError with the start of it."""
    with pytest.raises(ReplyError, match=match) as caught:
        client_of(reply).paused_pvs()
    assert caught.value.url == f"{URL}/getPausedPVsReport"


@pytest.mark.parametrize("call", ["type_info", "stores"])
def test_a_pv_that_is_not_known_is_told_by_type(client_of, call):
    """404 for a PV is an UnknownPVError with its name; an object is expected otherwise."""
    with pytest.raises(UnknownPVError, match="does not know the PV 'A'") as caught:
        getattr(client_of(Reply(404, {}, b"")), call)("A")
    assert caught.value.pv == "A"
    with pytest.raises(ReplyError, match="is no JSON object"):
        getattr(client_of(b"null"), call)("A")
    with pytest.raises(ReplyError, match="cannot be understood"):
        getattr(client_of(b'{"LTS": "no url"}'), call)("A")


def test_a_starting_appliance_is_told_by_type(client_of):
    """503 means later."""
    with pytest.raises(NotReadyError, match="starting"):
        client_of(Reply(503, {}, b"")).versions()


def test_a_client_shows_where_it_asks():
    """Never with a password."""
    assert (
        repr(ManagementClient("http://me:secret@host/mgmt/bpl/", None)) == "<ManagementClient at http://host/mgmt/bpl>"
    )
