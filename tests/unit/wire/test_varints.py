"""Varints of many numbers at once."""

import numpy as np
import pytest

from archredundancy.wire.message import read_packed_varints, write_varint
from archredundancy.wire.varints import decode_varints, pack_varints, unzigzag, zigzag

EDGES = sorted({0} | {2**bits + step for bits in range(0, 57, 7) for step in (-1, 0, 1) if 0 <= 2**bits + step < 2**56})


def test_words_hold_varints_of_up_to_eight_bytes():
    """Number and size are right at every edge where a varint grows, whatever stands behind it in the word."""
    content = [write_varint(number) for number in EDGES]
    words = np.array([int.from_bytes((varint + b"\xff" * 8)[:8], "little") for varint in content], np.uint64)
    numbers, sizes = decode_varints(words)
    assert numbers.tolist() == EDGES
    assert sizes.tolist() == [len(varint) for varint in content]


def test_a_varint_that_goes_on_behind_its_word_has_size_8():
    """Callers look at the size: 8 says that the word may not hold all of it."""
    assert decode_varints(np.array([2**64 - 1], np.uint64))[1].tolist() == [8]


@pytest.mark.parametrize("numbers", [[], [0], EDGES, [2**64 - 1, 0]], ids=["none", "zero", "edges", "ten bytes"])
def test_packing_is_undone_by_the_slow_reader(numbers):
    """Packed numbers read one by one are the numbers."""
    assert read_packed_varints(pack_varints(np.array(numbers, np.uint64))) == numbers


def test_zigzag():
    """The sign goes to the lowest bit, and comes back from there."""
    numbers = np.array([0, -1, 1, -2, 2**31 - 1, -(2**31)], np.int32)
    assert zigzag(numbers).tolist() == [0, 1, 2, 3, 2**32 - 2, 2**32 - 1]
    assert unzigzag(zigzag(numbers)).tolist() == numbers.tolist()
