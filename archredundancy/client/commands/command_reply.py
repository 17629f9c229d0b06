"""`CommandReply`: what the appliance answered to a call that changes something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from archredundancy.client.http.statuses import json_object
from archredundancy.client.http.transport import Reply
from archredundancy.errors import RefusedError, ReplyError

__all__ = ["EXCERPT", "CommandReply", "read_reply", "says_ok"]

#: How much of an answer is told in a message.
EXCERPT: Final = 200


@dataclass(frozen=True, kw_only=True)
class CommandReply:
    """What the appliance answered to a call that changes something.

    Attributes
    ----------
    call : str
        Such as `pauseArchivingPV`.
    pv : str
        Empty for calls that are about none.
    ok : bool
        Whether it says that it did what it was told. It often says so without having done anything: prove it.
    validation : str
        Why not, if it says; an answer with a reason is never `ok`, whatever else it says.
    raw : str
        The whole answer.
    """

    call: str
    pv: str
    ok: bool
    validation: str
    raw: str

    def require(self) -> None:
        """Refuse every answer but "ok".

        Raises
        ------
        RefusedError
            If it is another one.
        """
        if not self.ok:
            said = self.validation or self.raw[:EXCERPT] or "nothing"
            about = f" of {self.pv}" if self.pv else ""
            raise RefusedError(
                f"{self.call}{about} was not done; the appliance says: {said}",
                pv=self.pv,
                call=self.call,
                validation=self.validation,
            )


def read_reply(call: str, pv: str, answer: Reply, url: str, is_ok: Callable[[Mapping[str, Any]], bool]) -> CommandReply:
    """Return an answer, read; one that is no JSON object, such as ``null``, is not "ok"."""
    found: Mapping[str, Any] = {}
    with suppress(ReplyError):
        found = json_object(answer, url)
    validation = str(found.get("validation") or "")
    return CommandReply(
        call=call,
        pv=pv,
        ok=is_ok(found) and not validation,
        validation=validation,
        raw=answer.body.decode("latin-1").strip(),
    )


def says_ok(found: Mapping[str, Any]) -> bool:
    """Return whether a reply says that the call was done."""
    return bool(found.get("status") == "ok")
