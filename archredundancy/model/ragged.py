"""Rows of different lengths in two flat arrays: strings, waveforms, and waveforms of strings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Ragged", "Values", "concatenate_values", "equal_values", "slice_values", "take_values"]

#: Elements from which on copying row by row beats one index for each element.
_LONG_ROW = 64


@dataclass(frozen=True)
class Ragged:
    """`n` rows; row `i` is `content[offsets[i]:offsets[i + 1]]`.

    Attributes
    ----------
    offsets : int64, (n + 1,)
        Where each row starts in `content`; the first is 0, the last is its length.
    content : ndarray or Ragged
        Elements of all rows, one after the other. Bytes (uint8) for strings; a `Ragged` of bytes for waveforms of
        strings.

    Examples
    --------
    >>> names = Ragged.from_bytes([b"open", b"", b"closed"])
    >>> names.take(np.array([2, 0])).to_bytes()
    [b'closed', b'open']
    """

    offsets: npt.NDArray[np.int64]
    content: npt.NDArray[Any] | Ragged

    @classmethod
    def from_rows(cls, rows: Sequence[npt.ArrayLike], dtype: npt.DTypeLike) -> Ragged:
        """Return the rows given as one array each."""
        arrays = [np.asarray(row, dtype=dtype) for row in rows]
        content = np.concatenate(arrays) if arrays else np.empty(0, dtype)
        return cls(_offsets(len(array) for array in arrays), content)

    @classmethod
    def from_bytes(cls, rows: Sequence[bytes]) -> Ragged:
        """Return rows of bytes."""
        return cls(_offsets(len(row) for row in rows), np.frombuffer(b"".join(rows), np.uint8))

    @classmethod
    def from_strings(cls, rows: Sequence[Sequence[bytes]]) -> Ragged:
        """Return rows that are lists of strings (waveforms of strings)."""
        return cls(_offsets(len(row) for row in rows), cls.from_bytes([text for row in rows for text in row]))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Number of elements of each row, int64, (n,)."""
        return np.diff(self.offsets)

    def take(self, rows: npt.NDArray[np.int64]) -> Ragged:
        """Return the rows with these numbers, in this order. Cost: one pass over what is taken."""
        starts, lengths = self.offsets[rows], self.lengths[rows]
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        if len(rows) and np.array_equal(starts[1:], starts[:-1] + lengths[:-1]):  # neighbours: a plain slice
            return Ragged(offsets, slice_values(self.content, int(starts[0]), int(starts[0] + offsets[-1])))
        if offsets[-1] > _LONG_ROW * len(rows):
            pieces = zip(starts.tolist(), (starts + lengths).tolist(), strict=True)
            return Ragged(offsets, concatenate_values([slice_values(self.content, *piece) for piece in pieces]))
        wanted = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
        return Ragged(offsets, take_values(self.content, wanted))

    def slice(self, start: int, stop: int) -> Ragged:
        """Return rows `start` to `stop`. Cost: a view of the content."""
        offsets = self.offsets[min(start, len(self)) : max(start, stop) + 1]
        first, last = int(offsets[0]), int(offsets[-1])
        return Ragged(offsets - first, slice_values(self.content, first, last))

    @staticmethod
    def concatenate(parts: Sequence[Ragged]) -> Ragged:
        """Return the rows of all parts, one part after the other; `parts` must not be empty."""
        ends = np.cumsum([0, *(int(part.offsets[-1]) for part in parts)])
        shifted = (part.offsets[1:] + end for part, end in zip(parts, ends[:-1], strict=True))
        offsets = np.concatenate([np.zeros(1, np.int64), *shifted])
        return Ragged(offsets, concatenate_values([part.content for part in parts]))

    def equal(self, other: Ragged) -> npt.NDArray[np.bool_]:
        """Return for each row whether it equals the same row of `other` (NaN equals NaN), bool, (n,)."""
        same: npt.NDArray[np.bool_] = self.lengths == other.lengths
        rows = np.flatnonzero(same)
        mine, theirs = self.take(rows), other.take(rows)
        elements = equal_values(mine.content, theirs.content)
        if elements.all():
            return same
        wrong = np.concatenate([np.zeros(1, np.int64), np.cumsum(~elements)])
        same[rows] = wrong[mine.offsets[1:]] == wrong[mine.offsets[:-1]]
        return same

    def rows(self) -> list[npt.NDArray[Any]]:
        """Return one array a row; for waveforms of strings use `to_strings`."""
        content = np.asarray(self.content)
        return [content[start:end] for start, end in zip(self.offsets[:-1], self.offsets[1:], strict=True)]

    def to_bytes(self) -> list[bytes]:
        """Return each row of bytes as a `bytes` object."""
        blob = np.asarray(self.content).tobytes()
        edges = self.offsets.tolist()
        return [blob[start:end] for start, end in pairwise(edges)]

    def to_strings(self) -> list[list[bytes]]:
        """Return each row of a waveform of strings as a list of `bytes`."""
        texts = self.content.to_bytes() if isinstance(self.content, Ragged) else []
        edges = self.offsets.tolist()
        return [texts[start:end] for start, end in pairwise(edges)]


#: Values of samples: a plain array for numeric scalars, rows of different lengths for everything else.
Values = npt.NDArray[Any] | Ragged


def take_values(values: Values, rows: npt.NDArray[np.int64]) -> Values:
    """Return the values in these rows, in this order."""
    return values.take(rows) if isinstance(values, Ragged) else values[rows]


def slice_values(values: Values, start: int, stop: int) -> Values:
    """Return the values in rows `start` to `stop`, as a view."""
    return values.slice(start, stop) if isinstance(values, Ragged) else values[start:stop]


def concatenate_values(parts: Sequence[Values]) -> Values:
    """Return the values of all parts of one kind, one part after the other; at least one part."""
    ragged = [part for part in parts if isinstance(part, Ragged)]
    return Ragged.concatenate(ragged) if ragged else np.concatenate([np.asarray(part) for part in parts])


def equal_values(mine: Values, theirs: Values) -> npt.NDArray[np.bool_]:
    """Return for each row whether two values of one type are equal (NaN equals NaN), bool, (n,)."""
    if isinstance(mine, Ragged) and isinstance(theirs, Ragged):
        return mine.equal(theirs)
    return _equal_elements(mine, theirs)


def _equal_elements(mine: Any, theirs: Any) -> npt.NDArray[np.bool_]:
    same: npt.NDArray[np.bool_] = np.equal(mine, theirs)
    if np.issubdtype(mine.dtype, np.floating) and not same.all():
        same |= np.isnan(mine) & np.isnan(theirs)
    return same


def _offsets(lengths: Iterable[int]) -> npt.NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.fromiter(lengths, np.int64))])
