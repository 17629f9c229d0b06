"""Approval is typed text, and a run is followed to its end, whatever that is."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archredundancy.commit import RunFolder, RunSettings, check_approval, commit_plan, follow, start_run
from archredundancy.commit.journal.journal import Journal
from archredundancy.commit.launch import launch
from archredundancy.errors import ApprovalError, StoreError
from archredundancy.plan import MergePlan, PlanId

Make = Callable[[], RunFolder]


def test_the_typed_id_approves(plan: MergePlan) -> None:
    """The text as a person has read it."""
    check_approval(plan, str(plan.id))


def test_the_plans_own_id_does_not(plan: MergePlan) -> None:
    """`plan.id` is equal to the text, but nobody has typed it: "Run all" cannot commit."""
    assert plan.id == str(plan.id)
    assert isinstance(plan.id, PlanId)
    with pytest.raises(ApprovalError, match="as a person has read and typed it"):
        check_approval(plan, plan.id)


@pytest.mark.parametrize("text", ["", "yes", "0000-0000", " {} ", "{}\n"])
def test_other_text_does_not(text: str, plan: MergePlan) -> None:
    """Not even with a blank around it."""
    with pytest.raises(ApprovalError, match="is not the id of this plan"):
        check_approval(plan, text.format(plan.id))


def test_a_process_that_cannot_begin_is_told(make_run: Make, plan: MergePlan, tmp_path: Path) -> None:
    """Where nobody answers, the journal says so and the report is not ok; no URL is called that is not the run's."""
    run = make_run()
    urls = type(run.urls)(primary="http://127.0.0.1:9", secondary="http://127.0.0.1:9", fixed_now=0)
    report = commit_plan(plan, urls, str(plan.id), tmp_path / "runs", settings=RunSettings())
    assert not report.ok and report.ended
    assert "cannot connect" in report.message
    assert "not begun, and as before: 1 PV (T:PV)" in repr(report)


def test_a_process_that_dies_without_a_word_is_told(
    make_run: Make, plan: MergePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last words are in the error."""
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    with pytest.raises(StoreError, match="ended without a word in its journal"):
        commit_plan(plan, make_run().urls, str(plan.id), tmp_path / "runs", settings=RunSettings())


def test_following_tells_each_line_once(make_run: Make) -> None:
    """Lines come as they are written, the last ones after the end of the process."""
    run = make_run()
    told = []
    with Journal(run.journal) as journal:
        journal.write("run")
        alive = iter([True, True, False])

        def is_alive() -> bool:
            found = next(alive)
            journal.write("note" if found else "end")
            return found

        for entry in follow(run.journal, is_alive):
            told.append((entry.number, entry.kind))
    assert told == [(1, "run"), (2, "note"), (3, "note"), (4, "end")]


def test_following_a_run_without_a_journal_ends_with_it(make_run: Make) -> None:
    """There may be no journal yet, or never."""
    assert list(follow(make_run().journal, lambda: False)) == []


def test_a_process_that_cannot_be_started_is_told(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run folder is named."""
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(StoreError, match="cannot be started: no process could be forked"):
        start_run(make_run())


def test_the_process_of_a_run_has_the_same_code(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first folder that it imports from is the one that holds this package."""
    told: dict[str, str] = {}

    def start(command: list[str], *, environment: dict[str, str], folder: Path, log: Path) -> None:
        told.update(environment)

    monkeypatch.setattr("archredundancy.commit.launch.launch.start_detached", start)
    start_run(make_run())
    first = Path(told["PYTHONPATH"].split(os.pathsep)[0])
    assert first / "archredundancy" / "commit" / "launch" / "launch.py" == Path(launch.__file__)
