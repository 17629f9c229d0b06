"""The seam between an engine and the control system: what it hears of a PV (`PVListener`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from archredundancy.model import DbrType

__all__ = ["Connected", "Disconnected", "FieldChanged", "Sampled", "Source", "Update"]


@dataclass(frozen=True, kw_only=True)
class Connected:
    """The PV's record was found.

    Attributes
    ----------
    host : str
        Of the IOC.
    dbr_type : DbrType
        Of the record's value.
    element_count : int
    fields : mapping of str to str
        Of the record: EGU, PREC, HIHI, DESC and so on, as text.
    """

    host: str
    dbr_type: DbrType
    element_count: int = 1
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Disconnected:
    """The connection to the record is lost."""


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """The record was processed, or is as it is when a subscription begins.

    Attributes
    ----------
    dbr_type : DbrType
    time : int, ns since 1970 UTC
        Record processing time, from the IOC.
    value : str, int, float, bytes or a list of them
    severity, status : int
    """

    dbr_type: DbrType
    time: int
    value: Any
    severity: int = 0
    status: int = 0


@dataclass(frozen=True, kw_only=True)
class FieldChanged:
    """A field of the record has another value."""

    name: str
    text: str


Update = Connected | Disconnected | Sampled | FieldChanged


class Source(Protocol):
    """Where an engine gets its PVs from: a simulated IOC now, a real one later."""

    def subscribe(self, pv: str, listener: Callable[[Update], None]) -> Callable[[], None]:
        """Begin to tell what happens to a PV, its present state first if it is there.

        Parameters
        ----------
        pv : str
            Of which nothing need be known.
        listener : callable
            Called in any thread; it returns at once and does not call the source.

        Returns
        -------
        callable
            Ends it; nothing is told after it has returned.
        """

    def describe(self, pv: str) -> Connected | None:
        """Return what a PV that can be reached now looks like; None if it cannot."""
