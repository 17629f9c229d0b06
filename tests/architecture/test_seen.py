"""The page of what real appliances were seen to do: each fact with tests that exist and name it."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "seen.md"
ROW = re.compile(r"^\| ([\w.#]+(?: [\w#+]+)?) \| (.+?) \| (`.+::.+`) \|$", re.MULTILINE)
PROVEN = [
    (where, test) for where, _, tests in ROW.findall(PAGE.read_text("utf-8")) for test in re.findall("`(.+?)`", tests)
]


@cache
def docstrings(path):
    """What the tests of a file say of themselves, and their file of itself, by name."""
    module = ast.parse((TESTS / path).read_text("utf-8"))
    return {node.name: ast.get_docstring(node) or "" for node in module.body if isinstance(node, ast.FunctionDef)}


def cited(docstring):
    """Return the sections that a docstring cites in parentheses, as in `(appliance.md A.3, D.2 #2, K a1)`."""
    text = docstring.replace("\n", " ").replace("appliance.md ", "").replace("K, ", "K ")
    return {section for group in re.findall(r"\(([^()]*)\)", text) for section in re.split(", ?", group)}


@pytest.mark.parametrize(("where", "test"), PROVEN)
def test_each_fact_is_proven_by_a_test_that_names_it(where, test):
    """The test is there, and its docstring cites the section of the fact."""
    path, _, name = test.partition("::")
    assert cited(docstrings(path)[name]) & {where, where.partition(" #")[0]}, docstrings(path)[name]


def test_each_line_of_the_tables_is_read():
    """A row that is not understood would not be checked."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if "::" in line and line.startswith("|")]
    assert len(lines) == len(ROW.findall(PAGE.read_text("utf-8"))) > 50


def test_each_test_of_what_was_seen_is_on_the_page():
    """No test in the files named after it is forgotten."""
    named = {test for _, test in PROVEN}
    pages = [path.relative_to(TESTS).as_posix() for path in (TESTS / "system" / "appliance").glob("test_seen_*.py")]
    tests = {f"{page}::{name}" for page in pages for name in docstrings(page) if name.startswith("test_")}
    assert tests and tests <= named
