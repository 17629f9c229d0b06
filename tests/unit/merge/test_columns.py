"""Reserved columns: room for everything, memory only for what came."""

import numpy as np

from archredundancy.merge.columns import ArrayColumn, reserve
from archredundancy.model import Ragged


def test_an_array_column_gives_back_what_it_does_not_need():
    """The result owns exactly its rows."""
    column = ArrayColumn(np.int32, 1_000_000)
    column.append(np.array([1, 2], np.int32))
    column.append(np.array([3], np.int32))
    rows = column.finish()
    assert rows.tolist() == [1, 2, 3]
    assert rows.base is None
    assert rows.nbytes == 12


def test_ragged_columns_take_rows_of_any_depth():
    """Waveforms of strings are rows of rows of bytes."""
    first = Ragged.from_strings([[b"a", b""], []])
    second = Ragged.from_strings([[b"bcd"]])
    column = reserve(first, second)
    column.append(second)
    column.append(first)
    assert column.finish().to_strings() == [[b"bcd"], [b"a", b""], []]
