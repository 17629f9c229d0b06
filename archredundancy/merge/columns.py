"""Columns that are reserved once and filled from the front.

Pages of reserved memory that are never written cost nothing; growing by doubling costs more than the merge itself.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from archredundancy.model import Ragged, Values

__all__ = ["ArrayColumn", "Column", "reserve"]


class Column(Protocol):
    """Values that arrive in pieces."""

    def append(self, values: Any) -> None:
        """Take over the next piece."""

    def finish(self) -> Any:
        """Return all pieces as one; the column must not be used afterwards."""


class ArrayColumn:
    """A flat array.

    Parameters
    ----------
    dtype : numpy dtype
    capacity : int
        Most rows there can be.
    """

    def __init__(self, dtype: npt.DTypeLike, capacity: int) -> None:
        self._rows = np.empty(capacity, dtype)
        self._count = 0

    def append(self, values: npt.NDArray[Any]) -> None:
        """Copy the next rows to the end."""
        stop = self._count + len(values)
        self._rows[self._count : stop] = values
        self._count = stop

    def finish(self) -> npt.NDArray[Any]:
        """Return the rows, giving back the memory that was not needed."""
        self._rows.resize(self._count, refcheck=False)
        return self._rows


class RaggedColumn:
    """Rows of different lengths.

    Parameters
    ----------
    content : Column
        For the elements.
    capacity : int
        Most rows there can be.
    """

    def __init__(self, content: Column, capacity: int) -> None:
        self._lengths = ArrayColumn(np.int64, capacity)
        self._content = content

    def append(self, values: Ragged) -> None:
        """Copy the next rows to the end."""
        self._lengths.append(values.lengths)
        self._content.append(values.content)

    def finish(self) -> Ragged:
        """Return the rows."""
        lengths = self._lengths.finish()
        offsets = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        return Ragged(offsets, self._content.finish())


def reserve(mine: Values, theirs: Values) -> Column:
    """Return a column with room for all rows of two sets of values of one type."""
    capacity = len(mine) + len(theirs)
    if isinstance(mine, Ragged) and isinstance(theirs, Ragged):
        return RaggedColumn(reserve(mine.content, theirs.content), capacity)
    return ArrayColumn(np.asarray(mine).dtype, capacity)
