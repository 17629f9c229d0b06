"""What `save` and `open_saved` refuse, and what they say then."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xarray as xr

from archredundancy.errors import InputError, SavedFileError
from archredundancy.export import Format, check_target, open_saved, save
from archredundancy.model import DbrType, Samples, TimeRange, to_dataset
from archredundancy.testing import assert_datasets_equal

SUFFIXES = [".nc", ".zarr", ".parquet", ".csv"]


@pytest.fixture
def dataset():
    """Three samples, the last a NaN."""
    samples = Samples.build(DbrType.SCALAR_DOUBLE, [1, 2, 10**18 + 1], [0.1, -0.0, float("nan")])
    return to_dataset(samples, pv="X", cluster="primary", asked=TimeRange(start=0, end=2 * 10**18))


@pytest.fixture
def tree(dataset):
    """A tree with one child."""
    tree = xr.DataTree.from_dict({"primary": dataset})
    tree.attrs = {"pv": "X", "not_read": []}
    return tree


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_there_is_not_replaced_unasked(dataset, tmp_path, suffix):
    """A second save is refused; with `overwrite=True` the new one is there."""
    path = tmp_path / f"x{suffix}"
    assert save(dataset, path) == path
    with pytest.raises(SavedFileError, match=f"x{suffix} is there already; choose another name, or overwrite"):
        save(dataset.isel(time=[0]), path)
    assert open_saved(path).sizes["time"] == 3
    save(dataset.isel(time=[0]), path, overwrite=True)
    assert open_saved(path).sizes["time"] == 1


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_of_others_is_never_replaced(dataset, tmp_path, suffix):
    """Not even with `overwrite=True`: a wrong path must not cost a folder of data."""
    folder = tmp_path / f"thesis{suffix}"
    folder.mkdir()
    (folder / "chapter1").write_text("all I have")
    with pytest.raises(SavedFileError, match="not replaced"):
        save(dataset, folder, overwrite=True)
    assert (folder / "chapter1").read_text() == "all I have"


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("content", [b"", b"time,value\n1,2\n", b"\x89HDF\r\n\x1a\n", b"PAR1"])
def test_files_of_others_are_refused(tmp_path, suffix, content):
    """The message names the file and says what else may open it."""
    path = tmp_path / f"x{suffix}"
    path.write_bytes(content)
    with pytest.raises(SavedFileError, match=r"is no whole \w+ file of archredundancy.save .*open files of others"):
        open_saved(path)


def test_good_files_of_others_are_refused(dataset, tmp_path):
    """A netCDF, zarr or Parquet file that another program wrote holds no known intervals, and is not taken for ours."""
    numbers = xr.Dataset({"value": ("time", np.arange(3.0))})
    numbers.to_netcdf(tmp_path / "x.nc")
    numbers.to_zarr(tmp_path / "x.zarr", consolidated=False)
    pq.write_table(pa.table({"value": [1.0]}), tmp_path / "x.parquet")
    for suffix in (".nc", ".zarr", ".parquet"):
        with pytest.raises(SavedFileError, match="open files of others with xarray or pandas"):
            open_saved(tmp_path / f"x{suffix}")


def test_a_version_from_the_future_is_refused(dataset, tmp_path):
    """A layout that this package does not know is not guessed at."""
    path = save(dataset, tmp_path / "x.csv")
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(SavedFileError, match="it has version 2, this package reads 1"):
        open_saved(path)


def test_a_csv_that_lost_lines_is_refused(dataset, tmp_path):
    """The header knows how many there were."""
    path = save(dataset, tmp_path / "x.csv")
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(SavedFileError, match="it has 2 rows, its header tells of 3"):
        open_saved(path)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_folder_that_lost_a_file_is_refused(tree, tmp_path, suffix):
    """A tree is whole or not there."""
    path = save(tree, tmp_path / f"x{suffix}")
    (path / f"primary{suffix}").unlink()
    with pytest.raises(SavedFileError, match="FileNotFoundError"):
        open_saved(path)


def test_nothing_there_is_told_with_what_is(dataset, tmp_path):
    """A typo in a name is seen from the message."""
    save(dataset, tmp_path / "current.csv")
    with pytest.raises(SavedFileError, match=r"there is no .*curent.csv; its folder has current.csv"):
        open_saved(tmp_path / "curent.csv")


def test_a_folder_that_is_not_there_is_told(dataset, tmp_path):
    """Folders are not made: a typo would make one. It is found before a long load."""
    for refused in (lambda path: save(dataset, path), check_target):
        with pytest.raises(SavedFileError, match=r"there is no folder .*nosuch for x\.csv; make it first"):
            refused(tmp_path / "nosuch" / "x.csv")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failure_in_the_middle_leaves_nothing(tree, tmp_path, suffix):
    """An attribute that cannot be saved is found after some of the tree was written; no trace is left."""
    tree["late"] = xr.DataTree(xr.Dataset({"x": ("row", [1], {"odd": object()})}))
    with pytest.raises(InputError, match="attribute 'odd': cannot save"):
        save(tree, tmp_path / f"x{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_only_what_was_loaded_can_be_saved(dataset, tree, tmp_path):
    """Other things are refused with a word on what to do."""
    nested = xr.DataTree.from_dict({"a/b": dataset})
    cases = [
        ({"X": tree}, "cannot save a dict; allowed: .* each tree"),
        (nested, "children of children"),
        (xr.DataTree.from_dict({"a b": dataset}), "a child called 'a b'"),
        (dataset.assign(value=dataset.value.astype(object)), "'value' of dtype object; allowed"),
        (dataset.assign({"a b": dataset.value}), "a variable called 'a b'"),
        (dataset.assign(mean=1.0), "'mean', which has no dimension"),
    ]
    for number, (data, message) in enumerate(cases):
        with pytest.raises(InputError, match=message):
            save(data, tmp_path / f"{number}.csv")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_names_of_variables_and_dimensions_may_have_the_letters_of_pvs(tmp_path, suffix):
    """Slashes too, which netCDF and zarr would take for a group's: `pair.align` names variables by PVs."""
    pv = "A/B-1:C.D,#^/<x>[1]{+;}"
    aligned = xr.Dataset(
        {pv: (("time", f"{pv}.element"), np.arange(6.0).reshape(2, 3)), "A:C": ("time", [1, 2])},
        coords={"time": np.array([1, 2], "datetime64[ns]"), "x/y": ("time", [3, 4])},
    )
    assert_datasets_equal(open_saved(save(aligned, tmp_path / f"x{suffix}")), aligned)


