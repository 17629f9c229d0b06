"""A scenario: what is done to a pair of archivers, and what a comparison must find. Each is a small TOML file.

`play_scenario` lets it happen to an embedded pair. The how-to guide on planting scenarios says what a file may hold.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from archredundancy.coverage import Cause, Proof, State
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType, parse_time

__all__ = ["SIDES", "Event", "FoundGap", "Outage", "Record", "Scenario", "Unknown", "read_scenarios"]

SIDES = ("primary", "secondary")
#: What a comparison says of who has what; all that is not given is `both`.
_WHO = ("only_primary", "only_secondary", "neither", "undecided")
_KEYS = {
    "story", "begins", "ends", "asked", "keep_days", "record", "planted", "found", "unknown", "dropouts", "conflicts",
    "slack", *_WHO,
}  # fmt: skip
_RECORD_KEYS = {"type", "every", "offset", "at", "scan", "on_change"}
#: What begins an outage of a side, and what ends it.
_ENDS = {"disconnect": "reconnect", "pause": "resume", "stop": "start", "crash": "start"}


@dataclass(frozen=True, kw_only=True)
class Record:
    """The record of the IOC that both sides archive; it counts its samples.

    Attributes
    ----------
    dbr_type : DbrType
    every, offset : float, seconds
        Between two samples, and of the samples from the start.
    at : tuple of int, ns since 1970 UTC
        Instead, the times of all samples.
    scan : float, seconds, optional
        Archived by SCAN with this period, instead of each sample.
    on_change : bool
        Whether a sample of the value before is none.
    """

    dbr_type: DbrType
    every: float = 1.0
    offset: float = 0.0
    at: tuple[int, ...] = ()
    scan: float | None = None
    on_change: bool = False


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that is done at an instant.

    Attributes
    ----------
    at : int, ns since 1970 UTC
    who : str
        `primary`, `secondary` or `ioc`.
    what : str
    arguments : tuple
    """

    at: int
    who: str
    what: str
    arguments: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, (self.who, self.what, *self.arguments)))


@dataclass(frozen=True, kw_only=True)
class Outage:
    """From the instant at which a side ceased to archive to that at which it could again; the truth, by one clock.

    Attributes
    ----------
    side : str
    what : str
        What began it.
    start, end : int, ns since 1970 UTC
        `end` is that of the scenario where it lasts.
    lasts : bool
    """

    side: str
    what: str
    start: int
    end: int
    lasts: bool


@dataclass(frozen=True, kw_only=True)
class FoundGap:
    """A row of the table of gaps that a comparison must give.

    Attributes
    ----------
    side : str
    start, end : int, ns since 1970 UTC
    state : State
    cause : Cause
    proof : Proof
    samples : int
        That the other side has.
    """

    side: str
    start: int
    end: int
    state: State
    cause: Cause
    proof: Proof
    samples: int


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """A stretch of which a comparison must say that one side cannot be known, and why.

    Attributes
    ----------
    side : str
    start, end : int, ns since 1970 UTC
    cause : Cause
    """

    side: str
    start: int
    end: int
    cause: Cause


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What is done to a pair, and what must be found of it.

    Attributes
    ----------
    name, story : str
    begins, ends : int, ns since 1970 UTC
        Both sides begin to archive at the first, unless it is planted otherwise.
    asked : tuple of int, (2,), ns since 1970 UTC
        What is compared; all of it if the file does not say.
    keep_days : int
        How long the secondary keeps samples.
    record : Record
    planted : tuple of Event
        In order of time.
    found : tuple of FoundGap
        All gaps, by side and time.
    unknown : tuple of Unknown
        All stretches that one side cannot be known in, by side and time.
    slack : int, ns
        By how much a comparison may take them for longer, at either end: a range is asked for in halves, not in files.
    who : mapping of str to tuple of (int, int)
        `only_primary`, `only_secondary`, `neither` and `undecided`; all else is `both`.
    dropouts : mapping of str to int
        Samples that each side lacks one by one.
    conflicts : int
    """

    name: str
    story: str
    begins: int
    ends: int
    asked: tuple[int, int]
    keep_days: int
    record: Record
    planted: tuple[Event, ...]
    found: tuple[FoundGap, ...]
    unknown: tuple[Unknown, ...]
    slack: int
    who: Mapping[str, tuple[tuple[int, int], ...]]
    dropouts: Mapping[str, int]
    conflicts: int

    @property
    def outages(self) -> tuple[Outage, ...]:
        """The outages that are planted: those of one side, and the IOC's as one of both."""
        found = []
        for row, event in enumerate(self.planted):
            if event.what == "reboot":
                back = event.at + round(event.arguments[0] * NS_PER_SECOND)
                found += [Outage(side=side, what="reboot", start=event.at, end=back, lasts=False) for side in SIDES]
            elif event.what in _ENDS:
                wanted = event.who, _ENDS[event.what]
                over = next((each.at for each in self.planted[row:] if (each.who, each.what) == wanted), None)
                end, lasts = (self.ends, True) if over is None else (over, False)
                found.append(Outage(side=event.who, what=event.what, start=event.at, end=end, lasts=lasts))
        return tuple(found)


