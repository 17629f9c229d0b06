"""Pauses are kept beside the runs, for the next plan."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from archredundancy.commit import Pause, RunFolder, pause_holes
from archredundancy.commit.run.pauses import remember_pause
from archredundancy.commit.steps.context import Context
from archredundancy.errors import StoreError
from archredundancy.segments import Segments

Make = Callable[[], RunFolder]


def context_of(run: RunFolder, pv: str, primary: str) -> Context:
    return cast("Context", SimpleNamespace(run=run, pv=pv, primary_key=primary))


def test_holes_of_a_pv_are_found(make_run: Make) -> None:
    """Those of other PVs and other primaries are not among them; empty ones are none."""
    run = make_run()
    assert pause_holes(run.run_dir, "A:B") == Segments.empty()
    for pv, primary, start, end in [("A:B", "P", 10, 20), ("A:B", "P", 30, 30), ("A:B", "Q", 40, 50), ("C", "P", 1, 2)]:
        remember_pause(context_of(run, pv, primary), Pause(start=start, end=end, is_over=True))
    assert pause_holes(run.run_dir, "A:B") == Segments.of((10, 20), (40, 50))
    assert pause_holes(run.run_dir, "A:B", "P") == Segments.of((10, 20))


def test_a_cut_last_line_is_no_hole(make_run: Make) -> None:
    """A crash while it was written loses that one only; a line that is none of ours is told."""
    run = make_run()
    remember_pause(context_of(run, "A:B", "P"), Pause(start=10, end=20, is_over=False))
    (file,) = (run.run_dir / "pauses").iterdir()
    file.write_bytes(file.read_bytes() + file.read_bytes()[:-5])
    assert pause_holes(run.run_dir, "A:B") == Segments.of((10, 20))
    file.write_bytes(b"rubbish\n")
    with pytest.raises(StoreError, match="cannot be read"):
        pause_holes(run.run_dir, "A:B")


def test_a_pause_reads_back() -> None:
    """Its length is in seconds."""
    pause = Pause(start=1_000_000_000, end=3_500_000_001, is_over=True)
    assert Pause.from_json(pause.to_json()) == pause
    assert pause.seconds == 2.500000001
