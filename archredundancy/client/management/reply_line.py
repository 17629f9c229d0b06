"""`ReplyLine`: a dataclass that is read from an object of a reply by a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

__all__ = ["Readers", "ReplyLine"]

#: For each attribute of a dataclass what reads its value, and the name it has in the reply.
Readers = Mapping[str, tuple[Callable[[Mapping[str, Any], str], Any], str]]


class ReplyLine:
    """An object, or line, of a reply of the management interface.

    Attributes
    ----------
    READERS : Readers
    """

    READERS: ClassVar[Readers]

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> Self:
        """Read one line.

        Raises
        ------
        KeyError
            If what it is about, such as the name of the PV, is absent.
        """
        build: Callable[..., Self] = cls
        return build(**{attribute: read(reply, name) for attribute, (read, name) in cls.READERS.items()})
