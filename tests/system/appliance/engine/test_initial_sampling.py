"""A PV that is asked for is sampled for a minute, then archived by its policy."""

import json
from http.client import HTTPConnection

from archredundancy.appliance import Appliance, Periodic, SettableClock, SimulatedPv
from archredundancy.model import DbrType

STORES = ["pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"]
FIELDS = {"EGU": "mm", "PREC": "3", "HIHI": "9.0", "RTYP": "ai", "SCAN": "1 second"}


def asked(pair, pv, rest=""):
    answer = pair.ask(pair.primary, f"/mgmt/bpl/archivePV?pv={pv}{rest}")
    assert json.loads(json.dumps(answer))[0]["status"] == "Archive request submitted"


def status(pair, pv):
    return pair.ask(pair.primary, f"/mgmt/bpl/getPVStatus?pv={pv}")[0]["status"]


def test_a_pv_is_archived_a_minute_after_it_was_asked_for(bench):
    """What was found out about it is in its type info."""
    pair = bench()
    pair.ioc.add(SimulatedPv(name="C:D", series=Periodic(value=float, period=0.5), fields=FIELDS))
    pair.at(5)
    asked(pair, "C:D")
    pair.at(50)
    assert status(pair, "C:D") == "Initial sampling"
    pair.at(130)
    assert status(pair, "C:D") == "Being archived"
    info = pair.primary.type_info("C:D").info
    assert (info["DBRType"], info["units"], info["precision"]) == ("DBR_SCALAR_DOUBLE", "mm", "3.0")
    assert (info["upperAlarmLimit"], info["hostName"]) == ("9.0", "simulated-ioc")
    assert info["extraFields"] == {"SCAN": "1 second", "RTYP": "ai", "NAME": "C:D"}
    assert "HIHI" in info["archiveFields"]
    assert 1.9 < float(info["computedEventRate"]) < 2.1
    assert not pair.secondary.knows("C:D")
    assert pair.ask(pair.primary, "/mgmt/bpl/getNeverConnectedPVs") == []


def test_a_text_has_neither_units_nor_host(bench):
    """As in golden/14_live."""
    pair = bench()
    text = Periodic(value=str, dbr_type=DbrType.SCALAR_STRING)
    pair.ioc.add(SimulatedPv(name="C:D", series=text, fields={"RTYP": "stringin"}))
    asked(pair, "C:D", "&samplingperiod=5&samplingmethod=SCAN")
    pair.at(100)
    info = pair.primary.type_info("C:D").info
    assert (info["DBRType"], info["samplingMethod"], info["samplingPeriod"]) == ("DBR_SCALAR_STRING", "SCAN", "5.0")
    assert not info.keys() & {"units", "hostName"}


def test_a_pv_that_never_connects_waits(bench):
    """Until somebody gives up on it."""
    pair = bench()
    asked(pair, "No:Where")
    pair.at(600)
    (waiting,) = pair.ask(pair.primary, "/mgmt/bpl/getNeverConnectedPVs")
    assert (waiting["pvName"], waiting["currentState"]) == ("No:Where", "METAINFO_REQUESTED")
    assert pair.ask(pair.primary, "/mgmt/bpl/abortArchivingPV?pv=No:Where")["status"] == "ok"
    pair.ioc.add(SimulatedPv(name="No:Where", series=Periodic(value=float)))
    pair.at(800)
    assert status(pair, "No:Where") == "Not being archived"


def test_a_pv_that_comes_later_is_sampled_then(bench):
    """A request that was made before the IOC was there is not lost."""
    pair = bench()
    pair.ioc.add(SimulatedPv(name="C:D", series=Periodic(value=float)))
    pair.ioc.disconnect("C:D")
    asked(pair, "C:D")
    pair.at(300)
    assert status(pair, "C:D") == "Initial sampling"
    pair.ioc.reconnect("C:D")
    pair.at(370)
    assert status(pair, "C:D") == "Being archived"


def test_a_pv_put_in_by_its_name_gets_at_once_what_others_wait_for(bench):
    """Stores by each appliance's policy, the record's type and units, and no past."""
    pair = bench()
    record = SimulatedPv(
        name="C:D", series=Periodic(value=lambda _: 7, dbr_type=DbrType.SCALAR_INT), fields={"EGU": "mA"}
    )
    pair.ioc.add(record)
    pair.at(50)
    for appliance in (pair.primary, pair.secondary):
        appliance.add_pv({"pvName": "C:D"})
    info, spare = pair.primary.type_info("C:D"), pair.secondary.type_info("C:D")
    assert (info.info["DBRType"], info.units, info.identity) == ("DBR_SCALAR_INT", "mA", "primary0")
    assert info.created == info.modified == pair.clock()
    assert [store.name for store in info.stores] == ["STS", "MTS", "LTS"]
    assert (spare.stores[1].hold, spare.stores[2].scheme) == (184, "blackhole")
    pair.at(60)
    assert b'"nanos"' in pair.ask(pair.secondary, "/retrieval/data/getData.json?pv=C:D")


def test_what_is_given_with_the_name_goes_before_the_policy(bench):
    """A policy of its own, too; a PV that cannot be reached is configured as a new one."""
    pair = bench()
    pair.primary.add_pv({"pvName": "No:Where", "policyName": "SixMonths", "samplingPeriod": "5.0", "paused": "true"})
    info = pair.primary.type_info("No:Where")
    assert info.stores[-1].scheme == "blackhole"
    assert (info.info["policyName"], info.info["samplingPeriod"], info.paused) == ("SixMonths", "5.0", True)
    assert info.info["DBRType"] == "DBR_SCALAR_DOUBLE"


class Subscriptions:
    """A source that counts who listens to it."""

    def __init__(self):
        self.open = 0

    def subscribe(self, pv, listener):
        self.open += 1
        return self._end

    def describe(self, pv):
        return None

    def _end(self):
        self.open -= 1


def test_a_stopped_appliance_listens_no_more(tmp_path):
    """Neither to what it archives nor to what it was asked for: the source may go on without it."""
    source, clock = Subscriptions(), SettableClock("2026-01-01T00:00:00Z")
    with Appliance("primary0", tmp_path, clock=clock, source=source) as appliance:
        appliance.add_pv({"pvName": "A", "dataStores": STORES})
        connection = HTTPConnection(appliance.url.removeprefix("http://"))
        connection.request("GET", "/mgmt/bpl/archivePV?pv=B")
        assert connection.getresponse().status == 200
        connection.close()
        clock.advance(1)
        assert source.open == 2
    assert source.open == 0
