"""Pauses are kept beside the runs, for the next plan."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from archredundancy.commit import Pause, RunFolder, pause_holes
from archredundancy.commit.run.pauses import pause_by, remember_pause
from archredundancy.commit.steps.context import Context
from archredundancy.errors import StoreError
from archredundancy.model import DbrType, Extras, Samples
from archredundancy.segments import Segments

Make = Callable[[], RunFolder]


def context_of(run: RunFolder, pv: str, primary: str) -> Context:
    return cast("Context", SimpleNamespace(run=run, pv=pv, primary_key=primary))


def test_holes_of_a_pv_are_found(make_run: Make) -> None:
    """Those of other PVs and other primaries are not among them; empty ones are none."""
    run = make_run()
    assert pause_holes(run.run_dir, "A:B") == Segments.empty()
    for pv, primary, start, end in [("A:B", "P", 10, 20), ("A:B", "P", 30, 30), ("A:B", "Q", 40, 50), ("C", "P", 1, 2)]:
        remember_pause(context_of(make_run(), pv, primary), Pause(start=start, end=end, is_over=True))
    assert pause_holes(run.run_dir, "A:B") == Segments.of((10, 20), (40, 50))
    assert pause_holes(run.run_dir, "A:B", "P") == Segments.of((10, 20))


def test_a_pause_is_kept_once(make_run: Make) -> None:
    """Kept anew by a recovery, it is the same; whole or not at all, whatever a crash leaves beside it."""
    context = context_of(make_run(), "A:B", "P")
    for end in (20, 30):
        remember_pause(context, Pause(start=10, end=end, is_over=False))
    (file,) = (context.run.run_dir / "pauses").glob("*/*")
    file.with_name(f".{file.name}.0123").write_bytes(file.read_bytes()[:-5])
    assert pause_holes(context.run.run_dir, "A:B") == Segments.of((10, 20))
    assert file.stat().st_mode & 0o444 == 0o444
    file.write_bytes(b"rubbish")
    with pytest.raises(StoreError, match="cannot be read"):
        pause_holes(context.run.run_dir, "A:B")


def test_a_pause_that_cannot_be_kept_is_told(make_run: Make) -> None:
    """The next plan will not know of it."""
    run = make_run()
    (run.run_dir / "pauses").write_bytes(b"")
    with pytest.raises(StoreError, match="the next plan of this PV does not tell of it"):
        remember_pause(context_of(run, "A:B", "P"), Pause(start=10, end=20, is_over=True))


def test_a_pause_reads_back() -> None:
    """Its length is in seconds."""
    pause = Pause(start=1_000_000_000, end=3_500_000_001, is_over=True)
    assert Pause.from_json(pause.to_json()) == pause
    assert pause.seconds == 2.500000001


@pytest.mark.parametrize(
    ("times", "restart", "hole"),
    [
        ([10, 11, 14, 15], 2, (12, 14)),  # the record was processed before the call that resumed it
        ([10, 11, 16, 17], 2, (12, 16)),  # and after it
        ([10, 13, 14, 16], 3, (15, 16)),  # direct has brought samples of the secondary
        ([10, 11, 16], None, (12, 16)),  # nothing says startup
        ([10, 11], None, (12, 15)),  # nothing has come since
    ],
)
def test_a_pause_ends_with_the_first_sample_that_says_startup(
    times: list[int], restart: int | None, hole: tuple[int, int]
) -> None:
    """Or else with the first one after the call that resumed it, or with that; here paused at 12 and resumed at 15."""
    fields = (("cnxlostepsecs", "0"), ("startup", "true"))
    extras = Extras.build([] if restart is None else [(restart, fields, -1, 0, -1)])
    pause = pause_by(Samples.build(DbrType.SCALAR_INT, times, times, extras=extras), 12, 15)
    assert (pause.start, pause.end) == hole
    assert pause.is_over == (times[-1] >= 14)
