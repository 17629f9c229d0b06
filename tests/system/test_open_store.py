"""Folders of PB files as a source, without any appliance: those that two real clusters wrote."""

from importlib.resources import files
from zipfile import ZipFile

import pytest

import archredundancy as ar
from archredundancy.errors import InputError, StoreError, UnknownPVError
from archredundancy.model import DbrType, parse_time
from archredundancy.wire import ChunkHeader, encode_chunk

LIVE = ("2026-11-22T21:32:00Z", "2026-11-22T21:38:00Z")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The files of both clusters, unpacked."""
    root = tmp_path_factory.mktemp("stores")
    with (files("archredundancy.demo") / "data" / "live.zip").open("rb") as packed, ZipFile(packed) as archive:
        archive.extractall(root)
    return root / "primary", root / "secondary"


def test_a_folder_is_searched_and_loaded(folders):
    """Names come from the files' headers, samples from the files."""
    primary = ar.open_store(folders[0])
    assert len(primary.search("LIVE:*")) == 8
    assert primary.load("LIVE:COUNT", *LIVE).sizes["time"] == 317


def test_two_folders_make_a_pair(folders):
    """What both wrote compares and unites like two clusters; what files cannot tell is unknown."""
    with ar.ClusterPair(*map(ar.open_store, folders)) as pair:
        comparison = pair.compare("LIVE:COUNT", *LIVE)
        assert len(comparison.union.samples) == 453
        # A pair of clusters says 136: before a side's first sample, files cannot tell missed from not yet archived.
        assert comparison.summary.primary.samples_to_gain == 135
        assert comparison.summary.undecided_seconds > 0


def test_a_pair_of_folders_is_called_like_a_pair(folders, tmp_path):
    """The tree has the children of every tree, whatever the folders are called, and can be saved."""
    with ar.ClusterPair(*map(ar.open_store, folders)) as pair:
        tree = pair.load("LIVE:COUNT", *LIVE)
    assert {"primary", "secondary", "before_primary", "before_secondary"} < set(tree.children)
    assert tree["primary"].attrs["cluster"] == "primary"
    assert ar.open_saved(ar.save(tree, tmp_path / "x.csv")).identical(tree)


def test_a_site_may_make_paths_of_names_in_its_own_way(tmp_path):
    """With the separators of its `archappl.properties` all is found; without them the error speaks of them."""
    start = parse_time("2024-01-01", now=0)
    path = tmp_path / "SR" / "DCCT" / "I:2024.pb"
    path.parent.mkdir(parents=True)
    header = ChunkHeader(dbr_type=DbrType.SCALAR_INT, pv="SR.DCCT.I", year=2024)
    path.write_bytes(encode_chunk(header, ar.Samples.build(DbrType.SCALAR_INT, [start, start + 1], [1, 2])))
    store = ar.open_store(tmp_path, separators=r"[\:\-\.]")
    assert store.search() == ["SR.DCCT.I"]
    assert store.load("SR.DCCT.I", "2024-01-01", "2024-01-02").value.values.tolist() == [1, 2]
    with pytest.raises(StoreError, match="or the separators by which it was written"):
        ar.open_store(tmp_path).search()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    """A wrong path is an error, not an empty archive."""
    with pytest.raises(StoreError, match="nowhere"):
        ar.open_store(tmp_path / "nowhere")


def test_a_pv_without_files_is_unknown(folders):
    """No file with that name in its header."""
    with pytest.raises(UnknownPVError, match="NO:SUCH"):
        ar.open_store(folders[0]).load("NO:SUCH", *LIVE)


def test_a_folder_has_no_retrieval_client(folders):
    """Only a cluster can be asked over the network."""
    with pytest.raises(InputError, match="is a folder of files"):
        _ = ar.open_store(folders[0]).retrieval
