"""One appliance at a time in a folder."""

import pytest

from archredundancy.appliance import Appliance
from archredundancy.appliance.configuration.root_lock import RootLock
from archredundancy.errors import StoreError


def test_a_second_appliance_is_kept_out(tmp_path):
    """Two would write into the same files; when the first has left, the second may come."""
    first = RootLock(tmp_path / "primary")
    with pytest.raises(StoreError, match="primary cannot be used: another appliance uses it; stop that one") as refused:
        RootLock(tmp_path / "primary")
    assert refused.value.path == str(tmp_path / "primary")
    first.release()
    RootLock(tmp_path / "primary").release()


def test_a_file_of_another_kind_is_told(tmp_path):
    """It is not overwritten."""
    (tmp_path / "in-use").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match="cannot be used: file is not a database"):
        RootLock(tmp_path)
    assert (tmp_path / "in-use").read_bytes() == b"not a database" * 100


def test_an_appliance_leaves_its_folder_when_it_could_not_start(tmp_path):
    """A configuration that is none is told with its path, and nothing stays locked."""
    path = tmp_path / "configuration.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"the configuration .*configuration\.sqlite cannot be read"):
        Appliance("primary0", tmp_path).start()
    path.unlink()
    with Appliance("primary0", tmp_path) as first, pytest.raises(StoreError, match="another appliance"):
        Appliance(first.identity, tmp_path).start()
