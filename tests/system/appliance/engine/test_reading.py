"""What an engine has in memory comes into answers, and what it counts into reports."""

import json
from urllib.parse import quote

import pytest

from archredundancy.appliance import Given, Sampled
from archredundancy.appliance.messages.message import decode_header, decode_sample
from archredundancy.model import NS_PER_SECOND, DbrType, format_time

START = 1767225600
FIELDS = {"EGU": "mm", "PREC": "3", "HIHI": "9.0", "DESC": "level"}


def window(start, end, form="raw"):
    times = [quote(format_time(round((START + second) * NS_PER_SECOND))) for second in (start, end)]
    return f"/retrieval/data/getData.{form}?pv=A:B&from={times[0]}&to={times[1]}"


def chunks(answer):
    """Each chunk's header fields and the seconds of its samples."""
    found = []
    for chunk in answer.removesuffix(b"\n").split(b"\n\n"):
        head, *lines = chunk.split(b"\n")
        header = decode_header(head)
        times = [
            decode_sample(line, header.dbr_type).time(header.year) / NS_PER_SECOND - START for line in lines if line
        ]
        found.append((dict(header.fields), times))
    return found


def test_samples_in_memory_come_last_under_a_header_with_live_fields(bench):
    """Those that were written last are in memory too, and are not sent twice (appliance.md B.5, golden/14_live)."""
    pair = bench(fields=FIELDS)
    pair.at(25.5)
    stored, memory = chunks(pair.ask(pair.primary, window(5, 30)))[-2:]
    assert stored == ({"PREC": "0"}, [float(second) for second in range(5, 21)])
    assert memory[0].items() >= {"EGU": "mm", "PREC": "3.0", "HIHI": "9.0", "EAA_COUNT": "1"}.items()
    assert memory[1] == [21.0, 22.0, 23.0, 24.0, 25.0]


def test_the_engine_is_not_asked_for_what_must_be_written_by_now(bench):
    """A window is old when it ended two writings ago (appliance.md B.2)."""
    pair = bench(fields=FIELDS)
    pair.at(40)
    assert all(fields == {"PREC": "0"} for fields, _ in chunks(pair.ask(pair.primary, window(0, 20))))
    assert "HIHI" in chunks(pair.ask(pair.primary, window(0, 21)))[-1][0]


def test_a_lost_connection_shows_in_the_header_while_nothing_is_in_memory(bench):
    """Else nothing tells of it (`GetEngineDataAction`)."""
    pair = bench(series=Given())
    pair.at(10)
    pair.primary.engine.disconnect()
    pair.at(20)
    ((fields, times),) = chunks(pair.ask(pair.primary, window(0, 20)))
    assert (fields["cnxlostepsecs"], times) == (str(START + 10), [])


def test_json_and_processors_see_the_memory_too(bench):
    """As all other samples."""
    pair = bench(fields=FIELDS)
    pair.at(25.5)
    (answer,) = json.loads(pair.ask(pair.primary, window(0, 26, "json")))
    assert [sample["val"] for sample in answer["data"]] == list(range(26))
    counted = chunks(pair.ask(pair.primary, window(0, 26) + "&pp=firstSample_10"))
    assert [second for _, times in counted for second in times] == [0.0, 10.0, 20.0]


def test_a_paused_pv_is_read_from_its_files(bench):
    """The pause has written all."""
    pair = bench(fields=FIELDS)
    pair.at(25.5)
    pair.primary.engine.pause()
    found = chunks(pair.ask(pair.primary, window(0, 30)))
    assert [second for _, times in found for second in times] == list(range(26))
    assert all(fields == {"PREC": "0"} for fields, _ in found)


def test_metadata_is_live(bench):
    """The type info and the record's fields; nothing while paused."""
    pair = bench(fields=FIELDS)
    path = "/retrieval/bpl/getMetadata?pv=A:B"
    pair.at(1)
    metadata = pair.ask(pair.primary, path)
    assert metadata.items() >= {"pvName": "A:B", "HIHI": "9.0", "EGU": "mm", "PREC": "3.0"}.items()
    assert "DESC" not in metadata
    pair.at(1300)
    assert pair.ask(pair.primary, path)["DESC"] == "level"
    pair.primary.engine.pause()
    assert pair.ask(pair.primary, path) == b""


def test_status_is_live(bench):
    """Connected since, lost and regained so often, the last event by the server's clock."""
    pair = bench()
    pair.at(10.5)
    pair.primary.engine.disconnect()
    pair.at(20)
    (down,) = pair.ask(pair.primary, "/mgmt/bpl/getPVStatus?pv=A:B")
    pair.primary.engine.reconnect()
    pair.at(30)
    (again,) = pair.ask(pair.primary, "/mgmt/bpl/getPVStatus?pv=A:B")
    assert (down["connectionState"], again["connectionState"]) == ("false", "true")
    assert down["lastEvent"] == "Jan/01/2026 00:00:10 UTC"
    assert again["connectionFirstEstablished"] == "Jan/01/2026 00:00:00 UTC"
    assert again["connectionLastRestablished"] == "Jan/01/2026 00:00:20 UTC"
    assert again["connectionLossRegainCount"] == "1"
    assert again["lastRotateLogs"] == "Never"
    pair.primary.engine.stop()
    assert pair.ask(pair.primary, "/mgmt/bpl/getPVStatus?pv=A:B")[0]["status"] == "Appliance Down"


