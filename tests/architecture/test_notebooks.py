"""Notebooks carry checked outputs; nbval runs but does not compare a cell that was never executed."""

import json
from pathlib import Path


def test_every_code_cell_of_a_notebook_was_executed(checkout: Path) -> None:
    """Each code cell of each notebook has an execution count, so that nbval compares its output."""
    notebooks = sorted((checkout / "notebooks").glob("*.ipynb"))
    assert notebooks
    for notebook in notebooks:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
        assert counts == list(range(1, len(counts) + 1)), f"{notebook.name}: run all cells, top to bottom, and save it"
