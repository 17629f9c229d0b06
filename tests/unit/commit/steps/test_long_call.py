"""A call that is not waited for any more goes on where it has been made, and is not made where it has not."""

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from archredundancy.client import CommandReply
from archredundancy.commit.steps.long_call import LongCall
from archredundancy.errors import CommitError

REPLY = CommandReply(call="consolidateDataForPV", pv="A", ok=True, validation="", raw="")


class Noted:
    """What a record was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def intent(self, call: str, **facts: Any) -> None:
        self.told.append(f"intent {call}")

    def outcome(self, call: str, **facts: Any) -> None:
        self.told.append(f"outcome {call}")


@pytest.fixture
def noted() -> Noted:
    return Noted()


def making(call: LongCall, before: Event, ended: Event) -> Callable[[], CommandReply]:
    """Return a call that is made once something has happened, and tells when it has ended, however that is."""

    def make() -> CommandReply:
        try:
            before.wait(10)
            call.intent("it")
            call.outcome("it")
            return REPLY
        finally:
            ended.set()

    return make


def stop() -> None:
    raise CommitError("the secondary has stopped")


def test_a_call_is_waited_for(noted: Noted) -> None:
    """As long as nothing happens meanwhile, its reply is returned, and both lines are written."""
    call, now, ended = LongCall(noted), Event(), Event()
    assert call.wait(making(call, now, ended), now.set, 0.01) == REPLY
    assert noted.told == ["intent it", "outcome it"]


def test_a_call_given_up_before_it_was_announced_is_not_made(noted: Noted) -> None:
    """Else it would be made of a PV that is archived again, and nobody would know."""
    call, before, ended = LongCall(noted), Event(), Event()
    with pytest.raises(CommitError, match="has stopped"):
        call.wait(making(call, before, ended), stop, 0.01)
    before.set()
    assert ended.wait(10)
    assert noted.told == []
