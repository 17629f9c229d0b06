"""The page of hazards: each kind is explained there, and proven by tests in which ignoring it does the harm."""

import ast
import re
from pathlib import Path

import pytest

from archredundancy.plan import HazardKind

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "reference" / "hazards.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## ([a-z-]+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
#: Hazards that no embedded pair can show doing harm, and why.
NOT_SHOWN = {
    HazardKind.NOT_CERTIFIED: "the embedded appliance is of one version",
    HazardKind.OVER_LIMIT: "limits are the operator's own",
    HazardKind.UNFINISHED_RUN: "the embedded appliance changes a PV's files one call after the other",
}


def proven_by(path):
    """Return the kinds that each test of a file foretells, by its name."""
    found = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            kinds = {
                getattr(HazardKind, each.attr)
                for each in ast.walk(node)
                if isinstance(each, ast.Attribute)
                and isinstance(each.value, ast.Name)
                and each.value.id == "HazardKind"
            }
            found[node.name] = kinds
    return found


PROVEN = {
    name: kinds
    for path in sorted((TESTS / "system" / "hazards").glob("test_*.py"))
    for name, kinds in proven_by(path).items()
}


@pytest.mark.parametrize("kind", HazardKind)
def test_each_kind_is_explained(kind):
    """What it is, by which calls it is seen, what ignoring it does, and what to do."""
    text = SECTIONS[kind.value]
    assert [word for word in ("Seen by", "Ignored", "Remedy") if f"- *{word}*: " not in text] == []
    assert len(text.split("\n- ", 1)[0].split()) > 5


def test_no_kind_is_explained_that_there_is_not():
    """A kind that was renamed is renamed on the page."""
    assert set(SECTIONS) == {kind.value for kind in HazardKind}


@pytest.mark.parametrize("kind", [kind for kind in HazardKind if kind not in NOT_SHOWN])
def test_each_kind_has_a_test_of_its_name_in_which_it_does_harm(kind):
    """As the page says: `test_` and the kind, and what is special about it."""
    name = f"test_{kind.value.replace('-', '_')}"
    tests = [test for test, kinds in PROVEN.items() if test.startswith(name) and kind in kinds]
    assert tests


def test_each_test_of_harm_is_named_after_its_kind():
    """No test hides what it proves."""
    names = {test: {f"test_{kind.value.replace('-', '_')}" for kind in kinds} for test, kinds in PROVEN.items()}
    assert [test for test, starts in names.items() if not any(test.startswith(start) for start in starts)] == []


def test_the_eighteen_pitfalls_name_kinds_that_there_are():
    """Each pitfall has kinds, or is in the table of what no call shows."""
    rows = re.findall(r"^\| (\d+) \| .+ \| (.+) \|$", PAGE, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 19))
    named = [kind for _, kinds in rows if kinds != "none, see above" for kind in kinds.split(", ")]
    assert set(named) <= set(SECTIONS)
