"""The appliance's own merge, row by row and stream by stream (appliance.md G: MergeDedupEventStreamTest and others)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.remote.merged import merge_rows, merge_streams
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.appliance.storage.streams import Samples
from archredundancy.model import DbrType

TIMES = st.lists(st.integers(1, 30), unique=True, max_size=12).map(sorted)


def stream(made, *times, year=1970, **columns):
    """Return a stream of samples at times in ns."""
    header = Header(dbr_type=DbrType.SCALAR_DOUBLE, pv=made.PV, year=year)
    return Samples(header=header, content=tuple(made.rows(made.samples(*times, **columns))) if times else ())


def merged_times(local, others):
    """Times of what comes out of a merge of streams, ns."""
    return [row.time for row in merge_streams(local, others).rows()]


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


SIDES = {
    "odd and even": ([range(1, 100, 2)], [range(2, 100, 2)]),
    "halves": ([range(1, 50)], [range(50, 100)]),
    "halves, the later one first": ([range(50, 100)], [range(1, 50)]),
    "three quarters overlap": ([range(1, 75)], [range(25, 100)]),
    "nothing on the other side": ([range(1, 100)], []),
    "no sample on the other side": ([range(1, 100)], [range(0)]),
    "no sample here": ([range(0)], [range(1, 100)]),
    "several streams on each side": (
        [range(1, 20, 2), range(21, 60, 2), range(61, 100, 2)],
        [range(2, 50, 2), range(50, 100, 2)],
    ),
}


@pytest.mark.parametrize(("local", "others"), SIDES.values(), ids=SIDES)
def test_streams_of_two_sides_give_their_union(made, local, others):
    """Whatever each side has, all 99 samples come, in order and once."""
    sides = [[stream(made, *times) for times in side] for side in (local, others)]
    assert merged_times(*sides) == list(range(1, 100))


def test_a_stream_without_samples_ends_its_side(made):
    """A file that is only a header hides the local samples after it; the other side goes on (A.3)."""
    local = [stream(made, 1, 2), stream(made), stream(made, 5)]
    assert merged_times(local, [stream(made, 3, 4, 6)]) == [1, 2, 3, 4, 6]
    assert merged_times([stream(made, 3)], [stream(made, 1), stream(made), stream(made, 5)]) == [1, 3]


def test_a_missing_last_sample_ends_its_side_too(made):
    """A file without samples that is asked for its last one counts as a stream without samples."""
    missing = Samples(header=stream(made).header, content=(None,))
    assert merged_times([missing, stream(made, 5)], [stream(made, 1)]) == [1]


def test_without_a_local_stream_nothing_comes(made):
    """What only the other side has cannot be described and is left out (C.3)."""
    assert merge_streams([], [stream(made, 1, 2)]) is None


def test_the_header_is_that_of_the_first_local_stream(made):
    """Samples of another year come under it all the same (K, c3)."""
    merged = merge_streams([stream(made, 1, year=1970), stream(made, 3, year=1971)], [stream(made, 2, year=1999)])
    assert merged.header.year == 1970


def test_a_damaged_sample_ends_the_stream(made):
    """What was merged before it has come; the stream says that it breaks off."""
    damaged = stream(made, 1, 2, 3)
    damaged.content[1].line = b"damage"
    rows = merge_streams([damaged], [stream(made, 4)]).rows()
    with pytest.raises(DamagedFile, match="ends early"):
        list(rows)


def test_only_the_first_local_stream_is_opened_before_samples_are_asked_for(made):
    """Post-processors that answer with one result see no more of the local side than that (C.3)."""
    opened = []

    def local():
        for number in range(3):
            opened.append(number)
            yield stream(made, number + 1)

    merged = merge_streams(local(), [])
    assert opened == [0]
    assert len(list(merged.rows())) == 3
    assert opened == [0, 1, 2]
