"""Samples that come bit by bit are those that come at once."""

from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.model import DbrType, Extras, GrowingSamples, Samples, growing, join_samples
from archredundancy.testing import assert_samples_equal
from archredundancy.testing.generated.strategies import samples_strategy

PARTS = st.sampled_from(list(DbrType)).flatmap(lambda kind: st.lists(samples_strategy(kind), min_size=1, max_size=5))
MORE_THAN_THERE_IS = 1 << 62


@given(parts=PARTS, large=st.sampled_from([16, 1 << 22]), room=st.sampled_from([0, 64, MORE_THAN_THERE_IS]))
def test_pieces_grow_to_their_concatenation(parts, large, room):
    """Of every type, with whatever extras, in small arrays and large ones, with room for those and without."""
    with (
        patch.object(growing, "_LEAST_ROOM", 8),
        patch.object(growing, "_LARGE", large),
        patch.object(growing, "_LARGE_ROOM", room),
    ):
        columns = GrowingSamples(parts[0].dbr_type)
        for part in parts:
            columns.append(part)
        assert_samples_equal(columns.finish(), Samples.concatenate(parts))


@given(parts=PARTS)
def test_joined_parts_are_their_concatenation(parts):
    """Of every type, with whatever extras; the list of the parts is empty then."""
    expected = Samples.concatenate(parts)
    assert_samples_equal(join_samples(parts, expected.dbr_type), expected)
    assert parts == []


def test_nothing_grows_to_nothing():
    """Without any part there are no samples of the type."""
    assert_samples_equal(GrowingSamples(DbrType.WAVEFORM_STRING).finish(), Samples.empty(DbrType.WAVEFORM_STRING))


def test_many_pieces_keep_their_rows_and_extras():
    """Beyond the room that is made at first; extras stay with their samples."""
    columns = GrowingSamples(DbrType.SCALAR_DOUBLE)
    for number in range(300):
        extras = Extras.build([(1, (("HIHI", str(number)),), -1, -1, -1)])
        columns.append(Samples.build(DbrType.SCALAR_DOUBLE, [2 * number, 2 * number + 1], [0, number], extras=extras))
    whole = columns.finish()
    assert np.array_equal(whole.time, np.arange(600))
    assert np.array_equal(whole.extras.row, np.arange(1, 600, 2))
    assert whole.extras.fields[299] == (("HIHI", "299"),)
