"""What `check_merged_view` finds in the answers of a secondary that merges while it reads (appliance.md C.3, K, L)."""

import json

import pytest
from click.testing import CliRunner

import archredundancy as ar
from archredundancy.cli.main import cli
from archredundancy.client import AwayReader
from archredundancy.coverage import Flaw, Pitfall
from archredundancy.errors import ConnectionFailed, InputError, UnknownPVError
from archredundancy.model import NS_PER_SECOND, DbrType, parse_time
from archredundancy.wire import ChunkHeader

PV = "X:Y"
JUNE = ("2024-05-01", "2024-07-01")


@pytest.fixture
def monthly(proxied):
    """The same, with a PV in monthly files at both."""
    for side in proxied.both:
        side.add()
    return proxied


def check(bench, *window, pv=PV):
    """Return the check of a bench's secondary."""
    with ar.ClusterPair(bench.primary.appliance.url, bench.secondary.appliance.url) as pair:
        return pair.check_merged_view(pv, *(window or JUNE))


def told(view):
    """Return the stretches of a check: flaw, pitfall, whose samples, how many."""
    return [(each.flaw, each.pitfall, each.owner, each.samples) for each in view]


def test_one_store_and_one_year_are_right(monthly):
    """The union as it is; it says so, and how long it took."""
    monthly.primary.write("2024-06-01", "2024-06-03", "2024-06-05", values=[1, 2, 3])
    monthly.secondary.write("2024-06-02", "2024-06-03", values=[11, 2])
    view = check(monthly)
    assert (view.is_right, view.is_whole, view.merges, told(view)) == (True, True, True, [])
    assert (view.samples, view.union) == (4, 4)
    assert view.slower > 0 and view.union_seconds > 0
    assert "is right: it has each of the 4 samples once" in view.to_text()


def test_a_sample_before_the_range_is_no_flaw(monthly):
    """The answer begins with it."""
    monthly.primary.write("2024-06-05")
    monthly.secondary.write("2024-06-01", "2024-06-20")
    assert told(check(monthly, "2024-06-10", "2024-06-30")) == []


def test_contradictions_are_told_and_are_no_mistake(monthly):
    """The secondary's own sample wins there, the primary's in our union."""
    monthly.primary.write("2024-06-01", "2024-06-03", values=[1, 2])
    monthly.secondary.write("2024-06-03", values=[12])
    view = check(monthly)
    assert view.is_right
    assert told(view) == [(Flaw.PREFERS, Pitfall.OWN_WINS, "both", 1)]


def test_a_pair_without_proxy_is_told(bench):
    """What only the primary has is lacking for that."""
    for side in bench.both:
        side.add()
    bench.primary.write("2024-06-01", "2024-06-03")
    bench.secondary.write("2024-06-02")
    view = check(bench)
    assert (view.merges, view.is_right) == (False, False)
    assert told(view) == [(Flaw.LACKS, Pitfall.NO_PROXY, "primary", 2)]
    assert "not set up to merge" in view.to_text()


def test_a_server_that_does_not_merge_is_no_proxy_for_known_pvs(bench, register):
    """Without the key in its URL it is asked for PVs that the secondary does not know."""
    register(bench.secondary, bench.primary, "")
    for side in bench.both:
        side.add()
    bench.primary.write("2024-06-01")
    bench.secondary.write("2024-06-02")
    view = check(bench)
    assert (view.merges, told(view)) == (False, [(Flaw.LACKS, Pitfall.NO_PROXY, "primary", 1)])


def test_samples_of_younger_stores_are_lacking(proxied):
    """Those that are older than the primary's last (K c2)."""
    proxied.primary.add()
    proxied.secondary.add(STS="HOUR", MTS="DAY", LTS="MONTH")
    proxied.primary.write("2024-06-01", "2024-06-02", "2024-06-03", "2024-06-04")
    proxied.secondary.write("2024-06-01T12:00:00")
    proxied.secondary.write("2024-06-02T12:00:00", "2024-06-03T12:00:00", store="MTS")
    proxied.secondary.write("2024-06-04T12:00:00", store="STS")
    view = check(proxied)
    assert told(view) == [(Flaw.LACKS, Pitfall.YOUNGER_STORES, "secondary", 2)]
    frame = view.to_dataframe()
    assert frame.loc[0, "first"].isoformat() == "2024-06-02T12:00:00"
    assert frame.loc[0, "last"].isoformat() == "2024-06-03T12:00:00"


@pytest.fixture
def six_months(proxied):
    """A secondary whose last store is a black hole; the primary has a gap from June 4 to 6 (K j)."""
    proxied.primary.add()
    proxied.secondary.add(STS="HOUR", MTS="DAY", LTS="blackhole")
    proxied.primary.write(*(f"2024-06-0{day}" for day in (1, 2, 3, 7, 8)), values=[1, 2, 3, 7, 8])
    proxied.secondary.write(*(f"2024-06-0{day}" for day in (2, 3, 4, 5)), store="MTS", values=[2, 3, 4, 5])
    proxied.secondary.write("2024-06-06", "2024-06-07", "2024-06-08T12:00:00", store="STS", values=[6, 7, 9])
    return proxied


