"""Columns that grow in place: samples that come bit by bit need no second copy at the end."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from archredundancy.model.dbr_type import DbrType
from archredundancy.model.extras import Extras
from archredundancy.model.ragged import Ragged, Values
from archredundancy.model.samples import Samples, extras_in_turn

__all__ = ["GrowingSamples", "join_samples"]

#: How much room is made ahead, bytes. Large arrays are moved by the system without a copy, so a little is enough.
_LEAST_ROOM: Final = 1 << 12
_MOST_ROOM: Final = 1 << 22
#: An array that has come to the first size moves, once, into room of the second: a year at 1 Hz. numpy lays new memory
#: out in large pages, which are written several times faster, and pages that are never written cost nothing.
_LARGE: Final = 1 << 22
_LARGE_ROOM: Final = 1 << 28


class GrowingSamples:
    """Samples of one type to which others are added.

    Parameters
    ----------
    dbr_type : DbrType

    Examples
    --------
    >>> growing = GrowingSamples(DbrType.SCALAR_INT)
    >>> for stamp in (1, 2):
    ...     growing.append(Samples.build(DbrType.SCALAR_INT, [stamp], [10 * stamp]))
    >>> growing.finish().value
    array([10, 20], dtype=int32)
    """

    def __init__(self, dbr_type: DbrType) -> None:
        self.dbr_type = dbr_type
        self._time = _Column(np.empty(0, np.int64))
        self._severity = _Column(np.empty(0, np.int32))
        self._status = _Column(np.empty(0, np.int32))
        self._value = _column(Samples.empty(dbr_type).value)
        self._extras = [Extras.build()]

    def append(self, samples: Samples) -> None:
        """Add samples of this type, copying them."""
        if len(samples.extras):
            self._extras.append(replace(samples.extras, row=samples.extras.row + self._time.size))
        self._time.append(samples.time)
        self._severity.append(samples.severity)
        self._status.append(samples.status)
        self._value.append(samples.value)

    def finish(self) -> Samples:
        """Return the samples; nothing can be added any more."""
        return Samples(
            dbr_type=self.dbr_type,
            time=self._time.finish(),
            value=self._value.finish(),
            severity=self._severity.finish(),
            status=self._status.finish(),
            extras=Extras.join(self._extras),
        )


def join_samples(parts: list[Samples], dbr_type: DbrType) -> Samples:
    """Return the samples of all parts, which are of this type, one part after the other.

    Parameters
    ----------
    parts : list of Samples
        Emptied, so that columns are let go one by one when they have been copied. A single part is not copied.
    dbr_type : DbrType

    Notes
    -----
    Memory: the result, and the longest column of a part, if nobody else holds the parts.

    Examples
    --------
    >>> parts = [Samples.build(DbrType.SCALAR_INT, [stamp], [10 * stamp]) for stamp in (1, 2)]
    >>> join_samples(parts, DbrType.SCALAR_INT).value, parts
    (array([10, 20], dtype=int32), [])
    """
    if len(parts) == 1:
        return parts.pop()
    parts.insert(0, Samples.empty(dbr_type))
    columns = {name: [getattr(part, name) for part in parts] for name in ("time", "value", "severity", "status")}
    extras = extras_in_turn(parts)
    parts.clear()
    return Samples(dbr_type=dbr_type, extras=extras, **{name: _join(pieces) for name, pieces in columns.items()})


def _join(pieces: list[Any]) -> Any:
    column = _column(pieces[0])
    while pieces:
        column.append(pieces.pop(0))
    return column.finish()


class _Column:
    """A flat array and the room behind it."""

    def __init__(self, like: npt.NDArray[Any]) -> None:
        self._array = np.empty(0, like.dtype)
        self.size = 0

    def append(self, part: Any) -> None:
        end = self.size + len(part)
        if end > len(self._array):
            self._grow(end)
        self._array[self.size : end] = part
        self.size = end

    def _grow(self, end: int) -> None:
        width = self._array.itemsize
        room = min(max(end * width // 8, _LEAST_ROOM), _MOST_ROOM) // width
        if len(self._array) * width < _LARGE <= (end + room) * width:
            self._move(end + _LARGE_ROOM // width)
        if end > len(self._array):
            self._array.resize(end + room, refcheck=False)  # nobody else has seen it

    def _move(self, length: int) -> None:
        with suppress(MemoryError):  # where address space is short it goes on as before
            larger = np.empty(length, self._array.dtype)
            larger[: self.size] = self._array[: self.size]
            self._array = larger

    def finish(self) -> Any:
        self._array.resize(self.size, refcheck=False)
        return self._array


class _RaggedColumn:
    """Rows of different lengths, and the room behind their elements."""

    def __init__(self, like: Ragged) -> None:
        self._offsets = _Column(like.offsets)
        self._offsets.append(np.zeros(1, np.int64))
        self._content = _column(like.content)

    @property
    def size(self) -> int:
        return self._offsets.size - 1

    def append(self, part: Any) -> None:
        self._offsets.append(part.offsets[1:] + self._content.size)
        self._content.append(part.content)

    def finish(self) -> Any:
        return Ragged(self._offsets.finish(), self._content.finish())


def _column(like: Values) -> _Column | _RaggedColumn:
    return _RaggedColumn(like) if isinstance(like, Ragged) else _Column(like)
