"""Reading what can go wrong, one row each: the right samples, and the right intervals known, whatever happens.

`Sound` is the law of all rows: what came is stored, what is known is complete, and whatever is not known has a reason.
"""

from urllib.parse import quote

import numpy as np
import pytest

import archredundancy as ar
from archredundancy.client import HttpTransport, Operation, RetrievalClient
from archredundancy.coverage import compare_evidence
from archredundancy.errors import InputError
from archredundancy.model import DbrType, FailureKind, Samples, TimeRange, parse_time
from archredundancy.segments import Segments
from archredundancy.wire import ChunkHeader, encode_chunk

PV = "X:Y"
DAY, HOUR = 86400 * 10**9, 3600 * 10**9
FIRST = parse_time("2024-03-01", now=0)
#: An hour apart, half an hour past each hour, six days.
STAMPS = FIRST + HOUR // 2 + HOUR * np.arange(6 * 24)
ASKED = TimeRange(start=FIRST, end=FIRST + 6 * DAY)
EMPTY, CUT, DAMAGED = FailureKind.EMPTY, FailureKind.CUT_SHORT, FailureKind.DAMAGED
DATA = "/retrieval/data/getData.raw"


def content(stamps, dbr_type=DbrType.SCALAR_DOUBLE):
    """Return a file of samples with their rank as value."""
    ranks = np.arange(len(stamps))
    values = [str(rank).encode() for rank in ranks] if dbr_type is DbrType.SCALAR_STRING else ranks
    return encode_chunk(header(2024, dbr_type), Samples.build(dbr_type, stamps, values))


def header(year, dbr_type=DbrType.SCALAR_DOUBLE):
    """Return the header of a file."""
    return ChunkHeader(dbr_type=dbr_type, pv=PV, year=year)


def of_day(day):
    """Return the stamps of a day, counted from 0."""
    return STAMPS[24 * day : 24 * (day + 1)]


def slot(day):
    """Return the name of a day's partition."""
    return f"2024_03_{day + 1:02}"


def is_sound(reading, stored):
    """Whether what came is stored, what is known is complete, and the rest of the range has a reason."""
    got = reading.samples.time
    owed = stored[reading.known.contains(stored)]
    reasons = Segments.of(*((failure.range.start, failure.range.end) for failure in reading.failures))
    asked = Segments.of((reading.asked.start, reading.asked.end))
    return (
        bool(np.isin(got, stored).all())
        and bool(np.isin(owed, got).all())
        and (asked - reading.known - reasons).total == 0
    )


@pytest.fixture
def archive(bench):
    """The primary with six daily files of a PV that also is on the secondary."""
    for side in bench.both:
        side.add(LTS="DAY")
    for day in range(6):
        bench.primary.put(slot(day), content(of_day(day)))
    return bench.primary


@pytest.fixture
def read():
    """Return a function that reads a PV from a side, waiting two seconds for bytes."""
    with HttpTransport(timeout=2.0) as transport:
        yield lambda side, asked=ASKED, pv=PV: RetrievalClient(side.retrieval_url, transport).read(pv, asked)


WHOLE = content(of_day(3))
HEADER = WHOLE[: WHOLE.index(b"\n") + 1]
LINES = WHOLE[len(HEADER) :]
MIDDLE = len(WHOLE) // 2

#: Content of the fourth of six daily files; the kinds of failure that tell of it; most days that are not known.
DAMAGED_FILES = {
    "whole": (WHOLE, set(), 0.0),
    "zero bytes": (b"", {EMPTY, CUT}, 2.2),
    "header unreadable": (b"\xff" * 10 + WHOLE[10:], {EMPTY, CUT}, 2.2),
    "header alone": (HEADER, {DAMAGED}, 1.1),
    "header cut": (HEADER[:-5], {EMPTY, CUT, DAMAGED}, 2.2),
    "last line without its end": (WHOLE[:-1], set(), 0.0),
    "a line half written, then the next": (WHOLE[:MIDDLE] + b"\n" + WHOLE[MIDDLE:], None, 2.2),
    "25 bytes zeroed": (WHOLE[:MIDDLE] + bytes(25) + WHOLE[MIDDLE + 25 :], None, 2.2),
    "year of the header wrong": (encode_chunk(header(2019), Samples.empty(DbrType.SCALAR_DOUBLE)) + LINES, None, 2.2),
    "another type": (content(of_day(3), DbrType.SCALAR_STRING), None, 6.0),
    "out of order": (content(of_day(3)[::-1].copy()), None, 2.2),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED_FILES)
