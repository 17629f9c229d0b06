"""Operators of the server, and statistics of the union, over the network."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import archredundancy as ar
from archredundancy.appliance import Appliance, AppliancePair
from archredundancy.client import HttpTransport
from archredundancy.errors import InputError, ReplyError, UnknownPVError
from archredundancy.model import NS_PER_SECOND, DbrType, Samples, chunk_key, start_of_year
from archredundancy.wire import ChunkHeader, encode_chunk

NEW_YEAR = start_of_year(2024)
LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"
SPAN = ("2026-10-02T00:00", "2026-10-02T03:00")


def put(appliance, pv, samples):
    """Store samples of 2024 in a PV's only file."""
    header = ChunkHeader(dbr_type=samples.dbr_type, pv=pv, year=2024)
    appliance.put_file("LTS", f"{chunk_key(pv)}2024.pb", encode_chunk(header, samples))


@pytest.fixture(scope="module")
def demo():
    """An embedded pair for tests that only read."""
    with ar.demo_pair() as pair:
        yield pair


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A pair whose primary alone has samples of the PV X:Y, which each example replaces."""
    with AppliancePair(tmp_path_factory.mktemp("pair"), lag=0.0) as appliances:
        for appliance in (appliances.primary, appliances.secondary):
            appliance.add_pv({"pvName": "X:Y", "dataStores": [LTS], "paused": "true"})
        with ar.ClusterPair(appliances.primary.url, appliances.secondary.url) as opened:
            opened.appliances = appliances
            yield opened


numbers = st.floats(-1e6, 1e6) | st.sampled_from([float("nan"), 0.0])
rows = st.lists(st.tuples(st.integers(0, 3 * 3600 * NS_PER_SECOND - 1), numbers), min_size=1, max_size=30)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows, seconds=st.sampled_from([7, 60, 900, 3600]))
def test_statistics_of_one_side_alone_are_the_server_s(pair, rows, seconds):
    """Same bins, same stamps, and the same numbers to rounding."""
    ordered = sorted(dict(rows).items())
    times = [NEW_YEAR + time for time, _ in ordered]
    put(pair.appliances.primary, "X:Y", Samples.build(DbrType.SCALAR_DOUBLE, times, [value for _, value in ordered]))
    span = ("2024-01-01T00:00", "2024-01-01T03:00")
    union = pair.statistics("X:Y", *span, bin=seconds)
    server = pair.primary.load("X:Y", *span, operator="statsSample", bin=seconds)
    filled = union.isel(time=np.flatnonzero(union["count"] > 0))
    server = server.isel(time=np.flatnonzero(server["count"] > 0))
    np.testing.assert_array_equal(filled.time.values, server.time.values)
    for name in ("mean", "std", "min", "max", "count"):
        np.testing.assert_allclose(filled[name].values, server[name].values, rtol=1e-9, atol=1e-6)
    for name, operator in (("first", "firstSample"), ("last", "lastSample")):
        picked = pair.primary.load("X:Y", *span, operator=operator, bin=seconds)
        np.testing.assert_array_equal(union[name].values[union["samples"] > 0], picked.value.values)


def test_statistics_are_those_of_the_union(demo):
    """Where the primary has a gap, the secondary's samples count, and the bins are covered all the same."""
    span = ("2026-10-02T02:00", "2026-10-02T10:00")
    statistics = demo.statistics("DEMO:CURRENT", *span, bin="1h")
    merged = demo.load("DEMO:CURRENT", *span)["merged"].to_dataset()
    slowly = merged.value.groupby(merged.time.dt.floor("1h"))
    np.testing.assert_array_equal(statistics["count"].values, slowly.count().values)
    np.testing.assert_allclose(statistics["mean"].values, slowly.mean().values)
    np.testing.assert_allclose(statistics["std"].values, slowly.std(ddof=1).values)
    assert (statistics.covered_seconds.values == 3600).all()
    assert (statistics.known_seconds.values == 3600).all()
    alone = demo.primary.load("DEMO:CURRENT", *span, operator="countSample", bin="1h")
    assert alone.sizes["time"] < statistics.sizes["time"]


def test_bins_that_nobody_covers_say_so(demo):
    """Before the PV was archived nothing is known; no number stands in for it."""
    statistics = demo.statistics("DEMO:CURRENT", "2020-01-01", "2020-01-02", bin="6h")
    assert statistics["count"].values.tolist() == statistics.known_seconds.values.tolist() == [0, 0, 0, 0]
    assert np.isnan(statistics["mean"].values).all()


