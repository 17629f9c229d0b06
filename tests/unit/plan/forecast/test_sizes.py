"""How many bytes samples take in a file, roughly."""

import pytest

from archredundancy.model import DbrType, Extras, Samples, start_of_year
from archredundancy.plan.forecast.sizes import stored_bytes
from archredundancy.wire import encode_samples

START = start_of_year(2026) + 10**16
VALUES = {
    DbrType.SCALAR_DOUBLE: 1.5,
    DbrType.SCALAR_STRING: "a string of some length",
    DbrType.WAVEFORM_DOUBLE: [1.5] * 100,
    DbrType.WAVEFORM_BYTE: [65] * 1000,
    DbrType.WAVEFORM_STRING: ["one", "two", "three"],
    DbrType.V4_GENERIC_BYTES: b"\x01\x02" * 40,
}


@pytest.mark.parametrize("dbr_type", VALUES)
@pytest.mark.parametrize("fields", [(), (("cnxlostepsecs", "1795383295"), ("startup", "true"))])
def test_sizes_are_about_right(dbr_type, fields):
    """With and without field values, within a third of what the encoder writes."""
    extras = Extras.build([(0, fields, -1, 0, -1)] if fields else [])
    samples = Samples.build(dbr_type, [START + 123_456_789], [VALUES[dbr_type]], extras=extras)
    assert stored_bytes(samples)[0] == pytest.approx(len(encode_samples(samples)), rel=1 / 3)
