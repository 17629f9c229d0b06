"""Merging another appliance's samples into files: what fails, and what it leaves behind."""

import pytest

from archredundancy.appliance.remote.merge_in import merge_in
from archredundancy.appliance.server.replies import Refused

REFUSALS = {
    "nobody answers": ("http://127.0.0.1:1/retrieval", "Connection refused"),
    "no http": ("ftp://127.0.0.1/retrieval", "no http URL"),
    "no URL": ("127.0.0.1:17669/retrieval", "no http URL"),
}


@pytest.mark.parametrize(("other", "message"), REFUSALS.values(), ids=REFUSALS)
def test_a_merge_that_fails_changes_nothing(put, made, other, message):
    """The files are as before, and nothing is left beside them."""
    store = put("PARTITION_DAY", {"2024_06_01": made.samples("2024-06-01")})
    (path,) = store.paths()
    before = path.read_bytes()
    with pytest.raises(Refused, match=message):
        merge_in(store, [".pb"], other)
    assert list(path.parent.iterdir()) == [path]
    assert path.read_bytes() == before


def test_a_name_that_is_no_url_cannot_be_asked_for(put, made):
    """The PV's name goes into the URL as it is, so one with a space is refused (appliance.md D.2)."""
    store = put("PARTITION_DAY", {"2024_06_01": made.samples("2024-06-01")}, pv="X Y")
    with pytest.raises(Refused, match="Illegal character"):
        merge_in(store, [".pb"], "http://127.0.0.1:1/retrieval")


def test_without_files_there_is_nothing_to_merge(put):
    """Nobody is asked: partitions that do not exist are never filled (appliance.md D)."""
    merge_in(put("PARTITION_DAY"), [".pb"], "http://127.0.0.1:1/retrieval")
