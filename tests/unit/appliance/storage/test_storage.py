"""Where the stores of an appliance are, and that they are nowhere else."""

import pytest

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.storage.storage import Storage
from archredundancy.errors import StoreError


def info(folder, **keys):
    """Return a type info with one store."""
    url = f"pb://localhost?name=LTS&rootFolder={folder}&partitionGranularity=PARTITION_YEAR"
    return PvTypeInfo({"pvName": "X:Y", "dataStores": [url]} | keys)


@pytest.mark.parametrize(
    ("folder", "below"),
    [
        ("${ARCHAPPL_LONG_TERM_FOLDER}", "lts"),
        ("${ARCHAPPL_LONG_TERM_FOLDER}_rebuilt_1", "lts_rebuilt_1"),
        ("backup", "backup"),
        ("/arch/lts", "arch/lts"),
        ("//arch/./lts/", "arch/lts"),
        ("${ROOT}/lts", "lts"),
        ("/", "."),
    ],
)
def test_each_folder_is_below_the_root(tmp_path, monkeypatch, folder, below):
    """An absolute one that is elsewhere is taken as if the root were the file system's."""
    monkeypatch.setenv("ROOT", str(tmp_path))
    (store,) = Storage(tmp_path).stores(info(folder))
    assert store.root == tmp_path / below


@pytest.mark.parametrize(
    ("folder", "key"),
    [
        ("..", "X/Y:"),
        ("${ARCHAPPL_LONG_TERM_FOLDER}/../../other", "X/Y:"),
        ("/arch/..", "X/Y:"),
        ("${UP}", "X/Y:"),
        ("a\0b", "X/Y:"),
        ("lts", "../X/Y:"),
        ("lts", "X/../../Y:"),
        ("lts", "X\0:"),
        ("lts", "/etc/passwd:"),
    ],
)
def test_a_path_that_leaves_its_folder_is_refused(tmp_path, monkeypatch, folder, key):
    """Whether the folder or the key climbs, or cannot be a name."""
    monkeypatch.setenv("UP", "../up")
    with pytest.raises(StoreError, match=r"leaves its (folder|store); leave out"):
        Storage(tmp_path).stores(info(folder, chunkKey=key))


def test_who_sees_the_same_files_shares_a_lock(tmp_path):
    """Another folder, or another PV, has its own."""
    storage = Storage(tmp_path)
    first, again, elsewhere, other = (
        storage.stores(one)[0] for one in (info("lts"), info("lts"), info("mts"), info("lts", pvName="X:Z"))
    )
    assert first.lock is again.lock
    assert len({id(store.lock) for store in (first, elsewhere, other)}) == 3


def test_a_store_that_gathers_more_than_it_holds_is_refused(tmp_path):
    """`hold - gather` below zero is an error (A.5)."""
    with pytest.raises(StoreError, match="hold 3 at least"):
        Storage(tmp_path).stores(info("lts&hold=2&gather=3"))
