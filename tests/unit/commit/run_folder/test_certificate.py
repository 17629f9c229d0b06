"""Which certificate speaks for a pair, and for which strategies."""

from pathlib import Path

import pytest

from archredundancy.commit import Certificate, find_certificate
from archredundancy.errors import StoreError
from archredundancy.plan import Root, Strategy, way_of

VERSIONS = ("primary 2.0", "secondary 1.1")


def keep(run_dir: Path, versions: tuple[str, ...] = VERSIONS, strategies: tuple[str, ...] = ("relay",)) -> Certificate:
    """Keep a certificate, and return it."""
    made = Certificate(versions=versions, time="2026-11-22T22:00:00Z", by="ops", strategies=strategies)
    made.save(run_dir)
    return made


@pytest.mark.parametrize(
    ("way", "covered"),
    [(way_of(Strategy.RELAY), True), (way_of(Strategy.REBUILD, Root.SAME), True), (way_of(Strategy.REBUILD), False)],
)
def test_each_strategy_and_root_is_named_by_itself(way: str, covered: bool, tmp_path: Path) -> None:
    """What was not tried out is not certified, though the versions are the same."""
    mine = keep(tmp_path, strategies=("relay", "rebuild same"))
    assert find_certificate(VERSIONS, tmp_path) == mine
    assert find_certificate(VERSIONS, tmp_path, way=way) == (mine if covered else None)


def test_a_certificate_is_for_both_versions(tmp_path: Path) -> None:
    """Of another secondary it says something only where a saved copy is merged; of unknown versions nothing."""
    mine = keep(tmp_path)
    other = ("primary 2.0", "secondary 9.9")
    assert find_certificate(other, tmp_path) is None
    assert find_certificate(other, tmp_path, any_other=True, way="relay") == mine
    assert find_certificate(("primary unknown", "secondary 1.1"), tmp_path) is None


def test_of_several_that_would_do_one_that_names_the_strategy_is_found(tmp_path: Path) -> None:
    """A primary that was certified beside two secondaries, with one of them by relay only."""
    keep(tmp_path, strategies=("relay",))
    better = keep(tmp_path, ("primary 2.0", "secondary 1.2"), strategies=("relay", "rebuild new"))
    assert find_certificate(VERSIONS, tmp_path, any_other=True, way="rebuild new") == better


def test_one_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    """Nobody should commit by what may have been something else."""
    keep(tmp_path)
    (path,) = (tmp_path / "certificates").iterdir()
    path.write_text("{}")
    with pytest.raises(StoreError, match="is no certificate"):
        find_certificate(VERSIONS, tmp_path)