def test_details_count_what_was_lost(bench):
    """By reason, and in all."""
    pair = bench(series=Given(samples=[Sampled(dbr_type=DbrType.SCALAR_DOUBLE, time=START * NS_PER_SECOND, value=1.0)]))
    pair.at(10)
    pair.ioc.put("A:B", 1.0, time=5)
    pair.ioc.change_type("A:B", DbrType.SCALAR_STRING)
    pair.ioc.put("A:B", "1")
    rows = {row["name"]: row["value"] for row in pair.ask(pair.primary, "/mgmt/bpl/getPVDetails?pv=A:B")}
    assert rows["How many events lost because the timestamp is in the far future or past so far?"] == "1"
    assert rows["How many events lost totally so far?"] == "2"
    assert rows["Archiver DBR type (from CA)"] == "DBR_SCALAR_STRING"
    assert rows["ETL 0 delay between jobs (s)"] == "3600"


def test_reports_of_connections(bench):
    """PVs that are disconnected now, and how often each was."""
    pair = bench()
    pair.at(10)
    report = "/mgmt/bpl/getCurrentlyDisconnectedPVs"
    assert pair.ask(pair.primary, report) == []
    pair.primary.engine.disconnect()
    pair.at(20)
    assert pair.ask(pair.primary, report) == [
        {
            "pvName": "A:B",
            "instance": "primary0",
            "lastKnownEvent": "Jan/01/2026 00:00:10 UTC",
            "connectionLostAt": "Jan/01/2026 00:00:10 UTC",
            "noConnectionAsOfEpochSecs": str(START + 10),
            "hostName": "simulated-ioc",
            "commandThreadID": "0",
        }
    ]
    pair.primary.engine.reconnect()
    assert pair.ask(pair.primary, "/mgmt/bpl/getLostConnectionsReport") == [
        {"pvName": "A:B", "instance": "primary0", "lostConnections": "1", "currentlyConnected": "Yes"}
    ]
    assert pair.ask(pair.primary, "/mgmt/bpl/getLostConnectionsReport?limit=0") == []
    assert pair.ask(pair.primary, "/mgmt/bpl/getSilentPVsReport")[0]["lastKnownEvent"] == "Jan/01/2026 00:00:20 UTC"


@pytest.mark.parametrize(
    ("report", "dropped"),
    [("Timestamp", "1"), ("TypeChange", "2"), ("Buffer", None)],
)
def test_reports_of_dropped_samples(bench, report, dropped):
    """Only PVs that lost some are named."""
    pair = bench(series=Given())
    pair.at(10)
    pair.ioc.put("A:B", 1.0, time=5)
    pair.ioc.change_type("A:B", DbrType.SCALAR_INT)
    pair.ioc.put("A:B", 1)
    pair.ioc.put("A:B", 2)
    found = pair.ask(pair.primary, f"/mgmt/bpl/getPVsByDroppedEvents{report}")
    assert found == ([{"pvName": "A:B", "eventsDropped": dropped}] if dropped else [])
    slow = pair.ask(pair.primary, "/mgmt/bpl/getSlowChangingPVsWithDroppedEvents")
    assert slow == [{"pvName": "A:B", "eventsDropped": "1", "totalEvents": "0"}]


def test_reports_of_rates(bench):
    """Samples and bytes since the PV connected."""
    pair = bench()
    pair.at(100)
    (events,) = pair.ask(pair.primary, "/mgmt/bpl/getEventRateReport")
    assert events == {"pvName": "A:B", "eventRate": "1.01"}
    (size,) = pair.ask(pair.primary, "/mgmt/bpl/getStorageRateReport")
    assert float(size["storageRate_KBperHour"]) == pytest.approx(60.0, rel=0.2)


def test_a_sample_at_a_time_is_taken_from_memory_first(bench):
    """With all that is known of the record; an older one comes from the files (appliance.md B.7)."""
    pair = bench(fields=FIELDS)
    pair.at(35.5)

    def at(second):
        time = format_time(round((START + second) * NS_PER_SECOND))
        return pair.ask(pair.primary, f"/retrieval/data/getDataAtTime?at={time}", b'["A:B"]', "application/json")

    young, old = (json.loads(at(second))["A:B"] for second in (33.7, 3.2))
    assert (young["secs"] - START, old["secs"] - START) == (33, 3)
    assert young["meta"].items() >= {"source": "engine", "DBRType": "DBR_SCALAR_DOUBLE", "HIHI": "9.0"}.items()
    assert old["meta"] == {"DBRType": "DBR_SCALAR_DOUBLE"}
