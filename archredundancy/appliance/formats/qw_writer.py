"""Answers of `getData.qw`, for charts in a browser (`QWResponse`)."""

from __future__ import annotations

from archredundancy.appliance.formats.json_writer import fields_text, meta_text
from archredundancy.appliance.formats.list_writer import ListWriter
from archredundancy.appliance.formats.values import json_value
from archredundancy.appliance.formats.writer import AnsweredPv
from archredundancy.appliance.storage.row import Row
from archredundancy.model import DbrType

__all__ = ["QwWriter"]

_NS_PER_MILLISECOND = 1_000_000


class QwWriter(ListWriter):
    """Writes JSON with milliseconds; a NaN is null, but neither Infinity nor a NaN in a waveform is."""

    between = "] },\n"
    end = "] }\n"

    def pv_text(self, pv: AnsweredPv) -> str:
        """Return the `meta` object, which names the PV as the request does."""
        # `ArchDBRTypes` declares structures to be waveforms.
        is_waveform = pv.header.dbr_type.is_waveform or pv.header.dbr_type is DbrType.V4_GENERIC_BYTES
        meta = f', "waveform": {"true" if is_waveform else "false"} {meta_text(pv.header)}'
        return f'{{ "meta": {{ "name": "{pv.requested}" {meta}}},\n"data": [ \n'

    def sample_text(self, row: Row) -> str:
        """Return a sample's object."""
        value = json_value(row.sample.value, row.dbr_type)
        return (
            f'{{ "millis": {row.time // _NS_PER_MILLISECOND}, "val": {"null" if value == "NaN" else value}'
            f"{fields_text(row.sample.fields)} }}"
        )
