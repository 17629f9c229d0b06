"""Samples that come bit by bit are those that come at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.model import DbrType, Extras, GrowingSamples, Samples
from archredundancy.testing import assert_samples_equal
from archredundancy.testing.strategies import samples_strategy


@given(st.sampled_from(list(DbrType)).flatmap(lambda kind: st.lists(samples_strategy(kind), min_size=1, max_size=5)))
def test_pieces_grow_to_their_concatenation(parts):
    """Of every type, with whatever extras."""
    growing = GrowingSamples(parts[0].dbr_type)
    for part in parts:
        growing.append(part)
    assert_samples_equal(growing.finish(), Samples.concatenate(parts))


def test_nothing_grows_to_nothing():
    """Without any part there are no samples of the type."""
    assert_samples_equal(GrowingSamples(DbrType.WAVEFORM_STRING).finish(), Samples.empty(DbrType.WAVEFORM_STRING))


def test_many_pieces_keep_their_rows_and_extras():
    """Beyond the room that is made at first; extras stay with their samples."""
    growing = GrowingSamples(DbrType.SCALAR_DOUBLE)
    for number in range(300):
        extras = Extras.build([(1, (("HIHI", str(number)),), -1, -1, -1)])
        growing.append(Samples.build(DbrType.SCALAR_DOUBLE, [2 * number, 2 * number + 1], [0, number], extras=extras))
    whole = growing.finish()
    assert np.array_equal(whole.time, np.arange(600))
    assert np.array_equal(whole.extras.row, np.arange(1, 600, 2))
    assert whole.extras.fields[299] == (("HIHI", "299"),)
