"""`Samples`: columns that stay together."""

import numpy as np
import pytest

from archredundancy.errors import InputError
from archredundancy.model import DbrType, Extras, Samples
from archredundancy.testing.twins.slow_merge import rows_of

FIELDS = (("HIHI", "10"),)
VALUES = {
    DbrType.SCALAR_DOUBLE: [1.5, np.nan, -0.0, 2.0],
    DbrType.SCALAR_STRING: ["open", b"\xb0", "", "a"],
    DbrType.WAVEFORM_SHORT: [[1], [], [2, 3], [4]],
    DbrType.WAVEFORM_STRING: [["a", ""], [], [b"\xb0"], ["b"]],
    DbrType.V4_GENERIC_BYTES: [b"\x00", b"", b"ab", b"c"],
}


def samples_of(dbr_type, times=(10, 20, 30, 40)):
    extras = Extras.build([(1, FIELDS, -1, 1, -1), (3, (), 7, -1, -1)])
    return Samples.build(dbr_type, times, VALUES[dbr_type], [0, 1, 2, 3904], [0, 3, 4, 5], extras)


every_type = pytest.mark.parametrize("dbr_type", VALUES, ids=str)


@every_type
@pytest.mark.parametrize("rows", [[], [3, 1], [0, 2], [1, 2, 3]], ids=str)
def test_taken_rows_bring_their_field_values(dbr_type, rows):
    """All columns move together, in any order."""
    samples = samples_of(dbr_type)
    assert repr(rows_of(samples.take(np.array(rows, np.int64)))) == repr([rows_of(samples)[row] for row in rows])


@every_type
@pytest.mark.parametrize("edges", [(0, 4), (1, 3), (2, 2), (3, 9)], ids=str)
def test_slices_bring_their_field_values(dbr_type, edges):
    """A slice is that of a list of samples."""
    samples = samples_of(dbr_type)
    assert repr(rows_of(samples.slice(*edges))) == repr(rows_of(samples)[slice(*edges)])


@every_type
def test_parts_are_joined_with_their_field_values(dbr_type):
    """Rows of field values are counted on from part to part."""
    samples = samples_of(dbr_type)
    joined = Samples.concatenate([samples.slice(2, 4), Samples.empty(dbr_type), samples])
    assert repr(rows_of(joined)) == repr(rows_of(samples)[2:] + rows_of(samples))


@every_type
def test_payloads_are_compared_row_by_row(dbr_type):
    """NaN equals NaN; a changed alarm is a difference, changed field values are none."""
    samples = samples_of(dbr_type)
    other = Samples.build(dbr_type, samples.time, samples.value, [0, 1, 1, 3904], [0, 3, 4, 6])
    assert samples.same_payload(samples).all()
    assert samples.same_payload(other).tolist() == [True, True, False, False]
    assert samples.same_value(other).all()


def test_samples_of_different_types_are_equal_nowhere():
    """An enum 1 is not a short 1."""
    mine, theirs = (Samples.build(dbr_type, [1], [1]) for dbr_type in (DbrType.SCALAR_ENUM, DbrType.SCALAR_SHORT))
    assert mine.same_payload(theirs).tolist() == [False]


def test_ranges_are_half_open():
    """`between` takes a sample at the start, and leaves out one at the end."""
    samples = samples_of(DbrType.SCALAR_DOUBLE)
    assert samples.between(20, 40).time.tolist() == [20, 30]
    assert len(samples.between(41, 99)) == 0


def test_order_is_strict_and_stable():
    """Repeated instants are not in order; putting in order keeps their stored order."""
    samples = samples_of(DbrType.SCALAR_DOUBLE, times=(20, 10, 20, 10))
    assert not samples.is_ordered
    ordered = samples.in_order()
    assert ordered.time.tolist() == [10, 10, 20, 20]
    assert ordered.severity.tolist() == [1, 3904, 0, 2]
    assert ordered.extras.row.tolist() == [0, 1]
    assert not ordered.is_ordered
    assert ordered.in_order() is ordered


def test_columns_of_different_lengths_are_refused():
    """The message tells each column's length."""
    with pytest.raises(InputError, match="'time': 2, 'value': 1, 'severity': 2"):
        Samples.build(DbrType.SCALAR_INT, [1, 2], [1])


def test_parts_of_different_types_are_refused():
    """The message names the types."""
    parts = [Samples.empty(DbrType.SCALAR_INT), Samples.empty(DbrType.SCALAR_ENUM)]
    with pytest.raises(InputError, match="got types: SCALAR_ENUM, SCALAR_INT"):
        Samples.concatenate(parts)
    with pytest.raises(InputError, match="got types: none"):
        Samples.concatenate([])


def test_every_type_can_be_empty():
    """No sample of any type is still of that type."""
    for dbr_type in DbrType:
        samples = Samples.empty(dbr_type)
        assert repr(samples) == f"<0 Samples, {dbr_type.name}>"
        assert samples.is_ordered
        assert rows_of(samples) == []
