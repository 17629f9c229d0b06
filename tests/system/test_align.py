"""Values of the union on given times, over the network."""

import numpy as np
import pytest
import xarray as xr

import archredundancy as ar
from archredundancy.coverage import Quality
from archredundancy.errors import InputError
from archredundancy.model import from_dataset

START, END = "2026-11-01", "2026-11-02"


def test_every_payload_type_is_held(pair):
    """At the instant of each sample of the union its own value, alarm and time."""
    for pv in pair.search("DEMO:TYPE:*"):
        merged = pair.load(pv, START, END)["merged"].to_dataset()
        aligned = pair.align(pv, merged.time.values)
        assert (aligned.quality.values == Quality.HELD).all()
        assert (aligned.sample_time.values[0] == merged.time.values).all()
        for name in ("severity", "status"):
            assert (aligned[name].values[0] == merged[name].values).all()
        samples = from_dataset(merged)
        if pv.endswith("V4_GENERIC_BYTES"):
            rows = [
                row[:length].tobytes()
                for row, length in zip(aligned[pv].values, aligned[f"{pv}.length"].values, strict=True)
            ]
            assert rows == samples.value.to_bytes()
        else:
            np.testing.assert_array_equal(aligned[pv].values, merged.value.values)


def test_before_creation_everything_is_masked(pair):
    """NaN, empty or of no length, with a quality that says so."""
    names = pair.search("DEMO:TYPE:*")
    aligned = pair.align("DEMO:TYPE:*", ["2020-01-01", "2026-11-01T12:00"])
    assert aligned.pv.values.tolist() == names
    assert aligned.quality.values.tolist() == [[Quality.UNKNOWN, Quality.HELD]] * len(names)
    assert np.isnat(aligned.sample_time.values[:, 0]).all()
    assert (aligned.severity.values[:, 0] == -1).all()
    for pv in names:
        masked = aligned[pv].values[0]
        if f"{pv}.length" in aligned:
            assert aligned[f"{pv}.length"].values[0] == 0
        else:
            assert masked == "" if pv.endswith("STRING") else np.isnan(masked)


def test_the_primary_s_gap_is_filled_by_the_secondary(pair):
    """What the union holds inside it is what the secondary stored."""
    instants = np.arange("2026-10-02T03:10", "2026-10-02T08:50", np.timedelta64(7, "m"), "datetime64[m]")
    aligned = pair.align("DEMO:CURRENT", instants)
    theirs = pair.secondary.load("DEMO:CURRENT", "2026-10-02T03:00", "2026-10-02T09:00")
    expected = theirs.value.sel(time=instants.astype("datetime64[ns]"), method="ffill")
    assert (aligned["DEMO:CURRENT"].values == expected.values).all()
    assert aligned["DEMO:CURRENT"].attrs["units"] == theirs.attrs["egu"]


def test_times_come_back_in_the_caller_s_order(pair):
    """Twice the same, and backwards."""
    instants = ["2026-10-01T12:00", "2026-10-01T06:00", "2026-10-01T12:00"]
    found = pair.align(["DEMO:CURRENT"], instants)["DEMO:CURRENT"].values
    assert found[0] == found[2] != found[1]
    assert pair.align(["DEMO:CURRENT"], []).sizes == {"pv": 0, "time": 0}


def test_a_pv_that_nobody_knows_is_unknown_with_the_reason(pair):
    """It costs the others nothing."""
    aligned = pair.align(["NO:SUCH", "DEMO:CURRENT"], ["2026-11-01T12:00"])
    assert aligned["NO:SUCH"].attrs["failure_kind"] == "unknown-pv"
    assert aligned.attrs["not_read"][0].startswith("NO:SUCH: primary and secondary are not known to have")
    assert aligned.quality.values.tolist() == [[Quality.UNKNOWN], [Quality.HELD]]


def test_a_range_without_samples_is_no_change_of_type(pair):
    """Before all samples the sides answer with a header, or with nothing."""
    assert pair.load("DEMO:TYPE:SCALAR_BYTE", "2026-10-01", "2026-10-02")["merged"].sizes["time"] == 0


def test_what_cannot_be_done_is_refused(pair):
    """The caller's mistakes are errors at once."""
    with pytest.raises(InputError, match="parallel=0"):
        pair.align("DEMO:*", ["now"], parallel=0)
    with pytest.raises(InputError, match="these names are taken: pv, quality"):
        pair.align(["quality"], ["now"])


@pytest.mark.parametrize("ending", ["nc", "zarr", "parquet", "csv"])
def test_aligned_values_are_saved_exactly(pair, ending, tmp_path):
    """Under the names of their PVs, all types and masks among them."""
    aligned = pair.align("DEMO:*", ["2020-01-01", "2026-11-01T12:00", "2026-11-01T13:00"])
    ar.save(aligned, tmp_path / f"aligned.{ending}")
    xr.testing.assert_identical(ar.open_saved(tmp_path / f"aligned.{ending}"), aligned)
