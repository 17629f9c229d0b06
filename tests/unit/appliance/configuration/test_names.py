"""Which names are meant."""

import re

import pytest

from archredundancy.appliance.configuration.names import expand, matching

NAMES = ["a.b", "axb", "b"]
ASKED = {
    "a glob": (("a*", None, "-1"), ["a.b", "axb"]),
    "a dot is a dot": (("a.b", None, "-1"), ["a.b"]),
    "one character": (("a?b", None, "-1"), ["a.b", "axb"]),
    "several": (("b,ax*", None, "-1"), ["axb", "b"]),
    "nothing said": ((None, None, "2"), ["a.b", "axb"]),
    "none": (("*", None, "0"), []),
    "a regular expression": (("b", "a.b", "-1"), ["a.b", "axb"]),
}


@pytest.mark.parametrize(("question", "found"), ASKED.values(), ids=ASKED)
def test_names_are_found_by_pattern(question, found):
    """A regular expression goes before a glob; the limit cuts what is found."""
    assert matching(NAMES, *question) == found


def test_bad_patterns_are_told():
    """A regular expression or limit that is none raises."""
    with pytest.raises(re.error, match="unterminated"):
        matching(NAMES, None, "(", "1")
    with pytest.raises(ValueError, match="invalid literal"):
        matching(NAMES, "*", None, "x")


def test_unknown_names_stay_in_lists():
    """A list keeps names that are not known; a glob that finds nothing is nothing."""
    assert expand(NAMES, ["none", "a?b", "z*"]) == ["none", "a.b", "axb"]
