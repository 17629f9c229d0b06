"""Answers of `getData.flx` and `getData.svg` (`FlxXMLResponse`, `SVGResponse`)."""

from __future__ import annotations

from collections.abc import Iterator

from archredundancy.appliance.formats.values import plain_value
from archredundancy.appliance.formats.writer import AnsweredPv, AnswerWriter
from archredundancy.appliance.storage.row import Row
from archredundancy.model import NS_PER_SECOND

__all__ = ["FlxWriter", "SvgWriter"]


class FlxWriter(AnswerWriter):
    """Writes times and values; a value is not escaped, so strings may break the XML."""

    media_type = "text/xml"

    def open(self) -> bytes:
        """Return the start of the document."""
        return b"<data>\n"

    def write(self, row: Row) -> Iterator[bytes]:
        """Yield a sample; its time is in milliseconds, but only whole seconds are in it."""
        value = plain_value(row.sample.value, row.dbr_type)
        yield f"<result><time>{row.time // NS_PER_SECOND}000</time><value>{value}</value></result>".encode()

    def close(self) -> bytes:
        """Return the end of the document."""
        return b"</data>\n"


class SvgWriter(AnswerWriter):
    """Writes a path that no browser shows: its view box lacks a blank, and only few values are coordinates."""

    media_type = "image/svg+xml"

    def __init__(self) -> None:
        self._begun = False

    def begin(self, pv: AnsweredPv) -> bytes:
        """Return the start of the document."""
        if self._begun:
            return b""
        self._begun = True
        left = pv.start // NS_PER_SECOND
        width = pv.end // NS_PER_SECOND - left
        return (
            '<svg xmlns:svg="http://www.w3.org/2000/svg" xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="{left}-1.0{width} 4.0" width="1000px" height="500px">\n'
            f'<path style="fill:none;stroke:red;stroke-width:1.0" d="m {left} -1.0'
        ).encode()

    def write(self, row: Row) -> Iterator[bytes]:
        """Yield a step of the path."""
        yield f"L {row.time // NS_PER_SECOND} {plain_value(row.sample.value, row.dbr_type)} ".encode()

    def close(self) -> bytes:
        """Return the end of the document, even of one that has no start."""
        return b' "/>\n</svg>\n'
