"""Replies read by tables."""

from dataclasses import fields

import pytest

import archredundancy.client
from archredundancy.client.management.reply_line import ReplyLine

LINES = [
    kind for kind in vars(archredundancy.client).values() if isinstance(kind, type) and issubclass(kind, ReplyLine)
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.__name__)
def test_the_table_of_a_line_has_all_its_attributes(line):
    """None is left at its default for want of a row."""
    assert len(LINES) > 15
    assert list(line.READERS) == [attribute.name for attribute in fields(line)]
