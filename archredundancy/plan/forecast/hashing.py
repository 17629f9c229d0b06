"""64-bit hashes of samples, made of whole arrays.

A sample's hash covers time, type, the bits of the value, severity, status and field values. It leaves out what every
rewrite by the appliance drops (`repeat_count`, `user_tag`, `field_change`) or changes (the order of the fields). Saved
plans hold sums of these hashes, so a change here is a change of their schema. `testing.slow_digest` is its slow twin.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

from archredundancy.model import Extras, FieldValue, Ragged, Samples, Values

__all__ = ["attribute_hashes", "sample_hashes"]

_Words = npt.NDArray[np.uint64]

_KEY: Final = np.uint64(0x61726368_72656475)
_STEP: Final = np.uint64(0x9E3779B9_7F4A7C15)
_FIELD_KEY: Final = b"archredundancy"

#: Rows and elements that are hashed at a time: few enough for the processor's cache.
_ROWS: Final = 1 << 14
_ELEMENTS: Final = 1 << 18


def sample_hashes(samples: Samples) -> _Words:
    """Return a hash of each sample, uint64, (n,).

    Parameters
    ----------
    samples : Samples
        In any order.

    Returns
    -------
    uint64, (n,)
        Cost: some 40 ns a scalar sample, 10 ns an element of a waveform; memory: the result and a few MiB.
    """
    hashes = np.empty(len(samples), np.uint64)
    for start in range(0, len(samples), _ROWS):
        stop = min(start + _ROWS, len(samples))
        hashes[start:stop] = _hash_block(samples.slice(start, stop))
    return hashes


def attribute_hashes(samples: Samples) -> _Words:
    """Return a hash of each sample that covers the attributes, too, which every rewrite drops, uint64, (n,).

    A `field_change` that is false reads the same as none.
    """
    hashes, extras = sample_hashes(samples), samples.extras
    is_change = extras.field_change == 1
    odd = (extras.repeat_count >= 0) | (extras.user_tag >= 0) | is_change
    state = hashes[extras.row]
    for column in (extras.repeat_count, extras.user_tag, is_change.astype(np.int64)):
        state = _mix(state ^ _mix(_bits(column) + _STEP))
    hashes[extras.row[odd]] = state[odd]
    return hashes


def _hash_block(samples: Samples) -> _Words:
    columns = (
        _bits(samples.time),
        _value_words(samples.value),
        _bits(samples.severity),
        _bits(samples.status),
        _field_words(samples.extras, len(samples)),
    )
    state = np.full(len(samples), _KEY + np.uint64(samples.dbr_type.value))
    for column in columns:
        state = _mix(state ^ _mix(column + _STEP))
    return state


def _mix(words: _Words) -> _Words:
    """Return words that depend on every bit of the given ones (finaliser of splitmix64: Steele, Lea, Flood, 2014)."""
    mixed = words ^ (words >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D_1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB_133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _bits(array: npt.NDArray[np.generic]) -> _Words:
    return np.ascontiguousarray(array).view(f"u{array.itemsize}").astype(np.uint64)


def _value_words(values: Values) -> _Words:
    if not isinstance(values, Ragged):
        return _bits(values)
    words = np.empty(len(values), np.uint64)
    for start, stop in _blocks(values.offsets):
        words[start:stop] = _row_words(values.slice(start, stop))
    return words


def _blocks(offsets: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield runs of rows with about `_ELEMENTS` elements each."""
    start, count = 0, len(offsets) - 1
    while start < count:
        stop = int(np.searchsorted(offsets, offsets[start] + _ELEMENTS, "right")) - 1
        stop = min(max(stop, start + 1), count)
        yield start, stop
        start = stop


def _row_words(rows: Ragged) -> _Words:
    """Return a word for each row: the sum of its elements, each mixed with its position, and its length."""
    position = np.arange(rows.offsets[-1]) - np.repeat(rows.offsets[:-1], rows.lengths)
    elements = _mix(_value_words(rows.content) ^ _mix(position.view(np.uint64) + _STEP))
    running = np.zeros(len(elements) + 1, np.uint64)
    np.cumsum(elements, out=running[1:])
    return running[rows.offsets[1:]] - running[rows.offsets[:-1]] + rows.lengths.view(np.uint64)


def _field_words(extras: Extras, count: int) -> _Words:
    words = np.zeros(count, np.uint64)
    for row, fields in zip(extras.row.tolist(), extras.fields, strict=True):
        if fields:
            words[row] = _field_word(fields)
    return words


@lru_cache(maxsize=4096)
def _field_word(fields: tuple[FieldValue, ...]) -> int:
    """Return a word for field values as the appliance keeps them: in no order, and of a repeated name the last."""
    hasher = blake2b(key=_FIELD_KEY, digest_size=8)
    for pair in sorted(dict(fields).items()):
        for text in pair:
            content = text.encode("utf-8", "surrogatepass")
            hasher.update(len(content).to_bytes(4, "little") + content)
    return int.from_bytes(hasher.digest(), "little")
