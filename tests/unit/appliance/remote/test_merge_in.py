"""The appliance's own merge, row by row."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.remote.merge_in import merge_in, merge_rows
from archredundancy.appliance.server.replies import Refused

TIMES = st.lists(st.integers(1, 30), unique=True, max_size=12).map(sorted)


@given(TIMES, TIMES)
def test_the_union_comes_in_order(made, mine, theirs):
    """Every instant of either side comes once; where both have one, the first side's sample is taken."""
    first, second = made.samples(*mine), made.samples(*theirs, values=[100 + time for time in theirs])
    merged = list(merge_rows(made.rows(first), made.rows(second)))
    assert [row.time for row in merged] == sorted({*mine, *theirs})
    own = {row.time: row.sample.value for row in made.rows(first)}
    assert all(row.sample.value == own.get(row.time, 100 + row.time) for row in merged)
    assert all(one.time < two.time for one, two in pairwise(merged))


def test_a_damaged_sample_ends_the_merge(made):
    """It is not skipped: the whole merge fails (appliance.md K, e1b)."""
    rows = made.rows(made.samples(1, 2, 3))
    rows[1].line = b"damage"
    with pytest.raises(DamagedLine, match="cut"):
        list(merge_rows(rows, []))


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
