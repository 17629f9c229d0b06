"""Single values as Python objects, for tables of PVs of several types."""

from __future__ import annotations

from typing import Any

import numpy as np

from archredundancy.model.dataset_texts import decode_text
from archredundancy.model.dbr_type import DbrType
from archredundancy.model.ragged import Ragged
from archredundancy.model.samples import Samples

__all__ = ["value_at"]


def value_at(samples: Samples, row: int) -> Any:
    """Return the value of one sample: a number, a text, bytes of V4, an array, or a list of texts.

    Examples
    --------
    >>> value_at(Samples.build(DbrType.SCALAR_STRING, [10, 20], ["open", "closed"]), 1)
    'closed'
    >>> value_at(Samples.build(DbrType.WAVEFORM_INT, [10], [[1, 2]]), 0)
    array([1, 2], dtype=int32)
    """
    values = samples.value
    if not isinstance(values, Ragged):
        return values[row].item()
    one = values.slice(row, row + 1)
    if samples.dbr_type is DbrType.WAVEFORM_STRING:
        return [decode_text(text) for text in one.to_strings()[0]]
    if samples.dbr_type is DbrType.SCALAR_STRING:
        return decode_text(one.to_bytes()[0])
    return one.to_bytes()[0] if samples.dbr_type is DbrType.V4_GENERIC_BYTES else np.array(one.content)
