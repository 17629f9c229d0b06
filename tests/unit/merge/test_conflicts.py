"""`Conflicts`: both sides of what differs, as samples and as a table."""

import numpy as np
import pytest

from archredundancy.merge import unite
from archredundancy.model import DbrType, Samples

VALUES = {
    DbrType.SCALAR_DOUBLE: (1.5, 2.5),
    DbrType.SCALAR_STRING: ("open", "20 °C"),
    DbrType.WAVEFORM_STRING: (["a"], ["b", "c"]),
    DbrType.V4_GENERIC_BYTES: (b"\x01", b"\xff\x00"),
}


def test_both_sides_of_each_conflict_are_kept():
    """Row `i` of the one side stands against row `i` of the other; instants that agree are not listed."""
    mine = Samples.build(DbrType.SCALAR_INT, [10, 20, 30], [1, 2, 3], severity=[0, 0, 1])
    theirs = Samples.build(DbrType.SCALAR_INT, [10, 20, 30], [1, 7, 3], severity=[0, 0, 2])
    conflicts = unite(mine, theirs).conflicts
    assert conflicts.time.tolist() == [20, 30]
    assert conflicts.primary.value.tolist() == [2, 3]
    assert conflicts.secondary.value.tolist() == [7, 3]
    assert repr(conflicts) == "<2 Conflicts, SCALAR_INT>"


@pytest.mark.parametrize("dbr_type", VALUES, ids=str)
def test_table_shows_values_of_every_kind(dbr_type):
    """Numbers, text, lists of text and bytes, each as a person reads them."""
    mine, theirs = VALUES[dbr_type]
    table = unite(
        Samples.build(dbr_type, [10], [mine]), Samples.build(dbr_type, [10], [theirs])
    ).conflicts.to_dataframe()
    assert str(table["time"].dtype) == "datetime64[ns]"
    assert table.loc[0, "value_primary"] == mine
    assert table.loc[0, "value_secondary"] == theirs
    assert table.loc[0, "severity_primary"] == 0


def test_table_shows_waveforms_as_arrays():
    """Waveforms of different lengths go beside each other."""
    sides = (Samples.build(DbrType.WAVEFORM_INT, [10], [row]) for row in ([1, 2], [3]))
    table = unite(*sides).conflicts.to_dataframe()
    np.testing.assert_array_equal(table.loc[0, "value_primary"], [1, 2])
    np.testing.assert_array_equal(table.loc[0, "value_secondary"], [3])


def test_a_dataset_holds_both_sides():
    """Names tell the side, dimensions too: waveforms of the two sides need not be of one length."""
    sides = (Samples.build(DbrType.WAVEFORM_INT, [10, 20], rows) for rows in ([[1, 2], [5]], [[3], [5]]))
    dataset = unite(*sides).conflicts.to_dataset(pv="SR:TEST", egu="mA")
    assert dataset.time.dtype == np.dtype("datetime64[ns]")
    assert dataset.value_primary.values.tolist() == [[1, 2]]
    assert dataset.value_secondary.values.tolist() == [[3]]
    assert dataset.length_secondary.values.tolist() == [1]
    assert dataset.value_primary.attrs["ancillary_variables"] == "severity_primary status_primary"
    assert (dataset.attrs["pv"], dataset.attrs["cluster"], dataset.attrs["egu"]) == ("SR:TEST", "both", "mA")


def test_strings_that_are_no_utf8_read_as_latin1():
    """The degree sign of an old IOC is shown as such."""
    sides = (Samples.build(DbrType.SCALAR_STRING, [10], [text]) for text in (b"\xb0C", b"C"))
    assert unite(*sides).conflicts.to_dataframe().loc[0, "value_primary"] == "°C"


def test_no_conflict_makes_an_empty_table():
    """The columns are there all the same."""
    samples = Samples.build(DbrType.SCALAR_INT, [10], [1])
    table = unite(samples, samples).conflicts.to_dataframe()
    assert len(table) == 0
    assert list(table) == [
        "time", "value_primary", "value_secondary", "severity_primary", "severity_secondary", "status_primary",
        "status_secondary",
    ]  # fmt: skip
