"""What a run backed up, put back as files."""

import json
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from archredundancy.cli import main
from archredundancy.commit import Report, Restored, plan_rollback, restore, rollback, run_commit
from archredundancy.commit.backup.saved_copy import open_saved_copy
from archredundancy.errors import StoreError, VerificationError
from archredundancy.model import TimeRange
from archredundancy.plan.forecast.hashing import sample_hashes
from archredundancy.testing.embedded.bench import NOW, PV, QUICK, Bench, open_bench

FEBRUARY, MARCH = "T/BENCH:2024_02.pb", "T/BENCH:2024_03.pb"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


@pytest.fixture
def report(bench: Bench) -> Report:
    """Of a run that merged four samples."""
    found = run_commit(bench.make_run(bench.plan("relay")).path)
    assert found.ok and bench.gained == 4
    return found


@pytest.fixture
def restored(report: Report, tmp_path: Path) -> Restored:
    return restore(report.run, tmp_path / "back")


def test_restored_files_below_the_appliances_root_give_exactly_what_was_there(bench: Bench, restored: Restored) -> None:
    """Copied as the README says, they undo the merge: every sample of before, and no other."""
    shutil.copytree(restored.folder / "T", bench.pair.primary.root / "lts" / "T", dirs_exist_ok=True)
    assert sorted(sample_hashes(bench.samples()).tolist()) == sorted(sample_hashes(bench.before).tolist())
    assert [file.path for file in restored.files] == [FEBRUARY, MARCH]


def test_a_file_that_the_merge_rewrote_comes_back_byte_for_byte(tmp_path: Path) -> None:
    """The file of a partition of one store is what the appliance itself had written."""
    with open_bench(tmp_path) as bench:
        before = bench.pair.primary.files()[f"lts/{FEBRUARY}"]
        run = run_commit(bench.make_run(bench.plan("relay")).path).run
        assert bench.pair.primary.files()[f"lts/{FEBRUARY}"] != before
        assert (restore(run, tmp_path / "back").folder / FEBRUARY).read_bytes() == before


def test_the_readme_names_host_path_commands_and_sums(bench: Bench, restored: Restored) -> None:
    """What an operator needs at night is in one place, and the sums can be checked by the usual tool."""
    text = (restored.folder / "README.md").read_text()
    for expected in (
        "host 127.0.0.1",
        "member primary0",
        "${ARCHAPPL_LONG_TERM_FOLDER}",
        f"{bench.urls.primary}/mgmt/bpl/pauseArchivingPV?pv=T%3ABENCH",
        f'cp --preserve=timestamps {FEBRUARY} "$STORE"/{FEBRUARY}',
        "resumeArchivingPV",
    ):
        assert expected in text
    for line in (restored.folder / "SHA256SUMS").read_text().splitlines():
        summed, _, name = line.partition("  ")
        assert sha256((restored.folder / name).read_bytes()).hexdigest() == summed
        assert summed in text


def test_files_that_a_rollback_has_left_are_not_to_be_put_back(bench: Bench, tmp_path: Path) -> None:
    """Its PV is stored elsewhere, so the README has no commands that would replace files for nothing."""
    rebuilt = run_commit(bench.make_run(bench.plan("rebuild")).path).run
    report = rollback(rebuilt, str(plan_rollback(rebuilt).id), settings=QUICK)
    assert report.ok and bench.gained == 0
    folder = restore(report.run, tmp_path / "back").folder
    text = (folder / "README.md").read_text()
    assert "use `archredundancy rollback`" not in text
    assert not any(word in text for word in ("cp --preserve", "pauseArchivingPV", ".replaced"))
    assert "archredundancy plan T:BENCH --source ." in text
    saved = open_saved_copy(folder).readers[""].read(PV, TimeRange(start=0, end=NOW + 1)).samples
    assert len(saved) == len(bench.before) + 4


def test_a_damaged_copy_is_not_restored(report: Report, tmp_path: Path) -> None:
    """What is not what was saved is refused with its name."""
    copy = report.run / "pv-001" / "primary" / "2024_02.1.raw"
    copy.write_bytes(copy.read_bytes()[:-5])
    with pytest.raises(VerificationError, match=r"2024_02\.1\.raw is not what was written"):
        restore(report.run, tmp_path / "back")


def test_nothing_is_written_over(report: Report, tmp_path: Path) -> None:
    """A folder that has anything in it is refused."""
    (tmp_path / "mine").touch()
    with pytest.raises(StoreError, match="is not empty"):
        restore(report.run, tmp_path)


def test_a_run_that_changed_nothing_has_nothing_to_restore(bench: Bench, tmp_path: Path) -> None:
    """Refused before its backup, it says so."""
    plan = bench.plan("relay")
    assert run_commit(bench.make_run(plan).path).ok
    second = run_commit(bench.make_run(plan).path)
    with pytest.raises(StoreError, match="has no backup, since it changed nothing"):
        restore(second.run, tmp_path / "back")


def test_on_the_command_line(report: Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`archredundancy restore RUN -o DIR`."""
    with pytest.raises(SystemExit) as end:
        main(["restore", str(report.run), "-o", str(tmp_path / "back"), "--json"])
    files = json.loads(capsys.readouterr().out)["files"]
    assert end.value.code == 0
    assert [(file["pv"], file["samples"]) for file in files] == [(PV, 2), (PV, 5)]
