"""Answers of `getDataAtTime`: a sample of each PV."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from archredundancy.appliance.formats.values import json_value
from archredundancy.appliance.java.text import hash_order, json_text
from archredundancy.appliance.storage.row import Row
from archredundancy.model import NS_PER_SECOND

__all__ = ["FoundSamples", "found_samples_text", "sample_object"]

#: An object for each PV, by name.
FoundSamples = dict[str, dict[str, Any]]


def sample_object(row: Row) -> dict[str, Any]:
    """Return a sample as `DBRTimeEvent.toJSONString` has it, without the fields that it may have.

    Raises
    ------
    DamagedLine
        If it is damaged.
    """
    sample = row.sample
    seconds, nanos = divmod(row.time, NS_PER_SECOND)
    return {
        "secs": seconds,
        "val": _read_again(json_value(sample.value, row.dbr_type)),
        "nanos": nanos,
        "severity": sample.severity,
        "status": sample.status,
        "fields": {},
    }


def found_samples_text(found: FoundSamples) -> str:
    """Return the JSON of all samples, each with its keys in the order of a Java HashMap.

    Examples
    --------
    >>> found_samples_text({"X:Y": {"secs": 1, "val": None, "nanos": 2}})
    '{"X:Y":{"val":null,"nanos":2,"secs":1}}'
    """
    return json_text({name: _hashed(sample) for name, sample in found.items()})


def _hashed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _hashed(value[key]) for key in hash_order(value)}
    return [_hashed(item) for item in value] if isinstance(value, list) else value


def _read_again(text: str) -> Any:
    """Return a value that was written as JSON and read: null if there is a NaN in it, and strings not as they were.

    One part of the appliance writes it in ISO-8859-1, with `?` for what that cannot hold, another reads it as UTF-8.
    """
    text = text.encode("latin-1", "replace").decode(errors="replace")
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError:
        return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
