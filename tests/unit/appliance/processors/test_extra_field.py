"""A field that is archived beside its PV's value."""

import pytest

from archredundancy.appliance.processors.extra_field import ExtraField
from archredundancy.appliance.processors.processor import NoNumber
from archredundancy.model import DbrType


def told(made, stream, dbr_type, values, *texts):
    """A stream of one sample for each text that HIHI has."""
    extras = made.extras([(row, (("HIHI", text), ("LOLO", "0")), -1, 1, -1) for row, text in enumerate(texts)])
    return stream(range(len(values)), values, dbr_type=dbr_type, extras=extras)


VALUES = [
    (DbrType.SCALAR_DOUBLE, 0.5, "10.0", 10.0),
    (DbrType.SCALAR_SHORT, 1, "-10", -10),
    (DbrType.SCALAR_STRING, "a", "10.0", "10.0"),
    (DbrType.WAVEFORM_INT, [1], '["1","-2"]', [1, -2]),
    (DbrType.WAVEFORM_BYTE, [1], '["1","-2"]', b"\x01\xfe"),
]


@pytest.mark.parametrize(("dbr_type", "own", "text", "value"), VALUES)
def test_a_field_is_read_as_its_pvs_type(made, stream, dbr_type, own, text, value):
    """Samples that do not tell it are left out."""
    taken = ExtraField("HIHI").take(told(made, stream, dbr_type, [own, own], text))
    assert [(row.time, row.sample.value, row.sample.fields) for row in taken.rows()] == [(0, value, {})]


@pytest.mark.parametrize(
    ("dbr_type", "own", "text"),
    [
        (DbrType.SCALAR_SHORT, 1, "10.0"),
        (DbrType.SCALAR_BYTE, 1, "128"),
        (DbrType.WAVEFORM_DOUBLE, [1.0], "[1.0]"),
        (DbrType.V4_GENERIC_BYTES, b"x", "1"),
    ],
)
def test_a_field_that_does_not_fit_leaves_its_stream_out(made, stream, dbr_type, own, text):
    """Java does not read one type as another."""
    with pytest.raises(NoNumber, match=dbr_type.name):
        ExtraField("HIHI").take(told(made, stream, dbr_type, [own], text))
