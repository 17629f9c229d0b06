"""Lines of keys, in whatever way TOML writes them."""

import pytest

from archredundancy.site.document import line_of

TEXT = '''\
# a comment
title = "a = 1"
many = [
  1,
  2,
]
[a.b]
c.d = 1
long = """
c = 3
"""
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("title",), 2),
        (("many",), 3),
        (("a",), 7),
        (("a", "b"), 7),
        (("a", "b", "c"), 8),
        (("a", "b", "c", "d"), 8),
        (("a", "b", "long"), 9),
        (("a", "b", "missing", "more"), 7),
    ],
)
def test_a_key_is_found_where_its_value_begins(keys, line):
    """Comments, texts and values of several lines do not mislead."""
    assert line_of(TEXT, keys) == line
