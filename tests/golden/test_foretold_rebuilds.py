"""Plans of rebuilds against what a real cluster had in its new folder after one, and what an import left in a file."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from archredundancy.model import Samples
from archredundancy.plan import build_plan, digest, predicted_after
from archredundancy.testing.handmade.merge_evidence import make_merge_evidence
from archredundancy.testing.recorded.golden import Recording, open_recording
from archredundancy.wire import read_chunks


def samples_in(recording: Recording, entries: Iterable[Mapping[str, Any]], cluster: str, folder: str) -> Samples:
    """Return what the files below a folder hold, in order of time."""
    paths = [(f"{each['store'].lower()}/{each['path']}" if "store" in each else each["path"], each) for each in entries]
    bodies = [
        recording.body(dict(each))
        for path, each in paths
        if each["cluster"] == cluster and path.startswith(folder) and path.endswith(".pb")
    ]
    blocks = [chunk.samples for body in bodies for chunk in read_chunks(body) if len(chunk.samples)]
    return Samples.concatenate(blocks).in_order()


def after_import(recording: Recording) -> list[dict[str, Any]]:
    """Return all files after the first import."""
    steps = recording.steps
    number = next(row for row, step in enumerate(steps) if "importDataFromPlugin" in step.get("path", ""))
    return next(step["files"] for step in steps[number:] if "files" in step)


@pytest.mark.parametrize("name", ["09_rebuild", "09_rebuild_years"])
def test_a_plan_foretells_what_a_new_folder_holds(name: str) -> None:
    """Missing partitions, whole years and last seconds: the exact union, of which nothing is out of reach or lost."""
    recording = open_recording(name)
    mine = samples_in(recording, recording.files, "P", "lts/")
    theirs = samples_in(recording, recording.files, "S", "")
    rebuilt = samples_in(recording, after_import(recording), "P", "lts_")
    evidence = make_merge_evidence(mine, theirs)
    plan = build_plan([evidence], strategy="rebuild")
    assert plan.totals.gain == len(rebuilt) - len(mine) > 0
    assert (plan.totals.not_fillable, plan.totals.would_be_lost) == ({}, 0)
    assert digest(predicted_after(evidence, plan.pvs[0])) == digest(rebuilt)


def test_the_old_files_are_never_touched_by_it() -> None:
    """Byte for byte, so that going back to them undoes everything."""
    recording = open_recording("09_rebuild")
    old = {each["path"]: recording.body(each) for each in recording.files if each["cluster"] == "P"}
    now = {each["path"]: recording.body(each) for each in after_import(recording) if each["cluster"] == "P"}
    assert old
    for path, body in old.items():
        assert next(content for name, content in now.items() if name == path or name == f"lts/{path}") == body
