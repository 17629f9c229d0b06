"""`Extras`: what few samples have besides value and alarm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Extras", "FieldValue"]

#: Name and text of one EPICS field stored beside a sample, such as ("HIHI", "10.0").
FieldValue = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What few samples carry besides value and alarm: one row for each sample that carries any of it.

    Attributes
    ----------
    row : int64, (m,)
        Row of the sample, strictly increasing.
    fields : object array of tuples of FieldValue, (m,)
        Field values in stored order; the engine writes `cnxlostepsecs`, `cnxregainedepsecs`, `startup` and archived
        fields here.
    repeat_count : int64, (m,)
        -1 where the sample has none.
    field_change : int8, (m,)
        `fieldactualchange`: 1 true, 0 false, -1 where the sample has none.
    user_tag : int64, (m,)
        -1 where the sample has none; only V4 samples have one.
    """

    row: npt.NDArray[np.int64]
    fields: npt.NDArray[np.object_]
    repeat_count: npt.NDArray[np.int64]
    field_change: npt.NDArray[np.int8]
    user_tag: npt.NDArray[np.int64]

    @classmethod
    def build(cls, rows: Sequence[tuple[int, tuple[FieldValue, ...], int, int, int]] = ()) -> Extras:
        """Return extras from (row, fields, repeat_count, field_change, user_tag) tuples in order of row."""
        fields = np.empty(len(rows), object)
        fields[:] = [entry[1] for entry in rows]
        return cls(
            row=np.array([entry[0] for entry in rows], np.int64),
            fields=fields,
            repeat_count=np.array([entry[2] for entry in rows], np.int64),
            field_change=np.array([entry[3] for entry in rows], np.int8),
            user_tag=np.array([entry[4] for entry in rows], np.int64),
        )

    def __len__(self) -> int:
        return len(self.row)

    def pick(self, chosen: npt.NDArray[Any], row: npt.NDArray[np.int64]) -> Extras:
        """Return the chosen entries under new row numbers."""
        return Extras(
            row=row,
            fields=self.fields[chosen],
            repeat_count=self.repeat_count[chosen],
            field_change=self.field_change[chosen],
            user_tag=self.user_tag[chosen],
        )

    @staticmethod
    def join(parts: Sequence[Extras]) -> Extras:
        """Return the entries of all parts in order of row; parts must not share rows."""
        order = np.argsort(np.concatenate([part.row for part in parts]), kind="stable")
        columns = {
            name: np.concatenate([getattr(part, name) for part in parts])[order]
            for name in ("row", "fields", "repeat_count", "field_change", "user_tag")
        }
        return Extras(**columns)
