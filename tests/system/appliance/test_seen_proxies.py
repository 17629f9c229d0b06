"""What a secondary that merges while it reads was seen to answer (appliance.md C and K), of the embedded one."""

import json

import pytest

from archredundancy.model import DbrType, Extras
from archredundancy.wire import ChunkHeader, read_chunks

HEADER = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="X:Y", year=2024).encode()
JUNE = ("2024-05-01", "2024-07-01")


def reset(side):
    """Forget what is remembered of partners."""
    assert side.ask("/mgmt/bpl/resetFailoverCaches")[0] == 200


@pytest.fixture
def monthly(proxied):
    """The same, with a PV in monthly files at both."""
    for side in proxied.both:
        side.add()
    return proxied


def test_the_first_of_three_calls_stores_nothing(bench, register):
    """It only pings; the second one stores, under another parameter name (A.7, C.1)."""
    url = f"{bench.primary.retrieval_url}?mergeDuringRetrieval=true"
    asked = {"externalarchiverserverurl": url, "externalServerType": "ARCHAPPL_PBRAW"}
    assert bench.secondary.ask("/mgmt/bpl/addExternalArchiverServer", **asked)[0] == 200
    assert json.loads(bench.secondary.ask("/mgmt/bpl/getExternalArchiverServers")[1]) == []
    said = register(bench.secondary, bench.primary)
    assert [answer["Connected"] for answer in said[:2]] == ["ok", "ok"]
    assert json.loads(bench.secondary.ask("/mgmt/bpl/getExternalArchiverServers")[1]) == [
        {"CAUrl": url, "indexes": "pbraw"}
    ]


def test_one_store_and_one_year_give_the_union(monthly):
    """The own sample wins where both have one (0.5, C.3, K c1)."""
    monthly.primary.write("2024-06-01", "2024-06-03", "2024-06-05", values=[1, 2, 3])
    monthly.secondary.write("2024-06-02", "2024-06-03", values=[11, 12])
    assert monthly.secondary.values(*JUNE) == [1, 11, 12, 3]
    assert monthly.secondary.values(*JUNE, skipExternalServers="true") == [11, 12]


def test_samples_of_younger_stores_are_dropped_up_to_the_partners_last(proxied):
    """Only the oldest store that is asked is merged (C.3, K c2)."""
    proxied.primary.add()
    proxied.secondary.add(STS="HOUR", MTS="DAY", LTS="MONTH")
    proxied.primary.write("2024-06-01", "2024-06-02", "2024-06-03", "2024-06-04")
    proxied.secondary.write("2024-06-01T12:00:00")
    proxied.secondary.write("2024-06-02T12:00:00", "2024-06-03T12:00:00", store="MTS")
    proxied.secondary.write("2024-06-04T12:00:00", store="STS")
    times = proxied.secondary.times(*JUNE)
    assert times == [
        "2024-06-01",
        "2024-06-01T12:00:00",
        "2024-06-02",
        "2024-06-03",
        "2024-06-04",
        "2024-06-04T12:00:00",
    ]


def test_new_year_goes_wrong_in_raw_and_json(proxied):
    """Own samples of it older than the partner's last are lost, others decode a year early in raw (C.3, K c3)."""
    for side in proxied.both:
        side.add(LTS="YEAR")
    proxied.primary.write("2023-12-31T23:59:57", "2024-01-01T00:00:00", "2024-01-01T00:00:03")
    proxied.secondary.write("2023-12-31T23:59:58", "2024-01-01T00:00:01", "2024-01-01T00:00:05")
    window = ("2023-12-01", "2024-02-01")
    right = ["2023-12-31T23:59:57", "2023-12-31T23:59:58", "2024-01-01", "2024-01-01T00:00:03"]
    assert proxied.secondary.json_times(*window) == [*right, "2024-01-01T00:00:05"]
    assert proxied.secondary.times(*window) == [*right, "2023-01-01T00:00:05"]
    assert len(proxied.secondary.times("2024-01-01", "2024-02-01")) == 4


