"""Which format is written by what (`DataRetrievalServlet.mimeresponses`)."""

from __future__ import annotations

from collections.abc import Callable

from archredundancy.appliance.formats.csv_writer import CsvWriter
from archredundancy.appliance.formats.jplot_writer import JplotWriter
from archredundancy.appliance.formats.json_writer import JsonWriter
from archredundancy.appliance.formats.qw_writer import QwWriter
from archredundancy.appliance.formats.raw_writer import RawWriter
from archredundancy.appliance.formats.txt_writer import TxtWriter
from archredundancy.appliance.formats.writer import AnswerWriter
from archredundancy.appliance.formats.xml_writers import FlxWriter, SvgWriter

__all__ = ["WRITERS", "WRITERS_FOR_PVS"]

#: Formats of `getData`, but for `mat`.
WRITERS: dict[str, Callable[[], AnswerWriter]] = {
    "raw": RawWriter,
    "json": JsonWriter,
    "qw": QwWriter,
    "jplot": JplotWriter,
    "csv": CsvWriter,
    "txt": TxtWriter,
    "flx": FlxWriter,
    "svg": SvgWriter,
}
#: Formats of `getDataForPVs`.
WRITERS_FOR_PVS = {name: WRITERS[name] for name in ("raw", "json", "qw", "jplot")}
