"""Appliances that ask each other while they answer (appliance.md C and K)."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from archredundancy.appliance import AppliancePair
from archredundancy.model import NS_PER_SECOND, DbrType, Samples, chunk_key, start_of_year
from archredundancy.testing.embedded.asking import ask
from archredundancy.wire import ChunkHeader, encode_chunk

NEW_YEAR = start_of_year(2024)
YEAR = {"from": "2024-01-01T00:00:00Z", "to": "2024-12-31T00:00:00Z"}
LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"
DAY = 86400 * NS_PER_SECOND


class Clock:
    """A present that is set."""

    def __init__(self):
        self.now = start_of_year(2025)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    """The present of both appliances."""
    return Clock()


@pytest.fixture
def pair(tmp_path, clock):
    """Two appliances; S knows P and merges what it has."""
    with AppliancePair(tmp_path, clock=clock, lag=0.0) as running:
        register(running.secondary, running.primary)
        yield running


def register(appliance, partner, query="?mergeDuringRetrieval=true"):
    """Let an appliance merge a partner's samples into its answers."""
    url = partner.retrieval_url + query
    call(appliance, "addExternalArchiverServerArchives", channelarchiverserverurl=url, archives="pbraw")
    call(appliance, "resetFailoverCaches")


def call(appliance, name, **parameters):
    """Call the management."""
    status, body = ask(appliance, f"/mgmt/bpl/{name}", **parameters)
    assert status == 200
    return json.loads(body)


def fill(appliance, pv, *seconds):
    """Configure a PV with samples so many seconds after the start of 2024."""
    appliance.add_pv({"pvName": pv, "dataStores": [LTS], "paused": "true"})
    times = NEW_YEAR + np.array(seconds, np.int64) * NS_PER_SECOND
    samples = Samples.build(DbrType.SCALAR_DOUBLE, times, np.arange(len(times)))
    header = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv=pv, year=2024)
    appliance.put_file("LTS", f"{chunk_key(pv)}2024.pb", encode_chunk(header, samples))


def seconds(appliance, pv, **more):
    """Seconds after the start of 2024 of all samples in an answer; its status if that is not 200."""
    status, body = ask(appliance, "/retrieval/data/getData.json", pv=pv, **YEAR, **more)
    if status != 200:
        return status
    return [sample["secs"] - NEW_YEAR // NS_PER_SECOND for pv in json.loads(body) for sample in pv["data"]]


def test_the_secondary_answers_with_the_union(pair):
    """Unless it is told to skip external servers; P answers with its own alone."""
    fill(pair.primary, "X:Y", 1, 3)
    fill(pair.secondary, "X:Y", 2, 3, 4)
    assert seconds(pair.secondary, "X:Y") == [1, 2, 3, 4]
    assert seconds(pair.secondary, "X:Y", skipExternalServers="true") == [2, 3, 4]
    assert seconds(pair.primary, "X:Y") == [1, 3]


def test_a_pv_of_the_partner_is_passed_through(pair):
    """404 when told to skip external servers, and if nobody knows it (C.3)."""
    fill(pair.primary, "X:P", 1, 2)
    assert seconds(pair.secondary, "X:P") == [1, 2]
    assert seconds(pair.secondary, "X:P", skipExternalServers="true") == 404
    assert seconds(pair.secondary, "X:none") == 404


def test_a_partner_that_was_down_is_not_asked_for_a_day(pair, clock):
    """S answers from its own, 200, without a sign; a day later by the appliance's clock it asks again (K c5)."""
    fill(pair.primary, "X:Y", 1)
    fill(pair.secondary, "X:Y", 2)
    pair.primary.stop()
    assert seconds(pair.secondary, "X:Y") == [2]
    pair.primary.start()
    assert seconds(pair.secondary, "X:Y") == [2]
    clock.now += DAY
    assert seconds(pair.secondary, "X:Y") == [1, 2]


@pytest.mark.parametrize(("fault", "options"), [("refused", {}), ("torn", {"after_bytes": 40})])
def test_a_partner_that_fails_leaves_no_sign(pair, fault, options):
    """Local samples only, 200 (C.3)."""
    fill(pair.primary, "X:Y", *range(0, 1000, 2))
    fill(pair.secondary, "X:Y", 1)
    switched_on = pair.primary.faults.switch_on(fault, "/retrieval/data/*", **options)
    assert seconds(pair.secondary, "X:Y") == [1]
    assert switched_on.fired == 1
    assert len(seconds(pair.secondary, "X:Y")) == 501


def test_what_a_restart_keeps(pair):
    """External servers are in the configuration and merged again after a start, without a reset."""
    fill(pair.primary, "X:Y", 1)
    fill(pair.secondary, "X:Y", 2)
    pair.secondary.stop()
    pair.secondary.start()
    assert seconds(pair.secondary, "X:Y") == [1, 2]


def test_mutual_proxies_come_to_an_end(pair, caplog):
    """Both answer with the union, even many clients at once; the log says what was cut off (C.2, K e3)."""
    register(pair.primary, pair.secondary)
    fill(pair.primary, "X:Y", 1, 3)
    fill(pair.secondary, "X:Y", 2, 4)
    with caplog.at_level(logging.ERROR, "archredundancy.appliance"), ThreadPoolExecutor(40) as clients:
        both = [pair.primary, pair.secondary] * 20
        answers = list(clients.map(lambda appliance: seconds(appliance, "X:Y"), both))
    assert answers == [[1, 2, 3, 4]] * 40
    assert "do they proxy each other?" in caplog.text


def test_mutual_proxies_do_not_know_what_neither_has(pair):
    """A PV that nobody archives is 404 at both."""
    register(pair.primary, pair.secondary)
    assert (seconds(pair.primary, "X:none"), seconds(pair.secondary, "X:none")) == (404, 404)


def test_a_store_that_reads_itself_comes_to_an_end(pair, caplog):
    """A pbraw:// store of the appliance itself finds nothing, however many ask; the log says why."""
    url = f"pbraw://localhost?name=LTS&rawURL={pair.primary.retrieval_url}/data/getData.raw"
    pair.primary.add_pv({"pvName": "X:Y", "dataStores": [url], "paused": "true"})
    with caplog.at_level(logging.ERROR, "archredundancy.appliance"), ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(lambda _: seconds(pair.primary, "X:Y"), range(20)))
    assert answers == [[]] * 20
    assert "do they proxy each other?" in caplog.text
