"""PVs of every payload type are archived and read back."""

import json

import pytest

from archredundancy.appliance import Periodic
from archredundancy.model import DbrType

VALUES = {
    DbrType.SCALAR_STRING: ("50 \u00b5m\n", "50 \u00b5m\n"),
    DbrType.SCALAR_SHORT: (-7, -7),
    DbrType.SCALAR_FLOAT: (1.5, 1.5),
    DbrType.SCALAR_ENUM: (2, 2),
    DbrType.SCALAR_BYTE: (-1, -1),
    DbrType.SCALAR_INT: (-100000, -100000),
    DbrType.SCALAR_DOUBLE: (0.1, 0.1),
    DbrType.WAVEFORM_STRING: (["a", "b"], ["a", "b"]),
    DbrType.WAVEFORM_SHORT: ([1, -2], [1, -2]),
    DbrType.WAVEFORM_FLOAT: ([0.5, 2.0], [0.5, 2.0]),
    DbrType.WAVEFORM_ENUM: ([0, 1], [0, 1]),
    DbrType.WAVEFORM_BYTE: (b"\x01\xff\n", [1, -1, 10]),
    DbrType.WAVEFORM_INT: ([3, -4], [3, -4]),
    DbrType.WAVEFORM_DOUBLE: ([0.1, -2.0], [0.1, -2.0]),
}


@pytest.mark.parametrize("dbr_type", VALUES, ids=lambda dbr_type: dbr_type.name)
def test_a_value_comes_through(bench, dbr_type):
    """From memory and from files, the same."""
    value, read = VALUES[dbr_type]
    pair = bench(series=Periodic(value=lambda time: value, dbr_type=dbr_type), info={"DBRType": f"DBR_{dbr_type.name}"})
    pair.at(15.5)
    path = "/retrieval/data/getData.json?pv=A:B&from=2026-01-01T00:00:02Z&to=2026-01-01T00:00:15Z"
    (answer,) = json.loads(pair.ask(pair.primary, path))
    assert [sample["val"] for sample in answer["data"]] == [read] * 14
    assert [stored for _, stored, _ in pair.stored(pair.secondary)] == [value] * 16
