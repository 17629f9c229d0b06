"""Run folders: all a process needs to know, no secrets, and marks that stay."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archredundancy.commit import PairUrls, RunFolder, RunSettings, default_run_dir, find_run
from archredundancy.errors import ApprovalError, InputError, LockedError, StoreError
from archredundancy.plan import MergePlan
from archredundancy.site import ClusterSettings, PairSettings, RelaySettings, WaitSettings

Make = Callable[[], RunFolder]


def test_a_run_folder_reads_back(make_run: Make, plan: MergePlan) -> None:
    """Plan, URLs and settings are what they were."""
    run = make_run()
    again = RunFolder.open(run.path)
    assert again == run
    assert again.plan.id == plan.id


def test_two_runs_of_one_plan_have_folders_of_their_own(make_run: Make, plan: MergePlan) -> None:
    """The later one is found by the plan's id."""
    first, second = make_run(), make_run()
    assert first.path != second.path
    assert find_run(plan.id, first.run_dir) == second.path
    with pytest.raises(StoreError, match="no run of plan 0000-0000"):
        find_run("0000-0000", first.run_dir)


def test_settings_come_from_the_site_file() -> None:
    """Relay and waits are those of the pair's section."""
    cluster = ClusterSettings(management="http://p")
    pair = PairSettings(
        name="sr",
        source=Path("/site.toml"),
        primary=cluster,
        secondary=cluster,
        relay=RelaySettings(interface="10.0.0.7", port=17700, url="http://gate:17700"),
        waits=WaitSettings(flush=12.0),
    )
    expected = RunSettings(interface="10.0.0.7", relay_port=17700, relay_url="http://gate:17700", flush=12.0)
    assert RunSettings.from_settings(pair) == expected
    assert RunSettings.from_settings(replace(pair, relay=RelaySettings(), waits=WaitSettings())) == RunSettings()


@pytest.mark.parametrize("url", ["http://me:secret@p:17665", "http://me@p"])
def test_urls_hold_no_secrets(url: str) -> None:
    """A URL with user information is refused, and not repeated in the message."""
    with pytest.raises(InputError, match="holds no secrets") as caught:
        PairUrls(primary="http://p", secondary=url)
    assert "secret@" not in str(caught.value)


@pytest.mark.parametrize("name", ["run.json", "plan.json"])
def test_a_folder_that_is_no_run_is_told(name: str, make_run: Make, tmp_path: Path) -> None:
    """So is one in which something is missing or damaged."""
    with pytest.raises(StoreError, match="not the folder of a run"):
        RunFolder.open(tmp_path)
    run = make_run()
    (run.path / name).write_text("{}")
    with pytest.raises(StoreError, match="not the folder of a run"):
        RunFolder.open(run.path)


def test_the_folder_of_all_runs_is_told_from_that_of_one(make_run: Make) -> None:
    """Who names it learns how one of a run looks; it may be that of a trial, too, which has a folder of its runs."""
    run = make_run()
    told = f"not the folder of a run \\(but one of runs: give that of one, such as {re.escape(str(run.path))}\\)"
    for path in (run.run_dir, run.run_dir.parent):
        with pytest.raises(StoreError, match=told):
            RunFolder.open(path)


def test_only_one_process_holds_a_run(make_run: Make) -> None:
    """Another is refused as long as the first one lives, and not after that."""
    run = make_run()
    with run.owned(), pytest.raises(LockedError, match="still at work"), RunFolder.open(run.path).owned():
        pass
    with run.owned():
        pass


def test_the_run_that_has_committed_a_plan_is_found(make_run: Make, plan: MergePlan) -> None:
    """A later one of the same plan, refused since the first was at work, does not stand for it."""
    first, _refused = make_run(), make_run()
    first.mark_committed("P")
    assert find_run(plan.id, first.run_dir) == first.path


def test_a_committed_plan_stays_committed(make_run: Make) -> None:
    """Other runs of the plan are refused for this primary, the run itself is not."""
    first, second = make_run(), make_run()
    second.refuse_committed("P")
    first.mark_committed("P")
    first.mark_committed("P")
    first.refuse_committed("P")
    for refuse in (second.mark_committed, second.refuse_committed):
        with pytest.raises(ApprovalError, match=f"committed before, by the run {first.path.name}"):
            refuse("P")
    second.mark_committed("Q")


def test_a_folder_of_ones_own_comes_with_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a shared folder other hosts do not see the lock."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with pytest.warns(UserWarning, match="other hosts see neither"):
        path = default_run_dir()
    assert path == tmp_path / "archredundancy" / "runs"


def test_a_folder_that_cannot_be_made_is_told(plan: MergePlan, tmp_path: Path, make_run: Make) -> None:
    """The error names it and says what to do."""
    run = make_run()
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(StoreError, match="name another run_dir"):
        RunFolder.create(file / "below", plan, run.urls, run.settings)


def test_the_plan_is_not_read_if_it_was_changed(make_run: Make) -> None:
    """What was approved is what is done."""
    run = make_run()
    data = json.loads((run.path / "plan.json").read_text())
    data["accept_loss"] = 99
    (run.path / "plan.json").write_text(json.dumps(data))
    with pytest.raises(StoreError, match="was changed"):
        RunFolder.open(run.path)