LOST = {
    "from before its first sample": ("2024-05-01", [(Flaw.LACKS, Pitfall.BLACK_HOLE, "secondary", 3)]),
    "from its first sample": ("2024-06-02", [(Flaw.LACKS, Pitfall.BLACK_HOLE, "secondary", 3)]),
    "from inside its middle store": (
        "2024-06-02T12:00:00",
        [(Flaw.LACKS, Pitfall.YOUNGER_STORES, "secondary", 1)],
    ),
    "from inside its first store": ("2024-06-06T06:00:00", []),
}


@pytest.mark.parametrize(("start", "expected"), LOST.values(), ids=LOST)
def test_a_six_month_secondary_lacks_what_fills_the_primarys_gap(six_months, start, expected):
    """Exactly the samples for which one has it (K h, K j)."""
    assert told(check(six_months, start, "2024-06-09")) == expected


def test_over_new_year_samples_are_lost_and_a_year_early(proxied):
    """One of the secondary's own is lacking, one is dated to the year before (K c3)."""
    for side in proxied.both:
        side.add(LTS="YEAR")
    proxied.primary.write("2023-12-31T23:59:57", "2024-01-01T00:00:00", "2024-01-01T00:00:03")
    proxied.secondary.write("2023-12-31T23:59:58", "2024-01-01T00:00:01", "2024-01-01T00:00:05")
    view = check(proxied, "2023-12-01", "2024-02-01")
    assert told(view) == [
        (Flaw.LACKS, Pitfall.NEW_YEAR, "secondary", 1),
        (Flaw.MISDATES, Pitfall.NEW_YEAR, "secondary", 1),
    ]
    frame = view.to_dataframe()
    assert frame["first"].dt.year.tolist() == [2024, 2023]
    assert frame["true_first"].dt.year.tolist() == [2024, 2024]


def test_beyond_the_secondarys_files_all_is_lacking(proxied):
    """The answer is empty (K c4)."""
    for side in proxied.both:
        side.add()
    proxied.primary.write("2024-06-01", "2024-06-12")
    assert told(check(proxied)) == [(Flaw.LACKS, Pitfall.BEYOND_FILES, "primary", 2)]


def test_a_pv_that_only_the_primary_knows_is_right(proxied):
    """It is passed through."""
    proxied.primary.add()
    proxied.primary.write("2024-06-01")
    view = check(proxied)
    assert (view.is_right, view.samples, told(view)) == (True, 1, [])


def test_a_pv_that_only_the_primary_knows_is_not_found_without_proxy(bench):
    """HTTP 404 is told, not raised."""
    bench.primary.add()
    bench.primary.write("2024-06-01")
    view = check(bench)
    assert told(view) == [(Flaw.LACKS, Pitfall.NO_PROXY, "primary", 1)]
    assert any("X:Y" in note for note in view.notes)


def test_a_primary_that_was_not_heard_is_told(proxied):
    """The secondary remembers that it did not know the PV, until resetFailoverCaches (K c5)."""
    proxied.secondary.add()
    proxied.secondary.write("2024-06-01")
    proxied.secondary.times(*JUNE)
    proxied.primary.add()
    proxied.primary.write("2024-06-02", "2024-06-03")
    assert told(check(proxied)) == [(Flaw.LACKS, Pitfall.NOT_HEARD, "primary", 2)]


def test_a_file_without_samples_ends_the_own_side(proxied):
    """What the secondary has behind it is lacking, the primary's goes on (A.3)."""
    for side in proxied.both:
        side.add(LTS="DAY")
    proxied.primary.write("2024-06-01T06:00:00", "2024-06-04T06:00:00")
    proxied.secondary.write("2024-06-01", "2024-06-03", "2024-06-05")
    header = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv=PV, year=2024).encode()
    proxied.secondary.put("2024_06_02", header)
    assert told(check(proxied)) == [(Flaw.LACKS, Pitfall.EMPTY_FILE, "secondary", 2)]


def test_other_types_do_not_decode(proxied):
    """The primary's samples are lacking (K c6)."""
    for side, dbr_type in zip(proxied.both, (DbrType.SCALAR_INT, DbrType.SCALAR_DOUBLE), strict=True):
        side.add(dbr_type=dbr_type)
    proxied.primary.write("2024-06-01", dbr_type=DbrType.SCALAR_INT)
    proxied.secondary.write("2024-06-02")
    view = check(proxied)
    assert told(view) == [(Flaw.LACKS, Pitfall.MIXED_TYPES, "primary", 1)]
    assert view.notes


def test_a_sample_in_the_last_millisecond_is_lacking(monthly):
    """The primary is asked for whole milliseconds (K c7)."""
    monthly.primary.write("2024-06-01T00:00:00.0005", "2024-06-01T00:00:05.123456788")
    monthly.secondary.write("2024-06-01T00:00:01")
    view = check(monthly, "2024-06-01", "2024-06-01T00:00:05.123456789")
    assert told(view) == [(Flaw.LACKS, Pitfall.CUT_TO_MILLISECONDS, "primary", 1)]


