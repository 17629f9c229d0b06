"""Values of one type as another holds them (ThruNumberAndStringConversion)."""

import math

import pytest

from archredundancy.appliance.storage.retype import Unconvertible, retype
from archredundancy.model import DbrType

CASTS = [
    ("SCALAR_DOUBLE", 2.9, "SCALAR_INT", 2),
    ("SCALAR_DOUBLE", -2.9, "SCALAR_SHORT", -2),
    ("SCALAR_DOUBLE", 1e12, "SCALAR_INT", 2147483647),
    ("SCALAR_DOUBLE", -1e12, "SCALAR_INT", -2147483648),
    ("SCALAR_DOUBLE", 1e12, "SCALAR_SHORT", -1),
    ("SCALAR_DOUBLE", math.nan, "SCALAR_INT", 0),
    ("SCALAR_DOUBLE", math.inf, "SCALAR_BYTE", -1),
    ("SCALAR_DOUBLE", 1e300, "SCALAR_FLOAT", math.inf),
    ("SCALAR_DOUBLE", 1e7, "SCALAR_STRING", "1.0E7"),
    ("SCALAR_FLOAT", 0.10000000149011612, "SCALAR_STRING", "0.1"),
    ("SCALAR_FLOAT", 0.10000000149011612, "SCALAR_DOUBLE", 0.10000000149011612),
    ("SCALAR_INT", 40000, "SCALAR_ENUM", -25536),
    ("SCALAR_INT", 200, "SCALAR_BYTE", -56),
    ("SCALAR_INT", -7, "SCALAR_STRING", "-7"),
    ("SCALAR_ENUM", 3, "SCALAR_DOUBLE", 3.0),
    ("WAVEFORM_DOUBLE", [1.5, 2.5], "SCALAR_INT", 1),
]


@pytest.mark.parametrize(("source", "value", "target", "expected"), CASTS)
def test_numbers_are_cast_as_java_does(made, source, value, target, expected):
    """Digits are cut, ints saturate, shorts and bytes keep the lowest bits; of an array the first element counts."""
    rows = made.rows(made.samples("2024-06-02T01:02:03.5", values=[value], dbr_type=DbrType[source], severity=[2]))
    (row,) = retype(rows, DbrType[target])
    assert row.sample.value == expected
    assert (row.time, row.dbr_type, row.sample.severity) == (rows[0].time, DbrType[target], 2)


IMPOSSIBLE = [
    ("SCALAR_STRING", b"7", "SCALAR_INT"),
    ("SCALAR_STRING", b"7", "SCALAR_STRING"),
    ("SCALAR_DOUBLE", 1.0, "WAVEFORM_DOUBLE"),
    ("WAVEFORM_DOUBLE", [], "SCALAR_DOUBLE"),
    ("WAVEFORM_STRING", [b"7"], "SCALAR_DOUBLE"),
    ("V4_GENERIC_BYTES", b"7", "SCALAR_DOUBLE"),
]


@pytest.mark.parametrize(("source", "value", "target"), IMPOSSIBLE)
def test_what_has_no_counterpart_is_an_error(made, source, value, target):
    """Strings, structures and empty arrays are no numbers, and nothing becomes an array."""
    rows = made.rows(made.samples("2024-06-02", values=[value], dbr_type=DbrType[source]))
    with pytest.raises(Unconvertible, match=f"cannot become {target}"):
        list(retype(rows, DbrType[target]))