@pytest.mark.parametrize("stores", [{"LTS": "MONTH"}, {"MTS": "DAY", "LTS": "MONTH"}])
def test_beyond_local_files_nothing_is_answered(proxied, stores):
    """No local file in the window nor before it: an empty answer, though the partner has samples (C.3, K c4)."""
    proxied.primary.add()
    proxied.secondary.add(**stores)
    proxied.primary.write("2024-06-01", "2024-06-12")
    assert proxied.secondary.get(*JUNE) == b""
    proxied.secondary.write("2024-06-10")
    assert proxied.secondary.times("2024-06-11", "2024-06-13") == ["2024-06-10", "2024-06-12"]


def test_a_local_file_without_a_sample_in_the_window_is_enough(monthly):
    """Its name reaches into the window, and the partner's samples come (K c4)."""
    monthly.primary.write("2024-06-01", "2024-06-12")
    monthly.secondary.write("2024-06-10")
    assert monthly.secondary.times("2024-05-01", "2024-06-05") == ["2024-06-01"]


@pytest.fixture
def six_months(proxied):
    """A secondary whose last store is a black hole; the primary has a gap from June 4 to 6."""
    proxied.primary.add()
    proxied.secondary.add(STS="HOUR", MTS="DAY", LTS="blackhole")
    proxied.primary.write(*(f"2024-06-0{day}" for day in (1, 2, 3, 7, 8)))
    proxied.secondary.write(*(f"2024-06-0{day}" for day in (2, 3, 4, 5)), store="MTS")
    proxied.secondary.write("2024-06-06", "2024-06-07", "2024-06-08T12:00:00", store="STS")
    return proxied.secondary


LOST = {
    "from before its first sample": ("2024-05-01", [1, 2, 3, 7, 8]),
    "from its first sample": ("2024-06-02", [2, 3, 7, 8]),
    "from inside its middle store": ("2024-06-02T12:00:00", [2, 3, 4, 5, 7, 8]),
    "from inside its first store": ("2024-06-06T06:00:00", [6, 7, 8]),
}


@pytest.mark.parametrize(("start", "days"), LOST.values(), ids=LOST)
def test_a_secondary_with_a_black_hole_loses_what_fills_the_primarys_gap(six_months, start, days):
    """Only windows inside one of its stores are complete (K h, K j)."""
    expected = [f"2024-06-0{day}" for day in days]
    assert six_months.times(start, "2024-06-09") == [*expected, "2024-06-08T12:00:00"]


def test_with_a_black_hole_the_partner_is_heard_without_local_files(proxied):
    """The black hole takes the partner's whole answer (K c4, K h)."""
    proxied.primary.add()
    proxied.secondary.add(MTS="DAY", LTS="blackhole")
    proxied.primary.write("2024-06-01", "2024-06-12")
    assert proxied.secondary.times(*JUNE) == ["2024-06-01", "2024-06-12"]


def test_a_pv_that_only_the_partner_knows_is_passed_through(proxied):
    """HTTP 404 with skipExternalServers (C.3)."""
    proxied.primary.add()
    proxied.primary.write("2024-06-01")
    assert proxied.secondary.times(*JUNE) == ["2024-06-01"]
    window = {"from": "2024-05-01T00:00:00Z", "to": "2024-07-01T00:00:00Z", "skipExternalServers": "true"}
    assert proxied.secondary.ask("/retrieval/data/getData.raw", pv="X:Y", **window)[0] == 404


@pytest.mark.parametrize(("fault", "options"), [("refused", {}), ("kill", {})])
def test_a_partner_that_fails_leaves_own_samples_and_no_sign(monthly, fault, options):
    """HTTP 200, and nothing says that the partner was not heard (C.3)."""
    monthly.primary.write("2024-06-01")
    monthly.secondary.write("2024-06-02")
    assert len(monthly.secondary.times(*JUNE)) == 2
    monthly.primary.appliance.faults.switch_on(fault, "/retrieval/*", times=9, **options)
    assert monthly.secondary.times(*JUNE) == ["2024-06-02"]


def test_types_are_mixed(proxied):
    """JSON has both, in raw the partner's line does not decode (C.3, K c6)."""
    for side, dbr_type in zip(proxied.both, (DbrType.SCALAR_INT, DbrType.SCALAR_DOUBLE), strict=True):
        side.add(dbr_type=dbr_type)
    proxied.primary.write("2024-06-01", dbr_type=DbrType.SCALAR_INT)
    proxied.secondary.write("2024-06-02")
    assert proxied.secondary.json_times(*JUNE) == ["2024-06-01", "2024-06-02"]
    chunks = read_chunks(proxied.secondary.get(*JUNE))
    assert [(len(chunk.samples), len(chunk.damages)) for chunk in chunks][-1] == (1, 1)


