"""`Samples`: what an archiver stored, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from archredundancy.errors import InputError
from archredundancy.model.dbr_type import DbrType
from archredundancy.model.extras import Extras
from archredundancy.model.ragged import Ragged, Values, concatenate_values, equal_values, slice_values, take_values

__all__ = ["Samples", "extras_in_turn", "is_increasing"]


#: How many times are looked at together, so that they stay within the processor's cache.
_ROWS = 65536


def is_increasing(times: npt.NDArray[np.int64], *, strictly: bool = True) -> bool:
    """Return whether each time is later than the one before it; without `strictly`, whether none is earlier.

    Examples
    --------
    >>> is_increasing(np.array([1, 2, 2])), is_increasing(np.array([1, 2, 2]), strictly=False)
    (False, True)
    """
    follows = np.greater if strictly else np.greater_equal
    windows = (times[row : row + _ROWS + 1] for row in range(0, len(times) - 1, _ROWS))
    return all(follows(window[1:], window[:-1]).all() for window in windows)


@dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """`n` samples of one PV and one type, in stored order.

    Attributes
    ----------
    dbr_type : DbrType
    time : int64, (n,), ns since 1970 UTC
    value : ndarray or Ragged, (n,)
        Native dtype of the type (`DbrType.element_dtype`).
    severity, status : int32, (n,)
        EPICS alarm severity and status as stored; archives hold values beyond the usual 0..3, such as 3904.
    extras : Extras
        Field values and rare attributes, sparse.

    Notes
    -----
    Arrays are not copied and must not be written to. `is_ordered` tells whether times strictly increase; wire data
    need not.
    """

    dbr_type: DbrType
    time: npt.NDArray[np.int64]
    value: Values
    severity: npt.NDArray[np.int32]
    status: npt.NDArray[np.int32]
    extras: Extras

    @classmethod
    def empty(cls, dbr_type: DbrType) -> Samples:
        """Return no samples of this type."""
        content: Any = np.empty(0, dbr_type.element_dtype)
        value: Values = content
        if not dbr_type.is_numeric_scalar:
            inner = Ragged(np.zeros(1, np.int64), content)
            value = Ragged(np.zeros(1, np.int64), inner) if dbr_type is DbrType.WAVEFORM_STRING else inner
        return cls.build(dbr_type, np.empty(0, np.int64), value)

    @classmethod
    def build(
        cls,
        dbr_type: DbrType,
        time: npt.ArrayLike,
        value: Values | Sequence[Any],
        severity: npt.ArrayLike | None = None,
        status: npt.ArrayLike | None = None,
        extras: Extras | None = None,
    ) -> Samples:
        """Return samples from columns, with dtypes made right and lengths checked.

        Parameters
        ----------
        dbr_type : DbrType
        time : int64, (n,), ns since 1970 UTC
        value : ndarray, Ragged or sequence, (n,)
            Sequences of bytes or str for strings, of sequences for waveforms.
        severity, status : int32, (n,), optional
            Zero where not given.
        extras : Extras, optional

        Raises
        ------
        InputError
            If the columns differ in length.
        """
        stamps = np.asarray(time, np.int64)
        count = len(stamps)
        samples = cls(
            dbr_type=dbr_type,
            time=stamps,
            value=_as_values(dbr_type, value),
            severity=np.zeros(count, np.int32) if severity is None else np.asarray(severity, np.int32),
            status=np.zeros(count, np.int32) if status is None else np.asarray(status, np.int32),
            extras=Extras.build() if extras is None else extras,
        )
        lengths = {name: len(getattr(samples, name)) for name in ("time", "value", "severity", "status")}
        if len(set(lengths.values())) > 1:
            raise InputError(f"columns of samples differ in length: {lengths}; each needs one entry a sample")
        return samples

    def __len__(self) -> int:
        return len(self.time)

    def __repr__(self) -> str:
        return f"<{len(self)} Samples, {self.dbr_type.name}>"

    def in_order(self) -> Samples:
        """Return the samples in order of time, equal times in stored order. Cost: nothing where they are in order."""
        if is_increasing(self.time, strictly=False):
            return self
        return self.take(np.argsort(self.time, kind="stable"))

    @property
    def is_ordered(self) -> bool:
        """Whether times strictly increase."""
        return is_increasing(self.time)

    def take(self, rows: npt.NDArray[np.int64]) -> Samples:
        """Return the samples in these rows, in this order, each at most once."""
        extras = self.extras
        if len(extras):
            position = np.full(len(self), -1, np.int64)
            position[rows] = np.arange(len(rows))
            moved = position[extras.row]
            chosen = np.flatnonzero(moved >= 0)
            chosen = chosen[np.argsort(moved[chosen], kind="stable")]
            extras = extras.pick(chosen, moved[chosen])
        return Samples(
            dbr_type=self.dbr_type,
            time=self.time[rows],
            value=take_values(self.value, rows),
            severity=self.severity[rows],
            status=self.status[rows],
            extras=extras,
        )

    def slice(self, start: int, stop: int) -> Samples:
        """Return rows `start` to `stop`. Cost: views, and a copy of the offsets of ragged values."""
        extras = self.extras
        if len(extras):
            kept = np.arange(*np.searchsorted(extras.row, (start, stop)))
            extras = extras.pick(kept, extras.row[kept] - start)
        return Samples(
            dbr_type=self.dbr_type,
            time=self.time[start:stop],
            value=slice_values(self.value, start, stop),
            severity=self.severity[start:stop],
            status=self.status[start:stop],
            extras=extras,
        )

    def between(self, start: int, end: int) -> Samples:
        """Return the samples with `start <= time < end`; times must not decrease."""
        first, last = np.searchsorted(self.time, (start, end))
        return self.slice(int(first), int(last))

    @staticmethod
    def concatenate(parts: Sequence[Samples]) -> Samples:
        """Return the samples of all parts, one part after the other; at least one part, all of one type.

        Raises
        ------
        InputError
            If the parts have different types.
        """
        types = {part.dbr_type for part in parts}
        if len(types) != 1:
            names = ", ".join(sorted(member.name for member in types)) or "none"
            raise InputError(
                f"only samples of one type can be joined, got types: {names}; load each type's time range by itself"
            )
        return Samples(
            dbr_type=parts[0].dbr_type,
            time=np.concatenate([part.time for part in parts]),
            value=concatenate_values([part.value for part in parts]),
            severity=np.concatenate([part.severity for part in parts]),
            status=np.concatenate([part.status for part in parts]),
            extras=extras_in_turn(parts),
        )

    def same_value(self, other: Samples) -> npt.NDArray[np.bool_]:
        """Return for each row whether its value equals that of the same row of `other`, bool, (n,).

        NaN equals NaN. Samples of different types are equal nowhere.
        """
        if self.dbr_type is not other.dbr_type:
            return np.zeros(len(self), bool)
        return equal_values(self.value, other.value)

    def same_payload(self, other: Samples) -> npt.NDArray[np.bool_]:
        """Return for each row whether value, severity and status equal those of the same row of `other`, bool, (n,).

        Field values are left out: two archivers store different fields beside the same sample.
        """
        same = self.same_value(other)
        same &= self.severity == other.severity
        same &= self.status == other.status
        return same


def extras_in_turn(parts: Sequence[Samples]) -> Extras:
    """Return the extras of all parts, at least one, under the rows they have when one part follows the other."""
    starts = np.cumsum([0, *(len(part) for part in parts)])[:-1]
    return Extras.join(
        [replace(part.extras, row=part.extras.row + start) for part, start in zip(parts, starts, strict=True)]
    )


def _as_values(dbr_type: DbrType, value: Values | Sequence[Any]) -> Values:
    if isinstance(value, Ragged):
        return value
    if dbr_type.is_numeric_scalar:
        return np.asarray(value, dbr_type.element_dtype)
    if dbr_type is DbrType.WAVEFORM_STRING:
        return Ragged.from_strings([[_as_bytes(text) for text in row] for row in value])
    if dbr_type in (DbrType.SCALAR_STRING, DbrType.V4_GENERIC_BYTES):
        return Ragged.from_bytes([_as_bytes(text) for text in value])
    return Ragged.from_rows(list(value), dbr_type.element_dtype)


def _as_bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
