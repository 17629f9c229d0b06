"""What real appliances were seen to do when samples are imported, rebuilt or proxied (appliance.md C, D.3, K)."""

import json
from urllib.parse import quote

import pytest

from archredundancy.model import DbrType

JUNE = [f"2024-06-0{day}" for day in range(1, 10)]


@pytest.fixture
def yearly(proxied):
    """Both sides with yearly files."""
    for side in proxied.both:
        side.add(LTS="YEAR")
    return proxied


def raw_url(side):
    """Return the store URL that reads another appliance."""
    return f"pbraw://localhost?name=O&rawURL={quote(f'{side.retrieval_url}/data/getData.raw', safe='')}"


def merged_url(local, side):
    """Return the store URL that merges a store and another appliance."""
    return f"merge://localhost?name=M&dest={quote(local, safe='')}&other={quote(raw_url(side), safe='')}"


def lts(folder="${ARCHAPPL_LONG_TERM_FOLDER}", granularity="MONTH"):
    """Return the URL of an LTS."""
    return f"pb://localhost?name=LTS&rootFolder={folder}&partitionGranularity=PARTITION_{granularity}"


def run_import(side, source, start="2020-01-01", end="2026-01-01", into="LTS"):
    """Return the status of importDataFromPlugin."""
    window = {"from": f"{start}T00:00:00.000Z", "to": f"{end}T00:00:00.000Z"}
    return side.ask("/mgmt/bpl/importDataFromPlugin", pv="X:Y", src=source, dest=into, **window)[0]


def test_ncount_counts_the_partners_answer_as_one(yearly):
    """Local 3, partner 4: answered 4 (C.3, K c)."""
    yearly.primary.write(*JUNE[:4])
    yearly.secondary.write(*JUNE[2:5])
    assert yearly.secondary.values(pv="ncount(X:Y)") == [4]


def test_first_sample_is_that_of_the_union(yearly):
    """Approximately (C.3)."""
    yearly.primary.write("2024-06-01T01:00:00", "2024-06-02")
    yearly.secondary.write("2024-06-01", "2024-06-03")
    assert yearly.secondary.times(pv="firstSample_86400(X:Y)") == [*JUNE[:1], "2024-06-01T01:00:00", *JUNE[1:3]]


def test_statistics_are_those_of_the_partner(yearly):
    """Its bins come, filled even where that was not asked for; own bins only after its last one (C.3, K c)."""
    yearly.primary.write("2024-06-01T00:10:00", "2024-06-01T02:10:00", values=[10.0, 30.0])
    yearly.secondary.write("2024-06-01T00:20:00", "2024-06-01T01:20:00", values=[0.0, 2.0])
    window = ("2024-06-01", "2024-06-01T02:59:59")
    for processor in ("mean", "meanSample"):
        assert yearly.secondary.values(*window, pv=f"{processor}_3600(X:Y)") == [10.0, 10.0, 30.0]
    union = yearly.secondary.values(*window)
    assert union == [10.0, 0.0, 2.0, 30.0]


def test_samples_at_a_time_are_asked_for_where_there_are_none(proxied, register):
    """Of partners that are only proxied, with includeProxies=true; a stale local one hides a fresh one (B.7, K f2)."""
    proxied.primary.add("X:P")
    proxied.primary.write("2024-06-01", pv="X:P", values=[7.0])
    for side, day in zip(proxied.both, ("2024-06-02", "2024-06-01"), strict=True):
        side.add()
        side.write(day)

    def found(**more):
        body = json.dumps(["X:P", "X:Y"])
        at = {"at": "2024-06-02T12:00:00.000Z", "searchPeriod": "P30D"}
        answer = proxied.secondary.ask(
            "/retrieval/data/getDataAtTime", "POST", body, {"Content-Type": "application/json"}, **at, **more
        )
        return {pv: sample["secs"] for pv, sample in json.loads(answer[1]).items()}

    own = {"X:Y": 1717200000}
    assert found(includeProxies="true") == own
    register(proxied.secondary, proxied.primary, "")
    assert found() == own
    assert found(includeProxies="true") == own | {"X:P": 1717200000}


@pytest.mark.parametrize("trouble", ["down", "unknown", "nothing here"])
def test_a_merged_store_is_empty_when_one_side_has_nothing(bench, trouble):
    """The other down, or without the PV: nothing, even of local samples; and nothing without local ones (C.3)."""
    bench.primary.add()
    bench.primary.appliance.add_pv({"pvName": "X:Y", "dataStores": [lts()], "paused": "true"})
    if trouble != "unknown":
        bench.secondary.add()
        bench.secondary.write("2024-06-02")
    if trouble != "nothing here":
        bench.primary.write("2024-06-01")
    url = merged_url(lts(), bench.secondary)
    bench.primary.appliance.add_pv({"pvName": "X:Y", "dataStores": [url], "paused": "true"})
    if trouble == "down":
        bench.pair.secondary.stop()
    assert bench.primary.times() == []


