"""`Ragged`: rows of different lengths, of numbers, bytes and strings."""

import numpy as np
import pytest

from archredundancy.model import Ragged, equal_values

NUMBERS = [[1.0, 2.0], [], [np.nan], [3.0]]
TEXTS = [b"open", b"", b"a\0b", b"\xb0"]
LISTS = [[b"a", b""], [], [b"bcd"], [b"", b"e"]]

KINDS = {
    "numbers": (Ragged.from_rows(NUMBERS, float), lambda ragged: [row.tolist() for row in ragged.rows()], NUMBERS),
    "bytes": (Ragged.from_bytes(TEXTS), Ragged.to_bytes, TEXTS),
    "lists of bytes": (Ragged.from_strings(LISTS), Ragged.to_strings, LISTS),
}
every_kind = pytest.mark.parametrize(("ragged", "read", "rows"), KINDS.values(), ids=KINDS)


@every_kind
def test_rows_come_back(ragged, read, rows):
    """What goes in as one object a row comes out so."""
    assert repr(read(ragged)) == repr(rows)
    assert len(ragged) == 4
    assert ragged.lengths.tolist() == [len(row) for row in rows]


@every_kind
@pytest.mark.parametrize("order", [[], [2], [0, 1, 2], [3, 0], [1, 1, 2], [2, 3, 0, 1]], ids=str)
def test_rows_are_taken_in_any_order(ragged, read, rows, order):
    """Neighbours, single rows, none, and rows in another order."""
    assert repr(read(ragged.take(np.array(order, np.int64)))) == repr([rows[row] for row in order])


@every_kind
@pytest.mark.parametrize("edges", [(0, 4), (1, 3), (2, 2), (3, 9), (9, 12), (3, 1)], ids=str)
def test_slices_are_those_of_lists(ragged, read, rows, edges):
    """Also beyond the end."""
    assert repr(read(ragged.slice(*edges))) == repr(rows[slice(*edges)])


@every_kind
def test_parts_are_joined(ragged, read, rows):
    """Rows of one part after those of the other."""
    assert repr(read(Ragged.concatenate([ragged, ragged.slice(1, 3)]))) == repr(rows + rows[1:3])


@every_kind
def test_rows_equal_themselves(ragged, read, rows):
    """NaN, empty rows and NUL included."""
    assert equal_values(ragged, ragged.take(np.arange(4))).all()


def test_differences_are_found_row_by_row():
    """A changed element, another length, and the same bytes cut elsewhere."""
    mine = Ragged.from_strings([[b"ab"], [b"ab"], [b"ab"], [b"x"]])
    theirs = Ragged.from_strings([[b"ab"], [b"a", b"b"], [b"ac"], [b"x"]])
    assert mine.equal(theirs).tolist() == [True, False, False, True]


def test_slices_share_memory():
    """A slice of waveforms copies offsets only."""
    ragged = Ragged.from_rows(NUMBERS, float)
    assert np.shares_memory(ragged.slice(0, 2).content, ragged.content)
