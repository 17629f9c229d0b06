"""What runs tell of where files of scratch PVs may be."""

from pathlib import Path

from archredundancy.commit.certification.inner_runs import stores_used
from archredundancy.commit.journal.journal import Journal


def note_roots(run: Path, pv: str, old: str, refuge: str, goal: str) -> None:
    """Write down that a run moves a PV."""
    run.mkdir(parents=True)
    with Journal(run / "journal.jsonl") as journal:
        journal.write("run", pvs=[pv])
        journal.write("roots", pv, old=old, refuge=refuge, goal=goal)


def test_every_store_that_a_pv_was_pointed_at_is_known(tmp_path: Path) -> None:
    """Where it was comes first, whatever came after: a rebuild there and back, and another one."""
    assert stores_used(tmp_path, "A") == ()
    note_roots(tmp_path / "1", "A", old="home", refuge="home", goal="new")
    note_roots(tmp_path / "2-rollback", "A", old="new", refuge="new", goal="home")
    note_roots(tmp_path / "3", "A", old="home", refuge="before", goal="home")
    note_roots(tmp_path / "4", "B", old="home", refuge="home", goal="other")
    assert stores_used(tmp_path, "A") == ("home", "new", "before")
    assert stores_used(tmp_path, "B") == ("home", "other")