def test_texts_have_no_statistics(demo):
    """The type is named."""
    with pytest.raises(InputError, match="samples of type SCALAR_STRING have no statistics"):
        demo.statistics("DEMO:TYPE:SCALAR_STRING", "2026-11-01", "2026-11-02", bin="1h")


def test_a_mean_is_stamped_with_the_middle_of_its_bin(demo):
    """Whole bins, and only those asked for, though the server sends the one before."""
    means = demo.primary.load("DEMO:CURRENT", "2026-10-01T00:10", "2026-10-01T02:10", operator="mean", bin="1h")
    middles = ["2026-10-01T00:30", "2026-10-01T01:30", "2026-10-01T02:30"]
    assert means.time.values.tolist() == np.array(middles, "datetime64[ns]").tolist()
    assert (means.attrs["operator"], means.attrs["bin_seconds"]) == ("mean_3600", 3600)
    assert means.attrs["query_start"] == "2026-10-01T00:00:00.000000000Z"
    assert means.attrs["not_read"] == []


def test_optimized_comes_in_either_form(demo):
    """All samples where they are few, else numbers for each bin with the mean as value."""
    few = demo.primary.load("DEMO:CURRENT", *SPAN, operator="optimized_100000")
    xr.testing.assert_equal(few, demo.primary.load("DEMO:CURRENT", *SPAN))
    many = demo.primary.load("DEMO:CURRENT", *SPAN, operator="optimized_100")
    assert many.attrs["bin_seconds"] == 107
    assert {"value", "mean", "std", "min", "max", "count"} <= set(many.data_vars)
    assert ((many["min"] <= many["value"]) & (many["value"] <= many["max"])).all()
    assert "last" in demo.primary.load("DEMO:CURRENT", *SPAN, operator="optimLastSample_100")


def test_a_waveform_of_five_is_no_statistic(demo):
    """Samples of arrays are not taken for bins of `optimized`."""
    found = demo.primary.load("DEMO:TYPE:WAVEFORM_DOUBLE", "2026-11-01", "2026-11-02", operator="optimized_1000")
    assert "std" not in found


@pytest.mark.parametrize("operator", ["firstSample", "lastSample", "flyers", "ignoreflyers", "caplotbinning"])
def test_samples_that_are_picked_lie_in_the_range(demo, operator):
    """The sample before it, which the server adds, is left out."""
    found = demo.primary.load("DEMO:CURRENT", *SPAN, operator=operator, bin="30min")
    inside = (found.time >= np.datetime64(SPAN[0], "ns")) & (found.time < np.datetime64(SPAN[1], "ns"))
    assert inside.all()


def test_nothing_is_told_as_nothing(pair):
    """Before all samples the server sends an empty answer, as it does of a damaged file."""
    put(pair.appliances.primary, "X:Y", Samples.build(DbrType.SCALAR_DOUBLE, [NEW_YEAR + 1], [1.0]))
    found = pair.primary.load("X:Y", "2023-01-01", "2023-01-02", operator="meanSample", bin="1h")
    assert found.sizes["time"] == 0
    assert found.attrs["not_read"][0].startswith("nothing came back")


def test_a_server_that_sends_its_samples_instead_is_found_out(tmp_path):
    """As one does that does not know the operator: their stamps are no middles of bins."""
    samples = Samples.build(DbrType.SCALAR_DOUBLE, [NEW_YEAR + 1], [1.0])

    class Deaf(HttpTransport):
        def stream(self, url, params=(), *, timeout=None):
            return super().stream(url, [(name, value) for name, value in params if name != "pp"], timeout=timeout)

    with Appliance("deaf0", tmp_path, lag=0.0) as appliance, Deaf() as transport:
        appliance.add_pv({"pvName": "X:Y", "dataStores": [LTS], "paused": "true"})
        put(appliance, "X:Y", samples)
        cluster = ar.Cluster.connect(appliance.url, transport, "deaf")
        for operator in ("mean", "stats"):
            with pytest.raises(ReplyError, match=f"answered {operator}_60 with values that are not in the middles"):
                cluster.load("X:Y", "2024-01-01", "2024-01-02", operator=operator, bin="1min")


def test_what_cannot_be_asked_for_is_refused(demo, tmp_path):
    """Names nobody knows, bins without an operator, and folders, which have no server."""
    with pytest.raises(UnknownPVError, match="NO:SUCH"):
        demo.primary.load("NO:SUCH", *SPAN, operator="mean", bin="1h")
    with pytest.raises(InputError, match="bin='1h' needs an operator"):
        demo.primary.load("DEMO:CURRENT", *SPAN, bin="1h")
    with pytest.raises(InputError, match="is a folder of files, which has no operators"):
        ar.open_store(tmp_path).load("X:Y", *SPAN, operator="mean", bin="1h")
