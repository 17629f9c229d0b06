"""The appliance's own scenarios of two appliances that archive one PV (appliance.md G), with their results.

Its tests take a sample each second for a month; fewer do here.
"""

from itertools import pairwise
from urllib.parse import quote

import pytest

from archredundancy.appliance.clock import SettableClock
from archredundancy.model import NS_PER_SECOND, parse_time

PV = "X:Y"
START = parse_time("2024-02-01", now=0)
HOUR = 3600 * NS_PER_SECOND
DAY = 24 * HOUR
STORES = {
    "STS": "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_HOUR",
    "MTS": "pb://localhost?name=MTS&rootFolder=${ARCHAPPL_MEDIUM_TERM_FOLDER}&partitionGranularity=PARTITION_DAY",
    "LTS": "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR",
}


def merging(url, other, name="MTS"):
    """Return the URL of a store that merges another appliance's samples into it."""
    raw = f"pbraw://localhost?name={name}&rawURL={quote(f'{other}/data/getData.raw', safe='')}"
    return f"merge://localhost?name={name}&dest={quote(url, safe='')}&other={quote(raw, safe='')}"


def configure(side, *, paused="true", **stores):
    """Configure the PV anew; stores as in STORES unless given."""
    side.appliance.add_pv({"pvName": PV, "dataStores": list((STORES | stores).values()), "paused": paused})


def write(side, times, store="MTS"):
    """Write samples into a store that is not merged yet; return how many."""
    configure(side)
    side.write(*times, store=store)
    return len(times)


def spaced(times):
    """Return how far apart times are, ns."""
    stamps = [parse_time(time, now=0) for time in times]
    return {two - one for one, two in pairwise(stamps)}


@pytest.fixture
def halves(bench):
    """Both sides with a sample every two minutes of two days in the MTS, P at even minutes, S at odd ones."""
    steps = range(START, START + 2 * DAY, 120 * NS_PER_SECOND)
    bench.counts = [write(bench.primary, list(steps))]
    bench.counts.append(write(bench.secondary, [step + 60 * NS_PER_SECOND for step in steps]))
    return bench


@pytest.fixture
def clock():
    """The time of both sides, before there was any ETL."""
    return SettableClock(START)


def consolidate(side):
    """Move everything into the LTS, as if a year had passed."""
    assert side.call("consolidateDataForPV", storage="LTS")["status"] == "ok"


def test_retrieval_through_a_merged_store(halves):
    """A minute apart, and as many as both have (FailoverRetrievalTest)."""
    configure(halves.primary, MTS=merging(STORES["MTS"], halves.secondary.retrieval_url))
    times = halves.primary.times()
    assert len(times) == sum(halves.counts)
    assert spaced(times) == {60 * NS_PER_SECOND}


def test_etl_through_a_merged_store(halves):
    """What leaves it for the LTS is the union (FailoverETLTest)."""
    configure(halves.primary, MTS=merging(STORES["MTS"], halves.secondary.retrieval_url))
    consolidate(halves.primary)
    ((name, times),) = halves.primary.stored().items()
    assert (name, len(times)) == ("LTS 2024", sum(halves.counts))
    assert spaced(times) == {60 * NS_PER_SECOND}


def test_etl_stops_while_the_other_is_down(halves):
    """Nothing comes into the LTS, the MTS stays as it is (FailoverETLServerDownTest); later ETL goes on."""
    configure(halves.primary, MTS=merging(STORES["MTS"], halves.secondary.retrieval_url))
    before = halves.primary.files()
    halves.pair.secondary.stop()
    consolidate(halves.primary)
    assert halves.primary.files() == before
    halves.pair.secondary.start()
    consolidate(halves.primary)
    assert [len(times) for times in halves.primary.stored().values()] == [sum(halves.counts)]


def test_etl_stops_while_the_other_does_not_know_the_pv(halves):
    """A 404 counts as an appliance that is down (C.3)."""
    configure(halves.primary, MTS=merging(STORES["MTS"], halves.secondary.retrieval_url))
    before = halves.primary.files()
    halves.secondary.call("deletePV")
    consolidate(halves.primary)
    assert halves.primary.files() == before


def test_many_steps_of_etl(bench, clock):
    """Day after day the LTS does not shrink, and has all in the end (FailoverMultiStepETLTest)."""
    hours = range(START, START + 30 * DAY, HOUR)
    count = write(bench.secondary, list(hours)) + write(bench.primary, [hour + NS_PER_SECOND for hour in hours])
    held = merging(STORES["MTS"] + "&hold=2&gather=1", bench.secondary.retrieval_url)
    configure(bench.primary, MTS=held, paused="false")
    counts = []
    clock.advance(2.5 * 86400)
    for _ in range(30):
        clock.advance(86400)
        counts.append(sum(len(times) for name, times in bench.primary.stored().items() if name.startswith("LTS")))
    # The other's first sample of the next day comes along: the end of a day is asked for, too.
    assert counts == [48 * day + 1 for day in range(1, 30)] + [count]


def test_an_upgrade_store_by_store(bench):
    """With only the MTS merged, windows that begin before all samples are whole; with the STS, all are.

    (FailoverUpgradeTest: a sample a day, the MTS has days 0 to 2, the STS the others, P lacks days 4 to 7.)
    """
    days = [START + day * DAY + 10 * HOUR for day in range(11)]
    for side, lacking in ((bench.primary, range(4, 8)), (bench.secondary, ())):
        write(side, days[:3])
        write(side, [time for day, time in enumerate(days) if day > 2 and day not in lacking], "STS")
    other = bench.secondary.retrieval_url
    configure(bench.primary, MTS=merging(STORES["MTS"], other))
    assert [len(bench.primary.times(START, START + day * DAY)) for day in range(1, 11)] == list(range(1, 11))
    configure(bench.primary, MTS=merging(STORES["MTS"], other), STS=merging(STORES["STS"], other, "STS"))
    found = [len(bench.primary.times(START + day * DAY, START + 11 * DAY)) for day in range(11)]
    assert found == [11, *(12 - day for day in range(1, 11))]


def test_merge_in_data_after_consolidation(halves):
    """A minute apart, and as many as both have; `from` is ignored (MergeDataFromExternalStoreTest)."""
    consolidate(halves.primary)
    answer = halves.primary.merge(halves.secondary, **{"from": "2024-02-02T00:00:00.000Z"})
    assert answer == (200, {"status": "ok"})
    ((name, times),) = halves.primary.stored().items()
    assert (name, len(times)) == ("LTS 2024", sum(halves.counts))
    assert spaced(times) == {60 * NS_PER_SECOND}
