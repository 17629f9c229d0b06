"""The examples in README and documentation are run."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PAGES = [Path("README.md"), *sorted(page.relative_to(CHECKOUT) for page in (CHECKOUT / "docs").rglob("*.md"))]
EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLES = {page: EXAMPLE.findall((CHECKOUT / page).read_text("utf-8")) for page in PAGES}


@pytest.mark.parametrize("page", [page for page in PAGES if EXAMPLES[page]], ids=str)
def test_the_python_examples_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The python blocks of a page run one after the other, as a reader would type them."""
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    for example in EXAMPLES[page]:
        exec(compile(example, str(page), "exec"), namespace)


def test_the_table_of_states_is_the_one_in_the_code() -> None:
    """The page on commits shows the table that runs and recovery go by."""
    from archredundancy.commit import state_table

    page = CHECKOUT / "docs" / "explanations" / "how-a-commit-stays-safe.md"
    assert page.read_text("utf-8").endswith(state_table())


def test_the_table_of_two_sides_is_kleenes_logic() -> None:
    """Each row of the page on coverage is what the operators of claims give."""
    from archredundancy.coverage import Claim
    from archredundancy.segments import Segments

    page = CHECKOUT / "docs" / "explanations" / "how-coverage-is-decided.md"
    rows = re.findall(
        r"^\| " + r" \| ".join([r"\**(yes|no|\?)\**"] * 5) + r" \|$", page.read_text("utf-8"), re.MULTILINE
    )
    now = Segments.of((0, 1))
    claims = {
        "yes": Claim.of((0, 1), known=now, active=now),
        "no": Claim.of((0, 1), known=now, active=Segments.empty()),
        "?": Claim.of((0, 1), known=Segments.empty(), active=now),
    }
    assert len(rows) == 9
    for mine, theirs, *answers in rows:
        primary, secondary = claims[mine], claims[theirs]
        assert [claims[answer] for answer in answers] == [primary & secondary, primary | secondary, secondary - primary]
