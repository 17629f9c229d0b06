"""The whole read path on the embedded pair: what was planted is found, what was recorded is loaded."""

import numpy as np
import pytest

import archredundancy as ar
from archredundancy.client import HttpTransport
from archredundancy.coverage import Cause
from archredundancy.errors import InputError, UnknownPVError
from archredundancy.merge import Origin
from archredundancy.model import DbrType, format_time

LIVE = ("2026-11-22T21:32:00Z", "2026-11-22T21:38:00Z")


def test_the_planted_outage_is_found(pair):
    """Six hours, 2,160 samples, cause and edges are as planted; scattered losses are dropouts; one conflict."""
    result = pair.compare("DEMO:CURRENT", "2026-10-01", "2026-10-04")
    gaps = result.gaps.of("primary")
    assert gaps.samples_to_gain.tolist() == [2160]
    assert format_time(gaps.start[0])[:16] == "2026-10-02T03:00"
    assert format_time(gaps.end[0])[:16] == "2026-10-02T09:00"
    assert gaps.cause.tolist() == [Cause.ARCHIVER_STOPPED]
    assert result.summary.conflicts == 1
    assert 20 <= result.dropouts[0].total <= 25
    assert len(result.gaps.of("secondary")) == 0


def test_the_valve_expires_first(pair):
    """The secondary's day of 25 May is sure to stay for 184 days."""
    result = pair.compare("DEMO:VALVE", "2026-05-20", "2026-05-30")
    assert format_time(result.summary.expires_at) == "2026-11-25T00:00:00.000000000Z"
    assert result.expires_within(3 * 86400)
    assert not result.expires_within(2 * 86400)


def test_the_recording_unites_as_recorded(pair):
    """Of LIVE:COUNT the primary stored 317 samples, the secondary 429; the real merge afterwards had 453."""
    tree = pair.load("LIVE:COUNT", *LIVE)
    assert [tree[name].sizes["time"] for name in ("primary", "secondary", "merged")] == [317, 429, 453]
    origin = tree["merged"].origin.values
    assert np.count_nonzero(origin == Origin.SECONDARY) == 453 - 317


@pytest.mark.parametrize("kind", list(DbrType), ids=lambda kind: kind.name)
def test_every_type_loads_from_both(pair, kind):
    """All 15 types come from both sides, unite, and lack at the primary the ten samples that were planted so."""
    tree = pair.load(f"DEMO:TYPE:{kind.name}", "2026-11-01", "2026-11-02")
    assert [tree[name].sizes["time"] for name in ("primary", "secondary", "merged")] == [50, 60, 60]
    assert tree["merged"].attrs["dbr_type"] == kind.name


def test_times_stay_nanoseconds(pair):
    """Every time in what is loaded has nanosecond dtype."""
    tree = pair.load("LIVE:COUNT", *LIVE)
    stamps = [
        variable
        for node in tree.subtree
        for variable in node.to_dataset().variables.values()
        if np.issubdtype(variable.dtype, np.datetime64)
    ]
    assert len(stamps) >= 8
    assert {str(variable.dtype) for variable in stamps} == {"datetime64[ns]"}


def test_the_sample_before_the_range_is_kept_apart(pair):
    """What holds when the range begins is in a child of its own, not among the samples."""
    tree = pair.load("DEMO:CURRENT", "2026-10-02", "2026-10-03")
    assert tree["before_primary"].sizes["time"] == 1
    assert str(tree["before_primary"].time.values[0]) < "2026-10-02"
    assert str(tree["primary"].time.values[0]) >= "2026-10-02"


def test_one_cluster_loads_alone(pair):
    """`cluster.load` gives what that cluster itself stores."""
    assert pair.secondary.load("LIVE:COUNT", *LIVE).sizes["time"] == 429


def test_a_pv_nobody_knows_is_an_error(pair):
    """An unknown name is not an empty history."""
    with pytest.raises(UnknownPVError, match="not known to have a PV 'NO:SUCH'"):
        pair.load("NO:SUCH", *LIVE)


