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