def test_a_damaged_file_costs_its_days_at_most(archive, read, name):
    """Samples of the other days come and are known; the damage has a reason (A.3, K e1)."""
    data, kinds, days = DAMAGED_FILES[name]
    archive.put(slot(3), data)
    reading = read(archive)
    silent = {"last line without its end", "25 bytes zeroed", "a line half written, then the next"}
    if name not in silent:  # the appliance skips such lines and does not tell: no client can know
        assert is_sound(reading, STAMPS)
    assert (ASKED.duration - reading.known.total) / DAY <= days
    assert np.isin(np.concatenate([of_day(0), of_day(1), of_day(5)]), reading.samples.time).all() or days > 5
    if kinds is not None:
        assert {failure.kind for failure in reading.failures} <= kinds
        assert bool(reading.failures) == bool(kinds)


#: A fault of the requests for data; the kinds of failure that tell of it; whether all samples come all the same.
REQUESTS = {
    "slow, within the time-out": ({"name": "slow", "seconds": 0.2}, set(), True),
    "cut short once": ({"name": "cut-short", "after_bytes": 1500, "skip": 1}, set(), True),
    "cut short always, at about half": ({"name": "cut-short", "after_bytes": 1500, "times": 999}, set(), True),
    "broken off once": ({"name": "torn", "after_bytes": 1500, "skip": 1}, set(), True),
    "refused": ({"name": "refused", "times": 999}, {FailureKind.NOT_READY}, False),
    "starting": ({"name": "starting", "times": 999}, {FailureKind.NOT_READY}, False),
    "hung": ({"name": "hung", "times": 999}, {FailureKind.TIMEOUT}, False),
    "hung at the second request": ({"name": "hung", "skip": 1}, {FailureKind.TIMEOUT}, None),
    "dying": ({"name": "kill"}, {FailureKind.UNREACHABLE}, False),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_that_fails_is_told_by_its_kind(archive, read, name):
    """What came before the failure is kept; a status, a silence and a death are told apart (B.1)."""
    fault, kinds, complete = REQUESTS[name]
    options = {key: value for key, value in fault.items() if key != "name"}
    archive.appliance.faults.switch_on(fault["name"], DATA, **options)
    reading = read(archive)
    assert is_sound(reading, STAMPS)
    assert {failure.kind for failure in reading.failures} <= kinds
    assert bool(reading.failures) == bool(kinds)
    if complete is not None:
        assert len(reading.samples) == (len(STAMPS) if complete else 0)


#: Ranges, in days and ns after the first one; how many samples are inside, and whether one lies before (B.4).
RANGES = {
    "all": ((0, 0), (6, 0), 144, False),
    "from a sample on, to the next one": ((1, HOUR // 2), (1, HOUR // 2 + HOUR), 1, False),
    "one nanosecond that holds a sample": ((1, HOUR // 2), (1, HOUR // 2 + 1), 1, False),
    "between two samples": ((1, HOUR // 2 + 1), (1, HOUR), 0, True),
    "the last fraction of a second of a partition": ((1, DAY - 10**8), (1, DAY), 0, True),
    "before the first sample": ((-40, 0), (0, HOUR // 2), 0, False),
    "after the last sample": ((20, 0), (21, 0), 0, True),
    "over a new year without samples": ((250, 0), (400, 0), 0, True),
}


@pytest.mark.parametrize("name", RANGES)
def test_a_range_has_its_own_samples_and_the_one_before(archive, read, name):
    """The server's `to` is inclusive, and one sample before `from` comes first unless one is at it; neither shows."""
    (start_day, start), (end_day, end), count, before = RANGES[name]
    asked = TimeRange(start=FIRST + start_day * DAY + start, end=FIRST + end_day * DAY + end)
    reading = read(archive, asked)
    first, last = np.searchsorted(STAMPS, (asked.start, asked.end))
    inside, earlier = STAMPS[first:last], STAMPS[:first]
    assert (reading.samples.time.tolist(), len(inside)) == (inside.tolist(), count)
    assert reading.before.time.tolist() == (earlier[-1:].tolist() if before else [])
    assert (reading.failures, reading.known.total) == ((), asked.duration)


def test_a_stale_file_in_a_young_store_hides_nothing_unnoticed(bench, read):
    """One old file in STS drops all of LTS for what is asked from after it on, and wins the look-back (B.2, B.4).

    Where the range begins before it, all of LTS comes. The old sample itself does not (B.3).
    """
    bench.primary.add(STS="DAY", LTS="DAY")
    for day in range(6):
        bench.primary.put(slot(day), content(of_day(day)))
    stale = np.array([FIRST - 30 * DAY])
    bench.primary.put("2024_01_31", content(stale), store="STS")
    reading = read(bench.primary, TimeRange(start=FIRST - 40 * DAY, end=ASKED.end))
    assert is_sound(reading, STAMPS)
    assert len(reading.samples) == len(STAMPS)


@pytest.mark.parametrize("days", [(0, 6), (2, 4)], ids=["all", "two days"])
@pytest.mark.parametrize("young", [0, 1], ids=["nothing younger", "a younger day"])
def test_what_a_stale_file_hides_is_not_known(bench, read, young, days):
    """All of LTS is dropped for what begins after the old sample; one request from that on finds it out (B.2)."""
    bench.primary.add(STS="DAY", LTS="DAY")
    for day in range(6):
        bench.primary.put(slot(day), content(of_day(day)), store="STS" if young and day == 5 else "LTS")
    bench.primary.put("2024_01_31", content(np.array([FIRST - 30 * DAY])), store="STS")
    asked = TimeRange(start=FIRST + days[0] * DAY, end=FIRST + days[1] * DAY)
    reading = read(bench.primary, asked)
    has_young = young and days[1] == 6
    assert is_sound(reading, STAMPS)
    assert len(reading.samples) == (24 if has_young else 0)
    assert reading.known.total <= HOUR + (DAY if has_young else 0)
    assert "a file left behind, which hides older stores" in reading.failures[0].message
    before_it = read(bench.primary, TimeRange(start=FIRST - 31 * DAY, end=asked.end))
    assert np.isin(STAMPS[: 24 * days[1]], before_it.samples.time).all()


def test_what_a_stale_file_hides_in_later_years_is_not_known(bench, read):
    """Each UTC year is asked for by itself: a range that begins before the old sample does not show the next year."""
    bench.primary.add(STS="DAY", LTS="DAY")
    for day in range(6):
        bench.primary.put(slot(day), content(of_day(day)))
    old = Samples.build(DbrType.SCALAR_DOUBLE, [FIRST - 100 * DAY], [1.0])
    bench.primary.put("2023_11_22", encode_chunk(header(2023), old), store="STS")
    reading = read(bench.primary, TimeRange(start=FIRST - 120 * DAY, end=ASKED.end))
    assert is_sound(reading, np.concatenate([[FIRST - 100 * DAY], STAMPS]))
    assert reading.known.total >= 100 * DAY
    assert "a file left behind, which hides older stores" in reading.failures[0].message


@pytest.mark.parametrize("seed", range(10))
def test_stores_that_follow_on_each_other_hide_nothing_unnoticed(bench, read, seed):
    """Some samples in LTS, MTS and STS, in this order of days, perhaps an old file, and ranges anywhere (B.2, B.3)."""
    rng = np.random.default_rng(seed)
    bench.primary.add(STS="DAY", MTS="DAY", LTS="DAY")
    stored = np.sort(rng.choice(STAMPS, rng.integers(5, 140), replace=False))
    first_in_mts, first_in_sts = np.sort(rng.integers(0, 7, 2))
    for day in range(6):
        some = stored[(stored >= FIRST + day * DAY) & (stored < FIRST + (day + 1) * DAY)]
        store = "LTS" if day < first_in_mts else "MTS" if day < first_in_sts else "STS"
        if len(some):
            bench.primary.put(slot(day), content(some), store=store)
    if left_behind := ("", "STS", "MTS")[rng.integers(3)]:
        stored = np.concatenate([[FIRST - 30 * DAY], stored])
        bench.primary.put("2024_01_31", content(stored[:1]), store=left_behind)
    for _ in range(3):
        start, end = np.sort(FIRST + HOUR * rng.choice(np.arange(-48, 168), 2, replace=False)).tolist()
        assert is_sound(read(bench.primary, TimeRange(start=start, end=end)), stored)


#: What the secondary, a merging proxy of the primary, stores itself (C.3); the kinds of failure.
PROXIES = {
    "some": ([0, 5, 9], set()),
    "nothing of a PV it knows": ([], set()),
    "samples about New Year": ([-60 * 24 - 1, -60 * 24, -60 * 24 + 1], set()),
}


@pytest.mark.parametrize("alive", [True, False], ids=["primary up", "primary down"])
@pytest.mark.parametrize("name", PROXIES)
def test_a_merging_proxy_gives_its_own(bench, archive, read, register, name, alive):
    """Never the primary's samples, dropped or misdated ones neither, and no trace of its death."""
    hours, kinds = PROXIES[name]
    own = FIRST + HOUR // 4 + HOUR * np.array(hours, np.int64)
    register(bench.secondary, archive)
    if hours:
        bench.secondary.write(*own.tolist())
    if not alive:
        bench.pair.primary.stop()
    asked = TimeRange(start=FIRST - 90 * DAY, end=ASKED.end)
    reading = read(bench.secondary, asked)
    assert reading.samples.time.tolist() == own.tolist()
    assert {failure.kind for failure in reading.failures} == kinds
    assert reading.known.total == asked.duration


def test_a_proxy_that_does_not_know_the_pv_says_so(bench, register, read):
    """With the primary's data it would answer, as a pure proxy; asked for its own, it has none (C.3)."""
    bench.primary.add(LTS="DAY")
    bench.primary.put(slot(0), content(of_day(0)))
    register(bench.secondary, bench.primary)
    reading = read(bench.secondary)
    assert [failure.kind for failure in reading.failures] == [FailureKind.UNKNOWN_PV]
    assert (len(reading.samples), reading.known.total) == (0, 0)


#: Operators of a server that, merging, answers with the other cluster's bins; what they make of S's own.
OPERATORS = {"countSample": [2, 1], "meanSample": [2, 7], "firstSample": [1, 7], "lastSample": [3, 7]}


@pytest.mark.parametrize("alive", [True, False], ids=["primary up", "primary down"])
@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_of_a_merging_proxy_works_on_its_own(bench, archive, register, name, alive):
    """Bins of six hours; the primary, asked through it, would fill them all with its own numbers (C.3)."""
    hours = np.array([0, 5, 9])
    register(bench.secondary, archive)
    bench.secondary.write(*(FIRST + HOUR // 4 + HOUR * hours).tolist(), values=[1, 3, 7])
    if not alive:
        bench.pair.primary.stop()
    with HttpTransport() as transport:
        answer = RetrievalClient(bench.secondary.retrieval_url, transport).operate(
            PV, Operation.parse(name, "6h", ASKED)
        )
    assert answer.samples.value.tolist() == OPERATORS[name]


@pytest.fixture
def proxied(bench, archive, register):
    """A pair whose secondary merges: P has each hour of six days, S three samples of the first hour; neither pauses."""
    for side in bench.both:
        side.add(LTS="DAY", paused=False)
    register(bench.secondary, archive)
    own = (FIRST + np.array([HOUR // 4, HOUR // 2, 3 * HOUR // 4])).tolist()
    bench.secondary.write(*own, values=[70.0, 0.0, 71.0])
    with ar.ClusterPair(bench.primary.appliance.url, bench.secondary.appliance.url) as pair:
        yield pair


def test_statistics_are_those_of_the_union(proxied):
    """Not the server's: its counts are the other's, and `ncount` counts neither (C.3, B.8)."""
    days = proxied.statistics(PV, "2024-03-01", "2024-03-07", bin="1d")
    assert days["samples"].values.tolist() == [26, 24, 24, 24, 24, 24]
    assert days["max"].values.tolist() == [71, 23, 23, 23, 23, 23]
    with pytest.raises(InputError, match="'ncount' is not known; it counts samples twice"):
        proxied.secondary.load(PV, "2024-03-01", "2024-03-07", operator="ncount", bin="1d")


def test_a_stale_value_does_not_hide_a_fresh_one(proxied):
    """The server's getDataAtTime takes its own old value for the answer (B.7)."""
    table = proxied.at(PV, "2024-03-03T12:45:00", around="3d")
    assert table["value"].tolist()[::2] == [12.0, 12.0]
    assert table["quality"].tolist() == ["held", "not covered", "held"]


@pytest.mark.parametrize("alive", [True, False], ids=["other up", "other down"])
def test_a_store_that_merges_another_archiver_s_samples_is_not_relied_upon(bench, archive, alive):
    """As its own it gives the other's too, and of its own nothing where the other is down: HTTP 200 (C.3)."""
    raw = quote(
        f"pbraw://localhost?name=R&rawURL={quote(f'{archive.retrieval_url}/data/getData.raw', safe='')}", safe=""
    )
    (local,) = bench.secondary.appliance.type_info(PV).info["dataStores"]
    own = FIRST + HOUR // 4 + HOUR * np.array([0, 5, 9])
    bench.secondary.write(*own.tolist())
    url = f"merge://localhost?name=LTS&dest={quote(local, safe='')}&other={raw}"
    bench.secondary.appliance.add_pv({"pvName": PV, "paused": "true", "dataStores": [url]})
    with ar.ClusterPair(archive.appliance.url, bench.secondary.appliance.url) as pair:
        if not alive:
            bench.pair.primary.stop()
        evidence = pair.survey(PV, "2024-03-01", "2024-03-07")
    reading = evidence.secondary.reading
    assert (len(reading.samples) > len(own)) == alive
    assert (reading.known.total, reading.failures[-1].range) == (0, ASKED)
    assert "another archiver's come with its own" in reading.failures[-1].message
    assert compare_evidence(evidence).summary.secondary.known_seconds == 0
