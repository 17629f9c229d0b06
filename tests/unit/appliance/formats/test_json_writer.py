"""Values as getData.json writes them."""

import pytest

from archredundancy.appliance.formats.json_writer import JsonWriter, value_text
from archredundancy.appliance.messages.message import Header
from archredundancy.model import DbrType

VALUES = [
    (DbrType.SCALAR_STRING, 'a"/\u00b0', '"a\\"\\/\u00b0"'),
    (DbrType.SCALAR_ENUM, -1, "-1"),
    (DbrType.SCALAR_BYTE, -128, "-128"),
    (DbrType.SCALAR_FLOAT, 0.10000000149011612, "0.1"),
    (DbrType.SCALAR_DOUBLE, float("nan"), "NaN"),
    (DbrType.WAVEFORM_DOUBLE, [1.0, float("inf")], "[1.0,Infinity]"),
    (DbrType.WAVEFORM_STRING, ["a", "", "b"], '["a","b"]'),
    (DbrType.WAVEFORM_BYTE, b"\x00\x7f\x80\xff", "[0,127,-128,-1]"),
    (DbrType.WAVEFORM_INT, [], "[]"),
    (DbrType.V4_GENERIC_BYTES, b"no structure", "{}"),
]


@pytest.mark.parametrize(("dbr_type", "value", "text"), VALUES)
def test_values_are_written_as_java_does(dbr_type, value, text):
    """NaN is bare, bytes have a sign, empty strings of a waveform are left out."""
    assert value_text(value, dbr_type) == text


def test_an_answer_is_a_list_of_one_object(made):
    """Blanks and line ends are where the real appliance has them."""
    writer = JsonWriter()
    extras = made.extras([(0, (("HIHI", "1.0"), ("a/b", "c/d")), -1, -1, -1)])
    rows = made.rows(made.samples("2024-06-01T00:00:00.5", 1717200001_000000000, severity=[2, 0], extras=extras))
    header = Header(dbr_type=DbrType.SCALAR_DOUBLE, pv="X:Y", year=2024, fields=(("EGU", "mm"),))
    written = [part for row in rows for part in writer.write(row)]
    assert b"".join([writer.open(), writer.begin("X:Y", header), *written, writer.close()]).decode() == (
        '[ \n{ "meta": { "name": "X:Y" , "EGU": "mm" },\n"data": [ \n'
        '{ "secs": 1717200000, "val": 0.0, "nanos": 500000000, "severity":2, "status":0, '
        '"fields": { "HIHI": "1.0","a/b": "c\\/d"} },\n'
        '{ "secs": 1717200001, "val": 1.0, "nanos": 0, "severity":0, "status":0 }'
        "\n] }\n ]\n"
    )


def test_nothing_is_an_empty_list():
    """An answer without any stream is a list with a blank and a line end in it."""
    writer = JsonWriter()
    assert writer.open() + writer.close() == b"[ \n ]\n"
