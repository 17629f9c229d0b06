"""Save what an embedded pair gave, read it back with ours and with everybody's tools."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import xarray as xr

import archredundancy as ar
from archredundancy.cli import main
from archredundancy.demo import DEMO_NOW, demo_pair
from archredundancy.model import DbrType
from archredundancy.testing import assert_datasets_equal, assert_trees_equal

SUFFIXES = [".nc", ".zarr", ".parquet", ".csv"]
CURRENT = ("DEMO:CURRENT", "2026-10-01", "2026-10-04")


@pytest.fixture(scope="module")
def pair():
    """The embedded pair, whose present stands still."""
    with demo_pair() as pair, pytest.MonkeyPatch.context() as patch:
        patch.setattr("archredundancy.pair.asked_pair.system_clock", lambda: DEMO_NOW)
        yield pair


@pytest.fixture(scope="module")
def current(pair):
    """What both have of the beam current, with a gap of the primary."""
    return pair.load(*CURRENT)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("dbr_type", DbrType)
def test_what_was_loaded_comes_back(pair, tmp_path, dbr_type, suffix):
    """The tree of both clusters and the Dataset of one, of each type, in each format."""
    asked = (f"DEMO:TYPE:{dbr_type.name}", "2026-11-01", "2026-11-02")
    tree, dataset = pair.load(*asked), pair.primary.load(*asked)
    assert_trees_equal(ar.open_saved(ar.save(tree, tmp_path / f"tree{suffix}")), tree)
    assert_datasets_equal(ar.open_saved(ar.save(dataset, tmp_path / f"one{suffix}")), dataset)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_missing_and_not_asked_can_be_told_apart(current, tmp_path, suffix):
    """What was asked, what is known and where the primary stopped are in the file."""
    back = ar.open_saved(ar.save(current, tmp_path / f"x{suffix}"))
    assert (back.attrs["query_start"], back.attrs["not_read"]) == ("2026-10-01T00:00:00.000000000Z", [])
    assert back["known"]["cluster"].values.tolist() == ["primary", "secondary"]
    assert back["known"]["end"].values[0] == np.datetime64("2026-10-04", "ns")
    assert "stopped" in back["coverage"]["state"].values.tolist()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_was_computed_comes_back(pair, tmp_path, suffix):
    """A table of several PVs, with NaT where one was not covered; statistics of the union; what a server reduced."""
    results = {
        "aligned": pair.align(["DEMO:CURRENT", "DEMO:VALVE"], ["2026-10-01", "2026-10-02"]),
        "statistics": pair.statistics(*CURRENT, bin="1h"),
        "reduced": pair.primary.load(*CURRENT, operator="mean", bin="1h"),
    }
    assert np.isnat(results["aligned"].sample_time.values).any()
    for name, dataset in results.items():
        assert_datasets_equal(ar.open_saved(ar.save(dataset, tmp_path / f"{name}{suffix}")), dataset)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_tree_that_failed_is_saved_with_its_reason(pair, tmp_path, suffix):
    """One bad PV of many is a result on disk, too."""
    tree = pair.load_many(["NO:SUCH"], "2026-10-01", "2026-10-02", progress=False)["NO:SUCH"]
    back = ar.open_saved(ar.save(tree, tmp_path / f"x{suffix}"))
    assert back.attrs == tree.attrs
    assert back.attrs["failure_kind"] == "unknown-pv"


@pytest.mark.parametrize(("suffix", "engine"), [(".nc", {}), (".zarr", {"engine": "zarr", "consolidated": False})])
def test_plain_xarray_opens_the_tree(current, tmp_path, suffix, engine):
    """`xarray.open_datatree` finds children, times in nanoseconds, values, and attributes that people read."""
    with xr.open_datatree(ar.save(current, tmp_path / f"x{suffix}"), **engine) as plain:
        assert set(plain.children) == set(current.children)
        for name in ("primary", "secondary", "merged"):
            assert plain[name].time.dtype == np.dtype("datetime64[ns]")
            assert plain[name].time.identical(current[name].time)
            np.testing.assert_array_equal(plain[name].value.values, current[name].value.values)
        assert plain["merged"].attrs["dbr_type"] == "SCALAR_DOUBLE"
        assert list(plain["merged"].severity.attrs["flag_values"]) == [0, 1, 2, 3]
        assert plain["known"].start.dtype == np.dtype("datetime64[ns]")


def test_plain_pandas_reads_parquet(current, tmp_path):
    """One file a series; times are UTC and exact."""
    folder = ar.save(current, tmp_path / "x.parquet")
    table = pd.read_parquet(folder / "merged.parquet")
    assert str(table.time.dtype) == "datetime64[ns, UTC]"
    assert table.time.astype("int64").tolist() == current["merged"].time.values.astype("int64").tolist()
    assert table.value.tolist() == current["merged"].value.values.tolist()


def test_plain_pyarrow_reads_waveforms_as_lists(pair, tmp_path):
    """A waveform is a list, V4 are bytes, and the header is in the schema."""
    asked = ("2026-11-01", "2026-11-02")
    wave = pair.primary.load("DEMO:TYPE:WAVEFORM_INT", *asked)
    table = pq.ParquetFile(ar.save(wave, tmp_path / "wave.parquet")).read()
    assert table.column("value").to_pylist() == wave.value.values.tolist()
    assert json.loads(table.schema.metadata[b"archredundancy"])["attributes"]["pv"] == "DEMO:TYPE:WAVEFORM_INT"
    v4 = pair.primary.load("DEMO:TYPE:V4_GENERIC_BYTES", *asked)
    rows = pq.ParquetFile(ar.save(v4, tmp_path / "v4.parquet")).read().column("value").to_pylist()
    assert [len(row) for row in rows] == v4.length.values.tolist()
    assert b"".join(rows) == v4.value.values.tobytes()


def test_plain_pandas_reads_csv_as_its_first_line_says(current, tmp_path):
    """The first line of the file is the recipe."""
    path = ar.save(current, tmp_path / "x.csv") / "merged.csv"
    recipe = path.read_text().splitlines()[0].partition("pandas: ")[2]
    table = eval(recipe, {"read_csv": pd.read_csv, "path": path})
    assert list(table) == ["time", "value", "severity", "status", "origin"]
    times = np.array([text.removesuffix("Z") for text in table.time], "datetime64[ns]")
    assert times.tobytes() == current["merged"].time.values.tobytes()
    assert pd.to_datetime(table.time).dt.as_unit("ns").astype("int64").tolist() == times.astype("int64").tolist()
    assert table.value.tolist() == current["merged"].value.values.tolist()


@pytest.fixture
def run(pair, capsys):
    """Run `archredundancy fetch DEMO:CURRENT`; return exit code and standard error."""

    def run(*arguments):
        with pytest.raises(SystemExit) as exit_:
            main(["fetch", *CURRENT, "--primary", pair.primary.url, "--secondary", pair.secondary.url, *arguments])
        return exit_.value.code, capsys.readouterr().err

    return run


def test_fetch_writes_both_sides(run, current, tmp_path):
    """`-o FILE` writes what `pair.load` gives, prints where, and does not replace unless told."""
    path = tmp_path / "current.nc"
    assert run("-o", str(path)) == (0, f"saved: {path}\n")
    assert_trees_equal(ar.open_saved(path), current)
    code, err = run("-o", str(path))
    assert (code, "is there already" in err) == (1, True)
    assert run("-o", str(path), "--overwrite")[0] == 0


def test_fetch_writes_one_series(run, current, tmp_path):
    """`--side` chooses one, so that CSV is one file."""
    path = tmp_path / "current.csv"
    assert run("-o", str(path), "--side", "merged")[0] == 0
    assert_datasets_equal(ar.open_saved(path), current["merged"].to_dataset())


def test_fetch_finds_a_bad_name_before_it_asks(tmp_path, capsys):
    """Nobody is asked when the answer could not be written."""
    with pytest.raises(SystemExit, match="1"):
        main(["fetch", *CURRENT, "--primary", "http://127.0.0.1:1", "--secondary", "http://127.0.0.1:1", "-o", "x.xls"])
    assert "no suffix that tells a format" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "query",
    [
        ("LIVE:COUNT", "2026-11-22T21:33:00Z", "2026-11-22T21:37:00Z"),
        ("DEMO:CURRENT", "2026-10-01", "2026-10-04"),
        ("DEMO:VALVE", "2026-05-26T12:00", "2026-05-26T13:00"),
        ("DEMO:VALVE", "2020-01-01", "2020-02-01"),
    ],
    ids=["many gaps", "dropouts and a conflict", "nothing to tell", "nothing known"],
)
def test_a_comparison_is_kept_exactly(pair, tmp_path, suffix, query):
    """Gaps, states, numbers and what could not be read, in every format, also where there are none."""
    dataset = pair.compare(*query).to_dataset()
    again = ar.open_saved(ar.save(dataset, tmp_path / f"comparison{suffix}"))
    assert again.identical(dataset)
    assert {name: again[name].dtype for name in again} == {name: dataset[name].dtype for name in dataset}
    assert again.attrs == dataset.attrs
