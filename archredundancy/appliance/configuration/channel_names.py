"""Names under which PVs are asked for: a field or a filter behind them, a protocol before them (`PVNames`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["ChannelName", "without_protocol"]

_CHANNEL = re.compile(
    r"(?P<pv>[a-zA-Z0-9_\-+:\[\]<>;/,#{}^]+)"
    r"\.?(?P<field>[a-zA-Z_][a-zA-Z0-9_]*)?"
    r"\.?(?P<filter>\{[a-zA-Z0-9:()-{}\"',]+\}|\[[0-9]+:[0-9]+\])?"
)
_PROTOCOLS = {"ca://": False, "pva://": True}


def without_protocol(text: str) -> str:
    """Return a name as it is looked up: without protocol and `.VAL`, whatever else it has.

    Examples
    --------
    >>> without_protocol("pva://A:B.VAL")
    'A:B'
    """
    for protocol in _PROTOCOLS:
        text = text.removeprefix(protocol)
    return text.removesuffix(".VAL")


@dataclass(frozen=True, kw_only=True)
class ChannelName:
    """A name as a user gives it.

    Attributes
    ----------
    pv : str
        Without the protocol; with its filter, and with its field unless that is VAL.
    field : str
        Name of a field; empty if there is none, or VAL.
    uses_pva : bool
        Whether PVAccess is asked for.
    """

    pv: str
    field: str = ""
    uses_pva: bool = False

    @classmethod
    def parse(cls, text: str) -> ChannelName | None:
        """Read a name; None if it has characters that EPICS does not allow.

        Examples
        --------
        >>> ChannelName.parse("pva://A:B.HIHI")
        ChannelName(pv='A:B.HIHI', field='HIHI', uses_pva=True)
        >>> ChannelName.parse("A:B.VAL").pv, ChannelName.parse("A B")
        ('A:B', None)
        """
        protocol = next((protocol for protocol in _PROTOCOLS if text.startswith(protocol)), "")
        name = text.removeprefix(protocol)
        found = None if name.endswith(".") else _CHANNEL.fullmatch(name)
        if found is None:
            return None
        field = found["field"] or ""
        if field == "VAL":
            name, field = name.split(".")[0], ""
        return cls(pv=name, field=field, uses_pva=_PROTOCOLS.get(protocol, False))

    @property
    def record(self) -> str:
        """The name without field and filter."""
        return self.pv.split(".")[0]
