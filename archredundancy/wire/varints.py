"""Varints of many numbers at once, by arithmetic on words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Words", "decode_varints", "pack_varints", "unzigzag", "varint_columns", "zigzag"]

#: uint64, (n,). Not said in the type: numpy's stubs believe that a Python number makes it signed.
Words = npt.NDArray[Any]

#: The bits of groups that are together already, and the gap before the next ones, which continuation bits leave:
#: between groups, then between pairs of groups, then between the halves of a word.
_GAPS = [
    (np.uint64(0x007F_007F_007F_007F), np.uint64(1)),
    (np.uint64(0x0000_3FFF_0000_3FFF), np.uint64(2)),
    (np.uint64(0x0000_0000_0FFF_FFFF), np.uint64(4)),
]


def decode_varints(words: Words) -> tuple[Words, npt.NDArray[np.uint8]]:
    """Return the varint at the low end of each word.

    Parameters
    ----------
    words : uint64, (n,)
        Eight bytes each, the first one lowest.

    Returns
    -------
    tuple of (uint64, (n,)) and (uint8, (n,))
        The numbers, and their sizes in bytes. Size 8 may also mean that a varint goes on behind its word.

    Examples
    --------
    >>> decode_varints(np.array([0xFF_02AC], np.uint64))
    (array([300], dtype=uint64), array([2], dtype=uint8))
    """
    # Adding 1 runs through all bytes that go on and stops in the first that does not: what changes is the varint.
    varint = words | 0x7F7F_7F7F_7F7F_7F7F
    varint ^= varint + 1
    groups = words & varint
    groups &= 0x7F7F_7F7F_7F7F_7F7F
    for together, gap in _GAPS:
        behind = groups & ~together
        behind >>= gap
        groups &= together
        groups |= behind
    return groups, np.bitwise_count(varint) >> 3


def varint_columns(numbers: Words) -> Iterator[tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]]:
    """Yield the first bytes of the numbers' varints, then the second ones, and so on, and which numbers have them."""
    used = np.ones(len(numbers), bool)
    while used.any():
        rest = numbers >> 7
        goes_on = rest > 0
        yield (numbers & 0x7F | goes_on.astype(np.uint64) << 7).astype(np.uint8), used
        numbers, used = rest, goes_on


def pack_varints(numbers: Words) -> bytes:
    """Return the varints of numbers, one after the other.

    Examples
    --------
    >>> pack_varints(np.array([1, 300], np.uint64)).hex()
    '01ac02'
    """
    columns = list(varint_columns(numbers))
    if not columns:
        return b""
    used = np.stack([shown for _, shown in columns], axis=1)
    return np.stack([column for column, _ in columns], axis=1)[used].tobytes()


def zigzag(numbers: npt.NDArray[np.int32]) -> Words:
    """Return what protobuf writes for sint32 numbers, uint64, (n,): the sign goes to the lowest bit."""
    wide = numbers.astype(np.int64)
    return ((wide << 1) ^ (wide >> 63)).view(np.uint64)


def unzigzag(numbers: Words) -> npt.NDArray[np.int32]:
    """Return the sint32 numbers that were written; the inverse of `zigzag`.

    Examples
    --------
    >>> unzigzag(zigzag(np.array([-1, 2**31 - 1])))
    array([        -1, 2147483647], dtype=int32)
    """
    low = numbers.astype(np.uint32)
    return ((low >> 1) ^ -(low & 1)).view(np.int32)
