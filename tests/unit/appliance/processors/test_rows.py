"""Samples that post-processors make, and the numbers of those they read."""

import math

import pytest

from archredundancy.appliance.processors.processor import NoNumber
from archredundancy.appliance.processors.rows import made_row, number_of, without_fields
from archredundancy.model import DbrType

NUMBERS = [
    (DbrType.SCALAR_ENUM, -1, -1.0),
    (DbrType.SCALAR_DOUBLE, 1e300, 1e300),
    (DbrType.WAVEFORM_FLOAT, [0.5, 2.0], 0.5),
    (DbrType.WAVEFORM_BYTE, b"\xc8\x01", -56.0),
]


@pytest.mark.parametrize(("dbr_type", "value", "number"), NUMBERS)
def test_a_sample_has_a_number(dbr_type, value, number):
    """An array's is its first element; bytes have a sign."""
    assert number_of(made_row(0, value, dbr_type)) == number


def test_an_array_without_elements_is_no_number():
    """But it counts as a sample."""
    assert math.isnan(number_of(made_row(0, [], DbrType.WAVEFORM_INT)))


@pytest.mark.parametrize(
    ("dbr_type", "value"),
    [(DbrType.SCALAR_STRING, "1"), (DbrType.WAVEFORM_STRING, ["1"]), (DbrType.V4_GENERIC_BYTES, b"1")],
)
def test_texts_and_structures_have_none(dbr_type, value):
    """Also if the text looks like one."""
    with pytest.raises(NoNumber, match=dbr_type.name):
        number_of(made_row(0, value, dbr_type))


def test_added_fields_do_not_say_whether_they_changed():
    """A copy of the sample does; their order is that of adding them, which the copy loses."""
    row = made_row(0, 1.0, DbrType.SCALAR_DOUBLE, fields={"stdz": "1", "connectionChange": "true"})
    assert row.line.find(b"stdz") < row.line.find(b"connectionChange")
    assert row.line.endswith(b"true")
    assert row.copy().line.endswith(b"\x40\x00")


def test_a_sample_loses_its_fields_and_perhaps_its_time():
    """Severity and status stay."""
    row = made_row(5, 1.0, DbrType.SCALAR_DOUBLE, severity=2, status=3, fields={"HIHI": "1"})
    assert without_fields(row, 7).line == made_row(7, 1.0, DbrType.SCALAR_DOUBLE, severity=2, status=3).line
    assert without_fields(row).time == 5
