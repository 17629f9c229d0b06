"""What a certification says of itself."""

from pathlib import Path

import pytest

from archredundancy.commit import Certificate, Certification, Check

VERSIONS = ("primary 2.0", "secondary 1.1")
PASSED, FAILED = Check(name="relay: committed", ok=True), Check(name="direct: committed", ok=False, detail="no luck")
PAPER = Certificate(versions=VERSIONS, time="2026-11-22T22:00:00Z", by="ops", strategies=("relay", "rebuild new"))


@pytest.mark.parametrize(
    ("checks", "certificate", "ok", "words"),
    [
        ((PASSED,), PAPER, True, "CERTIFIED: primary 2.0, secondary 1.1"),
        ((PASSED, FAILED), PAPER, False, "CERTIFIED ONLY FOR relay, rebuild new: primary 2.0, secondary 1.1"),
        ((FAILED,), None, False, "NOT CERTIFIED: primary 2.0, secondary 1.1"),
    ],
)
def test_the_verdict_begins_with_what_may_be_done(
    checks: tuple[Check, ...], certificate: Certificate | None, ok: bool, words: str
) -> None:
    """All strategies, some of them, or none; only the first is as it should be."""
    found = Certification(folder=Path("/runs/1"), versions=VERSIONS, checks=checks, certificate=certificate)
    assert found.ok is ok
    assert found.verdict.splitlines()[0] == words
    assert found.to_json()["strategies"] == ([] if certificate is None else ["relay", "rebuild new"])


def test_what_is_left_is_told_with_what_to_do() -> None:
    """PVs with their reasons and the call that deletes them; folders that no call deletes."""
    found = Certification(
        folder=Path("/runs/1"),
        versions=(),
        checks=(PASSED, FAILED),
        certificate=None,
        left=("A: busy",),
        folders=("B",),
    )
    assert "Not deleted:\n  - A: busy\nDelete them: archredundancy recover /runs/1\n" in found.verdict
    assert "Folders made for rebuilds, which stay, empty:\n  - B\n" in found.verdict
    assert repr(found).startswith(
        "  ok      relay: committed\n  FAILED  direct: committed: no luck\nNOT CERTIFIED: versions"
    )
