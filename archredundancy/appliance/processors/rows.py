"""Samples that post-processors make, and the numbers of those they read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from archredundancy.appliance.messages.message import Sample, add_fields, encode_sample
from archredundancy.appliance.processors.processor import NoNumber
from archredundancy.appliance.storage.row import Row
from archredundancy.model import NS_PER_SECOND, DbrType, start_of_year, year_of

__all__ = ["is_reconnected", "made_row", "number_of", "without_fields"]

_TEXTS = (DbrType.SCALAR_STRING, DbrType.WAVEFORM_STRING, DbrType.V4_GENERIC_BYTES)


def number_of(row: Row) -> float:
    """Return a sample's value as a double; of an array its first element, NaN if it has none (`SampleValue`).

    Raises
    ------
    NoNumber
        If it is a text or a structure.
    DamagedLine
        If the sample cannot be read.
    """
    value = row.sample.value
    if row.dbr_type in _TEXTS:
        raise NoNumber(f"a {row.dbr_type.name} has no number")
    if not isinstance(value, (list, bytes)):
        return float(value)
    if not value:
        return math.nan
    first = value[0]
    # The bytes of a CHAR array are signed.
    return float(first - 256 if isinstance(value, bytes) and first > 127 else first)


def is_reconnected(row: Row) -> bool:
    """Whether a sample is the first one after a lost connection; it makes its bin's `connectionChange`."""
    return "cnxregainedepsecs" in row.sample.fields


def made_row(
    time: int, value: Any, dbr_type: DbrType, *, severity: int = 0, status: int = 0, fields: Mapping[str, str] = {}
) -> Row:
    """Return a sample at an instant, ns since 1970 UTC (`POJOEvent`)."""
    year = year_of(time)
    seconds, nano = divmod(time - start_of_year(year), NS_PER_SECOND)
    sample = Sample(seconds=seconds, nano=nano, value=value, severity=severity, status=status)
    return Row(add_fields(encode_sample(sample, dbr_type), fields), dbr_type, year)


def without_fields(row: Row, time: int | None = None) -> Row:
    """Return a sample without its fields, perhaps at another instant."""
    sample = replace(row.sample, fields={})
    return made_row(
        row.time if time is None else time,
        sample.value,
        row.dbr_type,
        severity=sample.severity,
        status=sample.status,
    )
