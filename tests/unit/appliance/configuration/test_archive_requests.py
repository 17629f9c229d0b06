"""Requests to archive PVs."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

import pytest

from archredundancy.appliance.configuration.archive_requests import ArchiveRequest, ArchiveRequests
from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.configuration.policies import MetaInfo
from archredundancy.appliance.configuration.settings import SiteSettings
from archredundancy.model import DbrType

NOW = 1795382546_488000000
SINE = MetaInfo(
    dbr_type=DbrType.SCALAR_DOUBLE,
    event_rate=2.0166667,
    storage_rate=47.133335,
    info={"units": "mm", "precision": "3.0", "hostName": "localhost"},
    fields={"RTYP": "ai", "SCAN": "I/O Intr"},
)


@pytest.fixture
def opened(tmp_path):
    """Configuration and requests in one file, and a function that opens the requests again."""
    path = tmp_path / "configuration.sqlite"
    configuration = Configuration(path, "primary0")
    made = []

    def reopen(settings=None):
        made.append(ArchiveRequests(path, settings or SiteSettings()))
        return made[-1]

    yield configuration, reopen
    for requests in made:
        requests.close()
    configuration.close()


def test_requests_outlive_a_restart(opened):
    """All that was asked for is there again, in the same order."""
    _, reopen = opened
    requests = reopen()
    requests.put(ArchiveRequest(pv="B", submitted=NOW, period=0.5, aliases=("b",), fields=("HIHI",)))
    requests.put(ArchiveRequest(pv="A", submitted=NOW + 1))
    requests.begin("B", NOW + 2)
    again = reopen()
    assert again.pending == requests.pending
    assert [(request.pv, request.state) for request in again.pending] == [("B", "METAINFO_REQUESTED"), ("A", "START")]


def test_a_request_is_removed_once(opened):
    """The second time there is nothing to remove."""
    requests = opened[1]()
    requests.put(ArchiveRequest(pv="A", submitted=NOW))
    assert [requests.remove("A"), requests.remove("A")] == [True, False]
    requests.begin("A", NOW)
    assert requests.pending == []


def test_a_sampled_pv_is_configured_as_recorded(opened):
    """The type info of a live PV has these values (`14_live`), and the request is done with."""
    configuration, reopen = opened
    requests = reopen()
    requests.put(ArchiveRequest(pv="LIVE:SINE", submitted=NOW, period=0.1, policy="Default", aliases=("SINE",)))
    assert requests.finish("LIVE:SINE", SINE, configuration, "primary0", NOW)
    info = configuration.type_info("LIVE:SINE")
    expected = {
        "pvName": "LIVE:SINE",
        "DBRType": "DBR_SCALAR_DOUBLE",
        "scalar": "true",
        "samplingPeriod": "0.1",
        "samplingMethod": "MONITOR",
        "computedEventRate": "2.0166667",
        "computedStorageRate": "47.133335",
        "computedBytesPerEvent": "23",
        "creationTime": "2026-11-22T21:22:26.488Z",
        "modificationTime": "2026-11-22T21:22:26.488Z",
        "policyName": "Default",
        "applianceIdentity": "primary0",
        "paused": "false",
        "units": "mm",
        "archiveFields": ["HIHI", "HIGH", "LOW", "LOLO", "LOPR", "HOPR"],
        "extraFields": {"RTYP": "ai", "SCAN": "I/O Intr"},
    }
    assert {key: info.info[key] for key in expected} == expected
    assert not {"chunkKey", "DESC"} & info.info.keys()
    assert configuration.aliases == {"SINE": "LIVE:SINE"}
    assert requests.pending == []


def test_without_a_period_the_policy_decides(opened):
    """The user's method counts only with a period; fields that were asked for come in addition."""
    configuration, reopen = opened
    requests = reopen(SiteSettings(policy="SixMonths", separators="[:_]"))
    requests.put(ArchiveRequest(pv="A_B", submitted=NOW, method="SCAN", fields=("DRVH", "LOW"), controlling_pv="C"))
    waveform = MetaInfo(dbr_type=DbrType.WAVEFORM_INT, element_count=8, fields={"RTYP": "ai"})
    assert requests.finish("A_B", waveform, configuration, "secondary0", NOW)
    info = configuration.type_info("A_B")
    assert info.key == "A/B:"
    info = info.info
    assert (info["samplingMethod"], info["samplingPeriod"], info["policyName"]) == ("MONITOR", "1.0", "SixMonths")
    assert (info["scalar"], info["elementCount"], info["computedBytesPerEvent"]) == ("false", "8", "0")
    assert info["archiveFields"] == ["HIHI", "HIGH", "LOW", "LOLO", "LOPR", "HOPR", "DRVH"]
    assert info["controllingPV"] == "C"


def test_an_aborted_request_stays_aborted(opened):
    """Also if that happens in the moment in which it would be begun or finished."""
    configuration, reopen = opened
    requests = reopen()
    requests.begin("A", NOW)
    assert not requests.finish("A", SINE, configuration, "primary0", NOW)
    assert (requests.pending, configuration.pvs) == ([], [])


def test_whoever_holds_the_lock_is_not_overtaken(opened):
    """A PV is not configured while somebody adds to its request; what is added goes with it."""
    configuration, reopen = opened
    requests = reopen()
    requests.put(ArchiveRequest(pv="A", submitted=NOW))
    with ThreadPoolExecutor(1) as pool:
        with requests.lock:
            known = requests.get("A")
            finished = pool.submit(requests.finish, "A", SINE, configuration, "primary0", NOW)
            assert wait([finished], 0.05).not_done
            requests.put(replace(known, aliases=("a",)))
        assert finished.result(10)
    assert configuration.aliases == {"a": "A"}
