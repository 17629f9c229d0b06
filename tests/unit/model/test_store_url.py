"""Store URLs, read."""

import pytest

from archredundancy.errors import InputError
from archredundancy.model import Granularity, StoreUrl

MTS = "pb://localhost?name=MTS&rootFolder=${MTS}/a%20b&partitionGranularity=PARTITION_DAY&hold=184&gather=1&pp=a&pp=b"


def test_parts_of_a_url():
    """Everything a plan needs, repeated parameters included."""
    store = StoreUrl.parse(MTS)
    assert (store.scheme, store.name, store.root_folder) == ("pb", "MTS", "${MTS}/a b")
    assert (store.granularity, store.hold, store.gather) == (Granularity.DAY, 184, 1)
    assert store.text == MTS
    assert store.options[-2:] == (("pp", "a"), ("pp", "b"))
    assert store.guaranteed_partitions == 184


def test_a_black_hole_needs_no_name():
    """It has neither folder nor granularity."""
    store = StoreUrl.parse("blackhole://localhost")
    assert (store.scheme, store.name, store.root_folder, store.granularity) == ("blackhole", "blackhole", "", None)


REFUSED = {
    "no URL": ("LTS", "'LTS' is not a store URL; expected something like pb://"),
    "no number": ("pb://localhost?hold=two", "hold='two' in store URL .* is not a whole number"),
    "no granularity": ("pb://localhost?partitionGranularity=DAY", "unknown partition granularity 'DAY'"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused(text, message):
    """The message repeats the part at fault."""
    with pytest.raises(InputError, match=message):
        StoreUrl.parse(text)
