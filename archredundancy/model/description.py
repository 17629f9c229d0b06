"""What a cluster says of a PV's values, and where two clusters say different things."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count, takewhile
from typing import Any

__all__ = ["Description", "differences", "labels_in"]


@dataclass(frozen=True, kw_only=True)
class Description:
    """Units, precision, limits and names of states, as one cluster has them.

    Attributes
    ----------
    egu : str
        Engineering units; empty where there are none or nobody tells.
    precision : int or None
        Digits to print; None where nobody tells.
    limits : mapping of str to float
        Such as `lowerDisplayLimit`; only those that are set.
    labels : tuple of str
        Names of the states of an enum; empty where nobody tells.
    is_configured : bool
        Whether this is from the PV's configuration, so that a limit that is absent is known not to be set.
    """

    egu: str = ""
    precision: int | None = None
    limits: Mapping[str, float] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    is_configured: bool = False

    def or_else(self, other: Description) -> Description:
        """Return this description, with what only the other one tells.

        Examples
        --------
        >>> Description(egu="mA").or_else(Description(egu="A", precision=2))
        Description(egu='mA', precision=2, limits={}, labels=(), is_configured=False)
        """
        return Description(
            egu=self.egu or other.egu,
            precision=other.precision if self.precision is None else self.precision,
            limits=self.limits if self.is_configured else other.limits,
            labels=self.labels or other.labels,
            is_configured=self.is_configured or other.is_configured,
        )

    @classmethod
    def from_headers(cls, headers: Mapping[str, str], labels: tuple[str, ...] = ()) -> Description:
        """Return what the headers of an answer tell (`EGU`, `PREC`)."""
        try:
            precision = float(headers.get("PREC", ""))
        except ValueError:
            precision = math.nan
        digits = int(precision) if math.isfinite(precision) else None
        return cls(egu=headers.get("EGU", ""), precision=digits, labels=labels)


def labels_in(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of an enum's states, from `ENUM_0` on, as the engine tells them.

    Examples
    --------
    >>> labels_in({"ENUM_1": "Idle", "ENUM_0": "Off", "PREC": "0.0"})
    ('Off', 'Idle')
    """
    names = takewhile(metadata.__contains__, (f"ENUM_{number}" for number in count()))
    return tuple(str(metadata[name]) for name in names)


def differences(primary: Description, secondary: Description) -> list[str]:
    """Return in words what two clusters say differently of one PV; what only one of them tells is no difference.

    Examples
    --------
    >>> differences(Description(egu="mA", precision=2), Description(egu="A"))
    ["egu: primary 'mA', secondary 'A'"]
    """
    pairs: dict[str, tuple[Any, Any]] = {
        "egu": (primary.egu or None, secondary.egu or None),
        "precision": (primary.precision, secondary.precision),
        "enum labels": (list(primary.labels) or None, list(secondary.labels) or None),
    }
    found = {name: pair for name, pair in pairs.items() if None not in pair and pair[0] != pair[1]}
    if primary.is_configured and secondary.is_configured:
        for name in sorted(primary.limits.keys() | secondary.limits.keys()):
            limits = primary.limits.get(name, "not set"), secondary.limits.get(name, "not set")
            found |= {name: limits} if limits[0] != limits[1] else {}
    return [f"{name}: primary {mine!r}, secondary {theirs!r}" for name, (mine, theirs) in found.items()]
