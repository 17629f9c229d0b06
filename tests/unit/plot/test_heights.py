"""Heights of values of every type."""

import numpy as np
import pytest

from archredundancy.model import DbrType, Samples
from archredundancy.plot.heights import LANES, Style, heights_of


def heights(kind: DbrType, *sets):
    return heights_of(kind, [Samples.build(kind, range(len(values)), values) for values in sets])


def test_numbers_are_their_own_heights():
    """A double is drawn where it is, NaN nowhere."""
    (curve,) = heights(DbrType.SCALAR_DOUBLE, [1.5, np.nan, -2]).curves
    np.testing.assert_equal(curve[0], [1.5, np.nan, -2])


def test_enums_have_a_lane_for_each_value_that_occurs():
    """Lanes are in order of value and common to all sets."""
    found = heights(DbrType.SCALAR_ENUM, [7, 1, 7], [65535])
    assert found.lanes == ("1", "7", "65535")
    assert [curve.tolist() for curve in found.curves[0]] == [[1, 0, 1], [2]]
    assert not found.are_numbers


def test_enums_with_many_values_are_drawn_as_numbers():
    """Where lanes would not fit, the values are the heights."""
    found = heights(DbrType.SCALAR_ENUM, range(LANES + 1))
    assert found.lanes == ()
    assert found.curves[0][0].tolist() == list(range(LANES + 1))


def test_strings_have_lanes_the_commonest_first():
    """Texts are equal byte by byte; the empty one has a name."""
    found = heights(DbrType.SCALAR_STRING, [b"open", b"", b"open"], [b"shut\xff", b"open", b""])
    assert found.lanes == ("open", "(empty)", r"shut\xff")
    assert [curve.tolist() for curve in found.curves[0]] == [[0, 1, 0], [2, 0, 1]]


def test_rare_strings_share_a_lane():
    """Where texts are too many for lanes and most samples have a common one, the rare ones are together."""
    rare = [f"rare {number}" for number in range(LANES)]
    found = heights(DbrType.SCALAR_STRING, ["usual"] * 100 + rare)
    assert len(found.lanes) == LANES
    assert found.lanes[-1] == "2 others"
    assert found.curves[0][0].max() == LANES - 1


def test_strings_that_hardly_repeat_are_ticks():
    """Of a text that is always new, only that it is there can be drawn."""
    found = heights(DbrType.SCALAR_STRING, [f"text {number}" for number in range(100)])
    assert (found.style, found.label) == (Style.TICKS, "100 different texts")


@pytest.mark.parametrize("kind", [DbrType.WAVEFORM_DOUBLE, DbrType.WAVEFORM_INT, DbrType.WAVEFORM_ENUM])
def test_waveforms_are_drawn_from_smallest_to_largest_element(kind):
    """Lengths may differ; a waveform without elements has no height."""
    low, high = heights(kind, [[3, 1, 2], [], [7], [], []]).curves
    np.testing.assert_equal(low[0], [1, np.nan, 7, np.nan, np.nan])
    np.testing.assert_equal(high[0], [3, np.nan, 7, np.nan, np.nan])


def test_elements_that_are_no_numbers_do_not_hide_the_others():
    """NaN among a waveform's elements is left out; where all are NaN there is no height."""
    low, high = heights(DbrType.WAVEFORM_DOUBLE, [[np.nan, 4, 5], [np.nan]]).curves
    np.testing.assert_equal(low[0], [4, np.nan])
    np.testing.assert_equal(high[0], [5, np.nan])


def test_waveforms_of_strings_are_drawn_by_their_number():
    """The height is how many strings there are."""
    found = heights(DbrType.WAVEFORM_STRING, [["a", "b"], [], ["c"]])
    assert found.curves[0][0].tolist() == [2, 0, 1]


def test_v4_samples_are_ticks():
    """Opaque bytes have no height."""
    assert heights(DbrType.V4_GENERIC_BYTES, [b"\x01", b""]).style is Style.TICKS


@pytest.mark.parametrize("kind", list(DbrType))
def test_no_samples_have_no_heights(kind):
    """Every type can be empty."""
    found = heights_of(kind, [Samples.empty(kind), Samples.empty(kind)])
    assert all(len(part) == 0 for curve in found.curves for part in curve)