@pytest.mark.parametrize("pv", ["", "DEMO:*", ["DEMO:VALVE"], None])
def test_what_is_no_name_is_refused(pair, pv):
    """And the message says what takes patterns and lists."""
    for load in (pair.load, pair.compare, pair.secondary.load):
        with pytest.raises(InputError, match=r"not the name of a PV; .* load_many and compare_many take patterns"):
            load(pv, *LIVE)


def test_a_cluster_is_not_compared_with_itself(pair):
    """That would find nothing missing; a URL pasted twice is a mistake."""
    for again in ("/", "/mgmt/bpl", "/retrieval"):
        with pytest.raises(InputError, match=r"primary and secondary are both http://127\.0\.0\.1:\d+; give the URL"):
            ar.ClusterPair(pair.primary.url, pair.primary.url + again)


def test_conflicts_are_described_like_the_samples(pair):
    """Units, precision, and what they are."""
    conflicts = pair.load("DEMO:CURRENT", "2026-10-01", "2026-10-04")["conflicts"]
    assert (conflicts.attrs["egu"], conflicts.attrs["precision"], conflicts.value_secondary.units) == ("mA", 2, "mA")
    assert conflicts.attrs["history"].endswith("in which primary and secondary differ")


def test_retrieval_alone_suffices(pair):
    """Without the management interface both sides still load and compare; what cannot be known is unknown."""
    primary, secondary = (ar.Cluster(side.name, side.readers) for side in (pair.primary, pair.secondary))
    with ar.ClusterPair(primary, secondary, fixed_now=pair.fixed_now) as by_retrieval:
        result = by_retrieval.compare("DEMO:CURRENT", "2026-09-30", "2026-10-04")
        assert result.gaps.of("primary").samples_to_gain.tolist() == [2160]
        assert result.summary.undecided_seconds == pytest.approx(86400, abs=1)
        assert "management" in " ".join(result.notes)


def test_search_tells_where(pair):
    """Both clusters know all of the demonstration's PVs."""
    assert pair.search("DEMO:*") == pair.search("DEMO:*", where="primary") == pair.search("DEMO:*", where="any")
    assert len(pair.search("*")) == 8 + 3 + 15


def test_datasets_compare_without_a_network(pair):
    """`ar.compare` on two Datasets finds the same gap as the pair itself."""
    primary, secondary = (
        side.load("DEMO:CURRENT", "2026-10-01", "2026-10-04") for side in (pair.primary, pair.secondary)
    )
    assert ar.compare(primary, secondary).gaps.samples_to_gain.tolist() == [2160]


def test_the_same_seed_gives_the_same_history(pair):
    """Two demonstrations of one seed hold the same samples."""
    with ar.demo_pair() as again:
        one, two = (each.load("DEMO:CURRENT", "2026-10-01", "2026-10-02")["merged"] for each in (pair, again))
        assert np.array_equal(one.value.values, two.value.values)
        assert np.array_equal(one.time.values, two.time.values)


def test_planning_sends_only_requests_that_read(pair, monkeypatch):
    """For a plan nothing is sent that could change a cluster; the probe for a relay stores nothing."""
    asked, commands = set(), set()
    stream, command = HttpTransport.stream, HttpTransport.command

    def recorded(transport, url, *arguments, **options):
        asked.add(url.rpartition("/")[2])
        return stream(transport, url, *arguments, **options)

    def commanded(transport, url, *arguments, **options):
        commands.add(url.rpartition("/")[2])
        return command(transport, url, *arguments, **options)

    known = pair.primary.management.external_servers()
    monkeypatch.setattr(HttpTransport, "stream", recorded)
    monkeypatch.setattr(HttpTransport, "command", commanded)
    pair.plan_merge(["DEMO:CURRENT", "DEMO:PRESSURE"])
    assert commands == {"addExternalArchiverServer"}
    assert pair.primary.management.external_servers() == known
    assert asked == {
        "getData.raw",
        "getPVTypeInfo",
        "getPVStatus",
        "getExternalArchiverServers",
        "getAppliancesInCluster",
        "getApplianceInfo",
        "getAllNamedFlags",
        "getVersions",
    }
