"""Following a run: what an interrupt is answered with."""

from pathlib import Path

import pytest

from archredundancy.commit.launch import follow
from archredundancy.commit.run.batches import is_stop_requested


def test_an_interrupt_while_the_one_before_is_answered_is_answered_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever interrupts again at once is told how to look after the run that goes on."""
    said: list[str] = []

    def say(text: str, *_: object) -> None:
        said.append(text)
        if "interrupt again" in text:
            raise KeyboardInterrupt

    def interrupted() -> list[follow.Entry]:
        raise KeyboardInterrupt

    monkeypatch.setattr(follow.logger, "warning", say)
    with pytest.raises(KeyboardInterrupt):
        follow.tell_or_stop(tmp_path, interrupted, lambda _: None)
    assert is_stop_requested(tmp_path)
    assert [text.partition(" the PV")[0] for text in said] == [
        "stopping after",
        "the run goes on unwatched, and stops after",
    ]
