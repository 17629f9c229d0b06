"""`tree.redundancy` and `dataset.redundancy`, of what was loaded and of what was saved."""

import subprocess
import sys

import pytest

import archredundancy as ar
import archredundancy.accessors
from archredundancy.errors import DatasetError

LIVE = ("LIVE:COUNT", "2026-11-22T21:33:00Z", "2026-11-22T21:37:00Z")
TYPES = ("2026-11-01", "2026-11-02")


def test_a_tree_of_any_type_is_compared_as_the_pair_does(pair):
    """All that the comparison tells, without asking anybody."""
    for pv in pair.search("DEMO:TYPE:*"):
        tree = pair.load(pv, *TYPES)
        assert tree.redundancy.compare().to_json() == pair.compare(pv, *TYPES).to_json()


@pytest.mark.parametrize("suffix", ["nc", "zarr", "parquet", "csv"])
def test_a_saved_tree_is_compared_as_exactly(pair, tmp_path, suffix):
    """Causes, unknown parts and expiry come back with the file."""
    for query in (LIVE, ("DEMO:VALVE", "2026-05-20", "2026-05-30")):
        saved = ar.save(pair.load(*query), tmp_path / f"{query[0].replace(':', '-')}.{suffix}")
        assert ar.open_saved(saved).redundancy.compare().to_json() == pair.compare(*query).to_json()


def test_a_tree_that_was_sliced_is_refused(pair):
    """What was cut away would look like a gap."""
    tree = pair.load(*LIVE)
    with pytest.raises(DatasetError, match=r"the child 'primary' has .* samples, which are not those"):
        tree.isel(time=slice(10, None)).redundancy.compare()
    tree["before_secondary"] = tree["secondary"].isel(time=slice(0, 5))
    with pytest.raises(DatasetError, match="the child 'before_secondary' has 5 samples"):
        tree.redundancy.compare()


def test_a_tree_without_its_sides_is_refused(pair):
    """A child alone, and a PV that could not be loaded, say what is absent and why."""
    with pytest.raises(DatasetError, match="no child 'primary'"):
        pair.load(*LIVE)["merged"].redundancy.compare()
    failed = pair.load_many(["NO:SUCH"], "-1h", progress=False)["NO:SUCH"]
    with pytest.raises(DatasetError, match="not known to have a PV 'NO:SUCH'"):
        failed.redundancy.compare()


def test_coverage_of_one_side(pair):
    """In a tree with what the other side shows; alone by its own word."""
    tree = pair.load(*LIVE)
    assert tree.redundancy.coverage("primary") == pair.compare(*LIVE).primary
    alone = tree["primary"].redundancy.coverage()
    assert alone == pair.primary.load(*LIVE).redundancy.coverage()
    assert "disconnected" in set(alone.to_dataframe().state)
    with pytest.raises(DatasetError, match="no cluster 'merged'; give one of primary, secondary"):
        tree.redundancy.coverage("merged")
    with pytest.raises(DatasetError, match="'merged' has no attribute 'evidence'"):
        tree["merged"].to_dataset().redundancy.coverage()


def test_two_datasets_are_compared(pair):
    """As `archredundancy.compare` does."""
    primary, secondary = pair.primary.load(*LIVE), pair.secondary.load(*LIVE)
    assert primary.redundancy.compare(secondary).to_json() == ar.compare(primary, secondary).to_json()


def test_merged_datasets_do_not_pass_for_one_side(pair):
    """The union says nothing of what either cluster can vouch for."""
    merged = ar.merge_samples(pair.primary.load(*LIVE), pair.secondary.load(*LIVE))
    assert "evidence" not in merged.attrs


def test_nothing_is_added_before_it_is_imported():
    """Whoever has an accessor of that name keeps it."""
    code = "import archredundancy.pair, xarray; raise SystemExit(hasattr(xarray.Dataset, 'redundancy'))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