def read_scenarios(path: Path) -> list[Scenario]:
    """Return the scenario of a file; several, one for each type, where its record has several.

    Parameters
    ----------
    path : Path
        TOML.

    Raises
    ------
    InputError
        If the file says something that is none of a scenario's.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
        _refuse_unknown(table, _KEYS)
        _refuse_unknown(table["record"], _RECORD_KEYS)
        return _variants(path.stem, table)
    except (tomllib.TOMLDecodeError, KeyError, ValueError, TypeError) as error:
        raise InputError(f"{path} is no scenario: {error!r}; compare it with the others beside it") from error


def _refuse_unknown(table: Mapping[str, Any], allowed: set[str]) -> None:
    """Refuse keys that nobody would read.

    Raises
    ------
    InputError
        If there is one.
    """
    for key in table.keys() - allowed:
        raise InputError(f"{key!r} means nothing; allowed: {', '.join(sorted(allowed))}")


def _variants(name: str, table: dict[str, Any]) -> list[Scenario]:
    types = table["record"].get("type", "SCALAR_DOUBLE")
    if isinstance(types, str):
        return [_scenario(name, table, DbrType.from_name(types))]
    whole = _scenario(name, table, DbrType.from_name(types[0]))
    return [
        replace(whole, name=f"{name}-{each}", record=replace(whole.record, dbr_type=DbrType.from_name(each)))
        for each in types
    ]


def _scenario(name: str, table: dict[str, Any], dbr_type: DbrType) -> Scenario:
    begins = parse_time(table.get("begins", "2026-03-02T10:00:00Z"), now=0)

    def moment(given: Any) -> int:
        return parse_time(given, now=0) if isinstance(given, str) else begins + round(given * NS_PER_SECOND)

    def spans(rows: Sequence[Sequence[Any]]) -> tuple[tuple[int, int], ...]:
        return tuple((moment(start), moment(end)) for start, end in rows)

    record, ends = table["record"], moment(table["ends"])
    (asked,) = spans([table.get("asked", (0, table["ends"]))])
    return Scenario(
        name=name,
        story=table["story"],
        begins=begins,
        ends=ends,
        asked=asked,
        keep_days=table.get("keep_days", 184),
        record=Record(
            dbr_type=dbr_type,
            every=float(record.get("every", 1)),
            offset=float(record.get("offset", 0)),
            at=tuple(map(moment, record.get("at", ()))),
            scan=float(record["scan"]) if "scan" in record else None,
            on_change=record.get("on_change", False),
        ),
        planted=tuple(
            Event(at=moment(at), who=who, what=what, arguments=tuple(arguments))
            for at, who, what, *arguments in table.get("planted", ())
        ),
        found=tuple(
            FoundGap(
                side=side,
                start=moment(start),
                end=moment(end),
                state=State[state.upper()],
                cause=Cause(cause),
                proof=Proof(proof),
                samples=samples,
            )
            for side, start, end, state, cause, proof, samples in table.get("found", ())
        ),
        unknown=tuple(
            Unknown(side=side, start=moment(start), end=moment(end), cause=Cause(cause))
            for side, start, end, cause in table.get("unknown", ())
        ),
        slack=round(table.get("slack", 0) * NS_PER_SECOND),
        who={key: spans(table.get(key, ())) for key in _WHO},
        dropouts={side: table.get("dropouts", {}).get(side, 0) for side in SIDES},
        conflicts=table.get("conflicts", 0),
    )
