"""How many bytes samples take in a file, roughly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from archredundancy.model import Ragged, Samples, Values

__all__ = ["stored_bytes"]

#: Seconds, nanoseconds, tags and line end of a usual sample line without alarm (`EPICSEvent.proto`).
_LINE = 13
#: Tags and lengths of a field value, and of a string within a waveform.
_FIELD = 6
_STRING = 2


def stored_bytes(samples: Samples) -> npt.NDArray[np.int64]:
    """Return the approximate length of each sample's line in a PB file, int64, (n,)."""
    sizes = _value_bytes(samples.value) + _LINE
    for row, fields in zip(samples.extras.row.tolist(), samples.extras.fields, strict=True):
        sizes[row] += sum(len(name) + len(text) + _FIELD for name, text in fields)
    return sizes


def _value_bytes(values: Values) -> npt.NDArray[np.int64]:
    if not isinstance(values, Ragged):
        return np.full(len(values), values.itemsize, np.int64)
    if isinstance(values.content, Ragged):
        return np.diff(values.content.offsets[values.offsets]) + _STRING * values.lengths
    return values.lengths * values.content.itemsize
