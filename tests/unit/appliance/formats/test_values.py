"""Values as text, in JSON and plain."""

import pytest

from archredundancy.appliance.formats.values import json_value, plain_value
from archredundancy.model import DbrType

VALUES = [
    (DbrType.SCALAR_STRING, 'a"/\u00b0', '"a\\"\\/\u00b0"', 'a"/\u00b0'),
    (DbrType.SCALAR_ENUM, -1, "-1", "-1"),
    (DbrType.SCALAR_BYTE, -128, "-128", "-128"),
    (DbrType.SCALAR_FLOAT, 0.10000000149011612, "0.1", "0.1"),
    (DbrType.SCALAR_DOUBLE, float("nan"), "NaN", "NaN"),
    (DbrType.WAVEFORM_DOUBLE, [1.0, float("inf")], "[1.0,Infinity]", "[1.0,Infinity]"),
    (DbrType.WAVEFORM_STRING, ["a", "", 'b"'], '["a","b\\""]', '[a,,b"]'),
    (DbrType.WAVEFORM_BYTE, b"\x00\x7f\x80\xff", "[0,127,-128,-1]", "[0,127,-128,-1]"),
    (DbrType.WAVEFORM_INT, [], "[]", "[]"),
    (DbrType.V4_GENERIC_BYTES, b"\xff", "{}", "org.epics.archiverappliance.data.ByteBufSampleValue@1e"),
]


@pytest.mark.parametrize(("dbr_type", "value", "in_json", "plain"), VALUES)
def test_values_are_written_as_java_does(dbr_type, value, in_json, plain):
    """NaN is bare, bytes have a sign; JSON leaves out empty strings of a waveform, text has a structure's hash."""
    assert json_value(value, dbr_type) == in_json
    assert plain_value(value, dbr_type) == plain
