"""The digest once more, sample by sample and with Python's own numbers: what the fast one must agree with."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from archredundancy.model import DbrType, FieldValue, Ragged, Samples
from archredundancy.plan import Digest

__all__ = ["slow_digest"]

_MASK = (1 << 64) - 1
_KEY = 0x61726368_72656475
_STEP = 0x9E3779B9_7F4A7C15


def slow_digest(samples: Samples) -> Digest:
    """Return the same as `archredundancy.plan.forecast.digest`. Cost: some 10 us a sample."""
    times = samples.time.tolist()
    fields = dict(zip(samples.extras.row.tolist(), samples.extras.fields.tolist(), strict=True))
    values = _rows_of(samples)
    total = 0
    for row, time in enumerate(times):
        state = _KEY + samples.dbr_type.value
        for word in (
            time & _MASK,
            _value_word(values[row], samples.dbr_type),
            int(samples.severity[row]) & 0xFFFF_FFFF,
            int(samples.status[row]) & 0xFFFF_FFFF,
            _field_word(fields.get(row, ())),
        ):
            state = _mix(state ^ _mix((word + _STEP) & _MASK))
        total += state
    return Digest(n=len(times), first=min(times, default=None), last=max(times, default=None), sum64=total & _MASK)


def _rows_of(samples: Samples) -> list[Any]:
    if not isinstance(samples.value, Ragged):
        return list(samples.value)
    return samples.value.to_strings() if samples.dbr_type is DbrType.WAVEFORM_STRING else samples.value.rows()


def _value_word(value: Any, dbr_type: DbrType) -> int:
    if dbr_type.is_numeric_scalar:
        return _bits(value)
    if dbr_type is DbrType.WAVEFORM_STRING:
        return _row_word([_row_word(list(text)) for text in value])
    return _row_word([_bits(element) for element in value])


def _bits(value: Any) -> int:
    return int.from_bytes(value.tobytes(), sys.byteorder)


def _row_word(elements: Sequence[int]) -> int:
    mixed = (_mix(element ^ _mix((place + _STEP) & _MASK)) for place, element in enumerate(elements))
    return (sum(mixed) + len(elements)) & _MASK


def _mix(word: int) -> int:
    word = ((word ^ (word >> 30)) * 0xBF58476D_1CE4E5B9) & _MASK
    word = ((word ^ (word >> 27)) * 0x94D049BB_133111EB) & _MASK
    return word ^ (word >> 31)


def _field_word(fields: Sequence[FieldValue]) -> int:
    if not fields:
        return 0
    encoded = b""
    for pair in sorted(dict(fields).items()):
        for text in pair:
            content = text.encode("utf-8", "surrogatepass")
            encoded += len(content).to_bytes(4, "little") + content
    return int.from_bytes(blake2b(encoded, key=b"archredundancy", digest_size=8).digest(), "little")