def test_times_are_cut_to_milliseconds_for_the_partner(monthly):
    """Its sample at the end of the window is missing if it has finer digits (K c7)."""
    monthly.primary.write("2024-06-01T00:00:00.0005", "2024-06-01T00:00:05.123456789")
    monthly.secondary.write("2024-06-01T00:00:01")
    window = ("2024-06-01T00:00:00.0007", "2024-06-01T00:00:05.123456789")
    assert monthly.secondary.times(*window) == ["2024-06-01T00:00:00.0005", "2024-06-01T00:00:01"]
    assert monthly.primary.times(*window)[-1] == "2024-06-01T00:00:05.123456789"


def test_the_partners_sample_before_the_window_counts(monthly):
    """It is one of those of which the last one offered is sent (C.3)."""
    monthly.primary.write("2024-06-05")
    monthly.secondary.write("2024-06-01", "2024-06-20")
    assert monthly.secondary.times("2024-06-10", "2024-06-30") == ["2024-06-05", "2024-06-20"]


def test_behind_a_local_file_without_samples_own_samples_are_missing(proxied):
    """The partner's go on (A.3, C.3)."""
    for side in proxied.both:
        side.add(LTS="DAY")
    proxied.primary.write("2024-06-01T06:00:00", "2024-06-04T06:00:00")
    proxied.secondary.write("2024-06-01", "2024-06-03", "2024-06-05")
    proxied.secondary.put("2024_06_02", HEADER)
    assert proxied.secondary.times(*JUNE) == ["2024-06-01", "2024-06-01T06:00:00", "2024-06-04T06:00:00"]
    assert len(proxied.secondary.times(*JUNE, skipExternalServers="true")) == 3


def test_a_partner_that_did_not_know_the_pv_is_not_asked_again(proxied):
    """Until resetFailoverCaches (0.9, K c5, K f2)."""
    proxied.secondary.add()
    proxied.secondary.write("2024-06-01")
    assert proxied.secondary.times(*JUNE) == ["2024-06-01"]
    proxied.primary.add()
    proxied.primary.write("2024-06-02")
    assert proxied.secondary.times(*JUNE) == ["2024-06-01"]
    reset(proxied.secondary)
    assert proxied.secondary.times(*JUNE) == ["2024-06-01", "2024-06-02"]


def test_mutual_proxies_ask_each_other_to_a_depth(monthly, register, caplog):
    """The real ones never end, nor answer again; these stop, which the log says, and answer (C.2, K e3)."""
    register(monthly.primary, monthly.secondary)
    monthly.primary.write("2024-06-01")
    monthly.secondary.write("2024-06-02")
    for side in monthly.both:
        assert side.times(*JUNE) == ["2024-06-01", "2024-06-02"]
    assert "do they proxy each other?" in caplog.text


def test_get_matching_pvs_reaches_plain_servers_only(proxied, register):
    """With the key in the URL its PVs are not listed; with a plain one those that both know come twice (K f2)."""
    for side in proxied.both:
        side.add("X:both")
    proxied.primary.add("X:primary")
    matching = ("/retrieval/bpl/getMatchingPVs",)
    assert json.loads(proxied.secondary.ask(*matching, pv="X:*")[1]) == ["X:both"]
    register(proxied.secondary, proxied.primary, "")
    found = json.loads(proxied.secondary.ask(*matching, pv="X:*")[1])
    assert sorted(found) == ["X:both", "X:both", "X:primary"]


def test_an_attribute_is_lost_through_the_proxy(monthly):
    """Merged answers drop repeat counts and the like, of own samples too (K b8)."""
    monthly.secondary.write("2024-06-01", "2024-06-02", extras=Extras.build([(1, (), 3, -1, -1)]))
    monthly.primary.write("2024-06-03")
    assert all(not len(chunk.samples.extras) for chunk in read_chunks(monthly.secondary.get(*JUNE)))