def test_mutual_proxies_are_not_asked(monthly, register):
    """On real appliances one such request ends both (K e3)."""
    register(monthly.primary, monthly.secondary)
    with pytest.raises(InputError, match="takes all threads of both"):
        check(monthly)


def test_a_primary_that_cannot_be_asked_for_its_proxies_is_refused(monthly):
    """Its management URL is needed to rule mutual proxies out."""
    with ar.ClusterPair(monthly.primary.appliance.url, monthly.secondary.appliance.url) as pair:
        pair.primary.management = None
        with pytest.raises(InputError, match="open the pair with the primary's management URL"):
            pair.check_merged_view(PV, *JUNE)


def test_the_newest_minute_cannot_be_checked(monthly):
    """Engines may still have its samples."""
    with pytest.raises(InputError, match="nothing older than a minute"):
        check(monthly, "-30s", "now")


def test_a_pv_that_nobody_knows(proxied):
    """It is an error as with compare."""
    with pytest.raises(UnknownPVError, match="X:NONE"):
        check(proxied, pv="X:NONE")


#: Requests for samples that the primary gets before the secondary asks it: a short one, and the timed one.
BEFORE = 2


@pytest.fixture
def long(monthly):
    """The primary has every other of a thousand seconds, the secondary one between two of them."""
    start = parse_time("2024-06-01", now=0)
    monthly.primary.write(*(start + second * NS_PER_SECOND for second in range(0, 1000, 2)))
    monthly.secondary.write(start + NS_PER_SECOND)
    return monthly


def test_an_answer_of_the_primary_that_is_cut_passes_for_whole(long):
    """It looks complete to the secondary, which passes on what came (C.3, L 2g)."""
    fault = long.primary.appliance.faults
    fault.switch_on("cut-short", "/retrieval/data/*", skip=BEFORE, times=1, after_bytes=4000)
    view = check(long)
    ((flaw, pitfall, owner, samples),) = told(view)
    assert (flaw, pitfall, owner) == (Flaw.LACKS, Pitfall.PARTNER_CUT, "primary")
    assert 0 < samples == view.union - view.samples < 500


def test_a_primary_that_fails_while_it_answers_leaves_own_samples(long):
    """Nothing in the answer tells (C.3)."""
    long.primary.appliance.faults.switch_on("torn", "/retrieval/data/*", skip=BEFORE, times=1, after_bytes=40)
    view = check(long)
    assert told(view) == [(Flaw.LACKS, Pitfall.NOT_HEARD, "primary", 500)]
    assert "500 samples" in view.to_text() and "500" in view.to_html()


def test_an_answer_of_the_secondary_that_breaks_off(long):
    """What came before is checked, and the rest is lacking for that."""
    long.secondary.appliance.faults.switch_on("torn", "/retrieval/data/*", skip=1, times=1, after_bytes=4000)
    view = check(long)
    assert {each.pitfall for each in view} == {Pitfall.BROKEN_OFF}
    assert view.counts[Flaw.LACKS] == view.union - view.samples > 0


def test_what_the_secondary_cannot_be_read_of_is_not_checked(long):
    """With a primary that is away, samples that it may have are neither right nor invented."""
    with ar.ClusterPair(long.primary.appliance.url, long.secondary.appliance.url) as pair:
        pair.primary.readers = {"": AwayReader("primary", ConnectionFailed("away", url="http://away"))}
        view = pair.check_merged_view(PV, *JUNE)
    assert (view.is_right, view.is_whole, view.unchecked, told(view)) == (True, False, 500, [])
    assert "As far as both sides could be read" in view.to_text()


def run(bench, *arguments):
    """Return the exit code of the command, and what it printed."""
    urls = ["--primary", bench.primary.appliance.url, "--secondary", bench.secondary.appliance.url]
    found = CliRunner().invoke(cli, ["merged-view", PV, *JUNE, *urls, *arguments], standalone_mode=False)
    return found.return_value, found.output


def test_the_command_tells_by_its_exit_code(six_months, tmp_path):
    """Two where the answer is wrong, with all of it as JSON and as a page."""
    page = tmp_path / "view.html"
    code, printed = run(six_months, "--json", "--html", str(page))
    content = json.loads(printed)
    assert (code, content["is_right"], content["counts"]["lacks"]) == (2, False, 3)
    assert content["flaws"][0] | {"explanation": ""} == {
        "flaw": "lacks",
        "pitfall": "black-hole",
        "explanation": "",
        "owner": "secondary",
        "first": "2024-06-04T00:00:00.000000000Z",
        "last": "2024-06-06T00:00:00.000000000Z",
        "true_first": "2024-06-04T00:00:00.000000000Z",
        "true_last": "2024-06-06T00:00:00.000000000Z",
        "samples": 3,
    }
    assert "black hole" in page.read_text(encoding="utf-8")


def test_the_command_ends_with_nought_where_all_is_right(long):
    """And says so."""
    code, printed = run(long)
    assert code == 0
    assert "is right: it has each of the 501 samples once" in printed
