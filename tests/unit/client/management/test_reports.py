"""Reports of the management interface: tolerant of what appliances leave out or write in odd ways."""

import json

import pytest

from archredundancy.client import (
    Alias,
    ApplianceMetrics,
    ChangedPV,
    Detail,
    DisconnectedPV,
    DroppedEvents,
    LostConnections,
    ManagementClient,
    PendingPV,
    PVRate,
    Reply,
    SilentPV,
    StorageConsumed,
    StoreRoom,
    TimeSpan,
)
from archredundancy.errors import InputError, ReplyError, UnknownPVError

URL = "http://host:17665/mgmt/bpl"
SECOND = 10**9


@pytest.fixture
def client_of(fakes):
    """A client of an appliance that answers everything with one value."""

    def make(answer):
        body = answer if isinstance(answer, Reply) else json.dumps(answer).encode("latin-1")
        transport = fakes.FakeTransport(lambda url, params: body)
        client = ManagementClient(URL, transport)
        client.requests = transport.requests
        return client

    return make


LINES = {
    "aliases": ({"aliasName": "A", "srcPVName": "B"}, Alias(alias="A", pv="B"), "getAllAliases"),
    "disconnected_pvs": (
        {
            "pvName": "A", "instance": "p0", "lastKnownEvent": "Nov/22/2026 21:21:05 UTC", "hostName": "N/A",
            "connectionLostAt": "Nov/22/2026 21:21:06 UTC", "noConnectionAsOfEpochSecs": "1795382466",
        },
        DisconnectedPV(
            pv="A", appliance="p0", last_event=1795382465 * SECOND, lost=1795382466 * SECOND, host="N/A"
        ),
        "getCurrentlyDisconnectedPVs",
    ),
    "lost_connections": (
        {"pvName": "A", "instance": "p0", "lostConnections": "3", "currentlyConnected": "No"},
        LostConnections(pv="A", appliance="p0", count=3, connected=False),
        "getLostConnectionsReport",
    ),
    "slow_changing_with_dropped_events": (
        {"pvName": "A", "eventsDropped": "7", "totalEvents": 2},
        DroppedEvents(pv="A", dropped=7, archived=2),
        "getSlowChangingPVsWithDroppedEvents",
    ),
    "never_connected_pvs": (
        {
            "pvName": "A", "appliance": "p0", "currentState": "METAINFO_REQUESTED", "requestTime": "N/A",
            "startOfWorkflow": "Nov/22/2026 21:21:05 UTC",
        },
        PendingPV(pv="A", appliance="p0", state="METAINFO_REQUESTED", submitted=1795382465 * SECOND),
        "getNeverConnectedPVs",
    ),
    "silent_pvs": (
        {"pvName": "A", "instance": "p0", "lastKnownEvent": "Never"},
        SilentPV(pv="A", appliance="p0", last_event=None),
        "getSilentPVsReport",
    ),
    "recently_added_pvs": (
        {"pvName": "A", "instance": "p0", "creationTime": "Nov/22/2026 21:21:05 UTC"},
        ChangedPV(pv="A", appliance="p0", changed=1795382465 * SECOND),
        "getRecentlyAddedPVs",
    ),
    "recently_modified_pvs": (
        {"pvName": "A", "instance": "p0", "modificationTime": "Nov/22/2026 21:21:05 UTC"},
        ChangedPV(pv="A", appliance="p0", changed=1795382465 * SECOND),
        "getRecentlyModifiedPVs",
    ),
    "event_rates": ({"pvName": "A", "eventRate": "2.5"}, PVRate(pv="A", per_second=2.5), "getEventRateReport"),
    "storage_rates": (
        {"pvName": "A", "storageRate_KBperHour": "3600"}, PVRate(pv="A", per_second=1024.0), "getStorageRateReport"
    ),
    "storage_consumed": (
        {"pvName": "A", "instance": "p0", "storageConsumed": "1059", "storageConsumedInMB": "0"},
        StorageConsumed(pv="A", appliance="p0", size=1059),
        "getPVsByStorageConsumed",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("method", "line", "expected", "call"), [(name, *row) for name, row in LINES.items()])
def test_a_line_of_a_report_is_read(client_of, method, line, expected, call):
    """Numbers are text, times the server's to the second, never is none."""
    client = client_of([line])
    assert getattr(client, method)() == [expected]
    assert client.requests == [(f"{URL}/{call}", {})]


@pytest.mark.parametrize("method", LINES)
def test_a_line_may_lack_all_but_its_name(client_of, method):
    """Other versions leave keys out, or write null; what is not told is None or empty."""
    line = dict.fromkeys(LINES[method][0]) | {"pvName": "A", "aliasName": "A", "srcPVName": "B"}
    (found,) = getattr(client_of([line]), method)()
    assert getattr(found, "pv", None) in {"A", "B"}
    (found,) = getattr(client_of([{"pvName": "A", "aliasName": "A", "srcPVName": "B"}]), method)()
    assert {value for name, value in vars(found).items() if name not in {"pv", "alias"}} <= {None, ""}


@pytest.mark.parametrize("method", LINES)
def test_a_line_without_its_name_cannot_be_used(client_of, method):
    """Nothing can be said of nobody."""
    with pytest.raises(ReplyError, match=r"cannot be understood \(KeyError"):
        getattr(client_of([{"instance": "p0"}]), method)()


@pytest.mark.parametrize(
    ("reason", "call"),
    [
        ("timestamp", "getPVsByDroppedEventsTimestamp"),
        ("buffer", "getPVsByDroppedEventsBuffer"),
        ("type-change", "getPVsByDroppedEventsTypeChange"),
    ],
)
def test_dropped_samples_are_asked_for_by_reason(client_of, reason, call):
    """With as many lines as are wanted."""
    client = client_of([{"pvName": "A", "eventsDropped": "1,234"}])
    assert client.dropped_events(reason, limit=5) == [DroppedEvents(pv="A", dropped=1234, archived=None)]
    assert client.requests == [(f"{URL}/{call}", {"limit": "5"})]


def test_what_cannot_be_asked_for_is_refused(client_of):
    """With what is allowed."""
    with pytest.raises(InputError, match="reason='rain' is not known; allowed: timestamp, buffer, type-change"):
        client_of([]).dropped_events("rain")
    with pytest.raises(InputError, match="limit=-1 is not possible"):
        client_of([]).silent_pvs(limit=-1)


def test_time_spans_come_in_order_of_names(client_of):
    """First and last sample in seconds; 0 and nothing are none."""
    lines = {
        "B": {"pvName": "B", "paused": "false", "creationTS": "1577836800", "lastEvent": 1795382566},
        "A": {"pvName": "A", "paused": "true", "creationTS": "0"},
    }
    client = client_of(lines)
    assert client.time_spans("[AB]") == [
        TimeSpan(pv="A", first=None, last=None, paused=True),
        TimeSpan(pv="B", first=1577836800 * SECOND, last=1795382566 * SECOND, paused=False),
    ]
    assert client.requests == [(f"{URL}/getTimeSpanReport", {"regex": "[AB]"})]


def test_metrics_are_numbers_where_they_are_any(client_of):
    """`N/A` and `NaN` are none; the rest of the line is kept."""
    line = {"instance": "p0", "status": "Working", "pvCount": "8", "capacityUtilized": "N/A", "eventRate": "NaN"}
    assert client_of([line]).appliance_metrics() == [
        ApplianceMetrics(
            appliance="p0", status="Working", pv_count=8, connected=None, disconnected=None, events_per_second=None,
            bytes_per_second=None, capacity_percent=None, reply=line,
        )
    ]  # fmt: skip
    room = {"name": "STS", "total_space": "1,024.5", "available_space": "512", "available_space_percent": 50}
    client = client_of([room])
    expected = StoreRoom(store="STS", capacity=1024.5, available=512.0, available_percent=50.0, reply=room)
    assert client.store_room("p0") == [expected]
    assert client.requests == [(f"{URL}/getStorageMetricsForAppliance", {"appliance": "p0"})]


def test_flags_are_text_or_truth(client_of):
    """Recorded ones are JSON booleans, older ones text; a flag that is not told is not set."""
    assert client_of({"A": True, "B": "true", "C": "false"}).named_flags() == {"A": True, "B": True, "C": False}
    client = client_of({"A": True})
    assert client.named_flag("A") is True
    assert client.named_flag("B") is False
    assert client.requests[0] == (f"{URL}/getNamedFlag", {"name": "A"})


def test_members_are_asked_by_identity(client_of):
    """Versions and addresses of another member than the one that answers."""
    client = client_of({"identity": "q1", "mgmtURL": "m", "dataRetrievalURL": "r"})
    assert client.appliance_info("q1").identity == "q1"
    client.versions("q1")
    assert [params for _, params in client.requests] == [{"id": "q1"}, {"id": "q1"}]


def test_details_are_lines_in_latin_1(client_of):
    """A unit of one byte, and a value that is null."""
    body = '[{"name":"Units:","value":"µm","source":"mgmt"},{"name":"X","value":null}]'.encode("latin-1")
    client = client_of(Reply(200, {"content-type": "application/json;charset=ISO-8859-1"}, body))
    assert client.details("A") == [
        Detail(name="Units:", value="µm", source="mgmt"),
        Detail(name="X", value="", source=""),
    ]
    with pytest.raises(UnknownPVError, match="'A'"):
        client_of(Reply(404, {}, b"")).details("A")