def test_an_import_appends_but_fills_no_gap(bench):
    """It says "ok" both times (D.3, K b3)."""
    for side in bench.both:
        side.add()
    bench.primary.write("2024-01-01", "2024-03-01")
    bench.secondary.write("2024-01-15", "2024-02-01", "2024-04-01")
    assert run_import(bench.primary, raw_url(bench.secondary), end="2024-02-15") == 200
    assert sorted(bench.primary.stored()) == ["LTS 2024_01", "LTS 2024_03"]
    assert run_import(bench.primary, raw_url(bench.secondary), start="2024-02-15") == 200
    assert bench.primary.stored()["LTS 2024_04"] == ["2024-04-01"]
    assert bench.primary.times() == ["2024-01-01", "2024-03-01", "2024-04-01"]


def test_an_import_brings_the_sample_before_the_window_along(bench):
    """Into an empty store it is complete, and keeps every attribute (K b2)."""
    for side in bench.both:
        side.add()
    bench.secondary.write("2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01")
    assert run_import(bench.primary, raw_url(bench.secondary), start="2024-01-15") == 200
    expected = {name: data for name, data in bench.secondary.files().items() if not name.endswith("2023_12")}
    assert bench.primary.files() == expected


@pytest.mark.parametrize("trouble", ["down", "unknown"])
def test_an_import_from_a_partner_without_answer_is_ok(bench, trouble):
    """And imports nothing (K b4); a merge with it fails instead, HTTP 500 (D.3)."""
    bench.primary.add()
    bench.primary.write("2024-01-01")
    if trouble == "down":
        bench.pair.secondary.stop()
    before = bench.primary.files()
    assert run_import(bench.primary, raw_url(bench.secondary)) == 200
    assert run_import(bench.primary, merged_url(lts(), bench.secondary)) == 500
    assert bench.primary.files() == before


@pytest.fixture
def rebuilt(bench, tmp_path):
    """A rebuild of the primary's LTS: a function that does it, and the files beside the old ones."""
    for side in bench.both:
        side.add()

    def rebuild(start="2020-01-01", end="2026-01-01"):
        bench.primary.call("modifyStoreURLForPV", storage="LTS", plugin_url=lts(str(tmp_path / "new")))
        return run_import(bench.primary, merged_url(lts(), bench.secondary), start, end)

    bench.rebuild = rebuild
    return bench


def test_a_rebuild_has_everything(rebuilt):
    """Missing partitions, years before and after, the open last second; the old files stay (D.3, K b1)."""
    own, others = ["2024-01-01", "2024-01-31T23:59:59.5"], ["2021-06-01", "2024-02-01", "2025-06-01"]
    rebuilt.primary.write(*own)
    rebuilt.secondary.write(*others)
    assert rebuilt.rebuild() == 200
    assert rebuilt.primary.times("2020-01-01", "2026-01-01") == sorted(own + others)
    assert rebuilt.primary.stored() == {"LTS 2024_01": own}


def test_a_rebuild_in_windows_is_complete(rebuilt):
    """One after the other (K b6)."""
    rebuilt.primary.write("2024-01-01", "2024-03-01")
    rebuilt.secondary.write("2024-01-02", "2024-02-01", "2024-04-01")
    assert rebuilt.rebuild("2024-01-01", "2024-02-15") == 200
    assert run_import(rebuilt.primary, merged_url(lts(), rebuilt.secondary), "2024-02-15", "2024-05-01") == 200
    assert rebuilt.primary.times() == ["2024-01-01", "2024-01-02", "2024-02-01", "2024-03-01", "2024-04-01"]


def test_a_rebuild_leaves_out_what_follows_a_file_without_samples(rebuilt):
    """All local samples after it, "ok" (D.3, K b5)."""
    rebuilt.primary.write("2024-01-01", "2024-02-01", "2024-03-01")
    header, _, _ = rebuilt.primary.files()["LTS 2024_02"].partition(b"\n")
    rebuilt.primary.put("2024_02", header + b"\n")
    rebuilt.secondary.write("2024-04-01")
    assert rebuilt.rebuild() == 200
    assert rebuilt.primary.times() == ["2024-01-01", "2024-04-01"]


@pytest.mark.parametrize("damage", [b"", b"garbage\n"])
def test_a_rebuild_fails_on_a_damaged_file(rebuilt, damage):
    """HTTP 500, nothing is written (D.3, K b5)."""
    rebuilt.primary.write("2024-01-01", "2024-03-01")
    rebuilt.primary.put("2024_02", damage)
    rebuilt.secondary.write("2024-04-01")
    assert rebuilt.rebuild() == 500
    assert rebuilt.primary.times() == []


def test_a_rebuild_without_local_files_fails(rebuilt):
    """HTTP 500 if the partner has samples, "ok" if it has none either; nothing is written (K b5n, K b7)."""
    rebuilt.primary.write("2024-05-01")
    rebuilt.secondary.write("2024-01-01")
    assert rebuilt.rebuild("2024-01-01", "2024-02-01") == 500
    assert rebuilt.rebuild("2010-01-01", "2010-02-01") == 200
    assert rebuilt.primary.times() == []


def test_a_rebuild_does_not_compare_types(rebuilt):
    """It says "ok", and then the whole range is an empty answer (K b4t)."""
    rebuilt.secondary.add(dbr_type=DbrType.SCALAR_INT)
    rebuilt.primary.write("2024-01-15")
    rebuilt.secondary.write("2024-01-01", dbr_type=DbrType.SCALAR_INT)
    assert rebuilt.rebuild() == 200
    assert rebuilt.primary.get("2020-01-01", "2026-01-01") == b""
