"""Answers of `getData.json` (`JSONResponse`)."""

from __future__ import annotations

from collections.abc import Mapping

from archredundancy.appliance.formats.list_writer import ListWriter
from archredundancy.appliance.formats.values import json_value
from archredundancy.appliance.formats.writer import AnsweredPv
from archredundancy.appliance.java.text import escape_json
from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.storage.row import Row
from archredundancy.model import NS_PER_SECOND

__all__ = ["JsonWriter", "fields_text", "meta_text"]


class JsonWriter(ListWriter):
    """Writes what is JSON unless there is a NaN in it, which stands there bare."""

    between = "] },\n"
    end = "\n] }\n"

    def pv_text(self, pv: AnsweredPv) -> str:
        """Return the `meta` object."""
        return f'{{ "meta": {{ "name": "{pv.name}" {meta_text(pv.header)}}},\n"data": [ \n'

    def sample_text(self, row: Row) -> str:
        """Return a sample's object."""
        sample = row.sample
        seconds, nanos = divmod(row.time, NS_PER_SECOND)
        return (
            f'{{ "secs": {seconds}, "val": {json_value(sample.value, row.dbr_type)}, "nanos": {nanos}, '
            f'"severity":{sample.severity}, "status":{sample.status}{fields_text(sample.fields)} }}'
        )


def meta_text(header: Header) -> str:
    """Return the members of `meta` that come from a header, each with its comma."""
    return "".join(f', "{field}": "{text}" ' for field, text in header.fields)


def fields_text(fields: Mapping[str, str]) -> str:
    """Return the `fields` member of a sample, with its comma; nothing if it has none."""
    if not fields:
        return ""
    return ', "fields": { ' + ",".join(f'"{name}": "{escape_json(text)}"' for name, text in fields.items()) + "}"
