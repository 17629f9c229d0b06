"""Answers of getDataAtTime (appliance.md B.7 and K)."""

import json

import pytest

from archredundancy.appliance.formats.found_samples import found_samples_text, sample_object
from archredundancy.model import DbrType

VALUES = [
    (DbrType.SCALAR_DOUBLE, 0.1, 0.1),
    (DbrType.SCALAR_DOUBLE, float("nan"), None),
    (DbrType.SCALAR_DOUBLE, float("-inf"), None),
    (DbrType.WAVEFORM_DOUBLE, [1.0, float("nan")], None),
    (DbrType.SCALAR_STRING, "\u4e2d \u00b5 \u2028", "? \ufffd \u2028"),
    (DbrType.SCALAR_STRING, "\u00c2\u00b5", "\u00b5"),
]


@pytest.mark.parametrize(("dbr_type", "value", "expected"), VALUES)
def test_values_are_written_and_read_on_their_way(made, dbr_type, value, expected):
    """What is no JSON becomes null, and letters beyond ASCII suffer from two encodings that do not fit."""
    (row,) = made.rows(made.samples("2024-06-01", values=[value], dbr_type=dbr_type))
    assert sample_object(row)["val"] == expected


def test_fields_are_never_there(made):
    """A sample that has fields comes without them."""
    extras = made.extras([(0, (("HIHI", "1.0"),), -1, -1, -1)])
    (row,) = made.rows(made.samples("2024-06-01T00:00:00.5", severity=[2], extras=extras))
    text = found_samples_text({"B": sample_object(row), "A": {}})
    assert text == ('{"B":{"val":0.0,"severity":2,"nanos":500000000,"secs":1717200000,"fields":{},"status":0},"A":{}}')
    assert json.loads(text)["B"]["fields"] == {}
