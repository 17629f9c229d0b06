"""Answers of `getData.jplot` (`JPlotResponse`)."""

from __future__ import annotations

from archredundancy.appliance.formats.list_writer import ListWriter
from archredundancy.appliance.formats.values import plain_value
from archredundancy.appliance.formats.writer import AnsweredPv
from archredundancy.appliance.java.instants import zoned_text
from archredundancy.appliance.storage.row import Row

__all__ = ["JplotWriter"]


class JplotWriter(ListWriter):
    """Writes what was JSON once: times and strings stand in it without quotes."""

    between = " ] } , \n"
    end = " ] } \n"

    def pv_text(self, pv: AnsweredPv) -> str:
        """Return the PV's label."""
        return f'{{ "label": "{pv.name}", "data": [ \n'

    def sample_text(self, row: Row) -> str:
        """Return a sample's time and value."""
        return f"[{zoned_text(row.time)}, {plain_value(row.sample.value, row.dbr_type)}]"
