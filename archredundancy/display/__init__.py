"""What results are shown with, without libraries: numbers in words, looks, bars, time axes; SVG, PNG and HTML."""

from archredundancy.display.html_parts import page_html, picture_html, table_html
from archredundancy.display.looks import Look
from archredundancy.display.texts import duration_text, percent_text, plural, shortened

__all__ = [
    "Look",
    "duration_text",
    "page_html",
    "percent_text",
    "picture_html",
    "plural",
    "shortened",
    "table_html",
]