def test_a_child_of_a_tree_is_a_dataset(tree, dataset, tmp_path):
    """`save(tree["primary"], …)` writes that one series."""
    assert_datasets_equal(open_saved(save(tree["primary"], tmp_path / "x.csv")), dataset)


@pytest.mark.parametrize("kind", Format)
def test_a_name_without_suffix_will_do(dataset, tmp_path, kind):
    """With `format=` on both ways."""
    path = save(dataset, tmp_path / "x", format=kind)
    assert_datasets_equal(open_saved(path, format=kind), dataset)


def test_a_target_can_be_checked_before_a_long_load(dataset, tmp_path):
    """`check_target` gives the format or the error that `save` would, and writes nothing."""
    assert check_target(tmp_path / "x.nc") is Format.NETCDF
    assert list(tmp_path.iterdir()) == []
    save(dataset, tmp_path / "x.csv")
    with pytest.raises(SavedFileError, match="is there already"):
        check_target(tmp_path / "x.csv")


def test_a_csv_reads_well(dataset, tmp_path):
    """Two lines of comment, names, and one line a sample with time first: nine digits, and as many as a float needs."""
    lines = save(dataset, tmp_path / "x.csv").read_text().splitlines()
    assert json.loads(lines[1].removeprefix("# "))["attributes"]["query_end"] == "2033-05-18T03:33:20.000000000Z"
    assert lines[2:] == [
        "time,value,severity,status",
        "1970-01-01T00:00:00.000000001Z,0.1,0,0",
        "1970-01-01T00:00:00.000000002Z,-0.0,0,0",
        "2001-09-09T01:46:40.000000001Z,NaN,0,0",
    ]
