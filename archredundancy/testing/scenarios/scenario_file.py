"""Reads scenarios from TOML files. The how-to guide on planting a scenario says what they may hold."""

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
from archredundancy.testing.scenarios.scenario import SIDES, Event, FoundGap, Record, Scenario, Unknown

__all__ = ["read_scenarios"]

_Table = Mapping[str, Any]
_Rows = Sequence[Sequence[Any]]

#: What a comparison says of who has what; all that is not given is `both`.
_WHO = ("only_primary", "only_secondary", "neither", "undecided")
_KEYS = {
    "story", "begins", "ends", "later", "asked", "keep_days", "record", "neighbour", "planted", "found", "unknown",
    "slack", "dropouts", "enrichment", "conflicts", *_WHO,
}  # fmt: skip
_RECORD_KEYS = {"type", "every", "offset", "stalls", "at", "scan"}
#: A morning in March, an hour after a file of the short-term store begins.
_BEGINS = "2026-03-02T10:00:00Z"
#: Seconds after which engines have written what they had in memory.
_LATER = 30
_KEEP_DAYS = 184


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
        return _of_each_type(path.stem, table)
    except (tomllib.TOMLDecodeError, KeyError, ValueError, TypeError) as error:
        raise InputError(f"{path} is no scenario: {error!r}; compare it with the others beside it") from error


def _refuse_unknown(table: _Table, allowed: set[str]) -> None:
    """Refuse keys that nobody would read.

    Raises
    ------
    InputError
        If there is one.
    """
    for key in table.keys() - allowed:
        raise InputError(f"{key!r} means nothing; allowed: {', '.join(sorted(allowed))}")


def _of_each_type(name: str, table: _Table) -> list[Scenario]:
    scenario = _Times(parse_time(table.get("begins", _BEGINS), now=0)).scenario(name, table)
    types = table["record"].get("type", "SCALAR_DOUBLE")
    if isinstance(types, str):
        return [_with_type(scenario, types)]
    return [replace(_with_type(scenario, each), name=f"{name}-{each}") for each in types]


def _with_type(scenario: Scenario, name: str) -> Scenario:
    return replace(scenario, record=replace(scenario.record, dbr_type=DbrType.from_name(name)))


@dataclass(frozen=True)
class _Times:
    """Reads what has times in it: seconds from the beginning, to the nanosecond, or text."""

    begins: int

    def scenario(self, name: str, table: _Table) -> Scenario:
        ends = self.moment(table["ends"])
        (asked,) = self.spans([table.get("asked", (0, table["ends"]))])
        return Scenario(
            name=name,
            story=table["story"],
            begins=self.begins,
            ends=ends,
            looked_at=ends + _ns(table.get("later", _LATER)),
            asked=asked,
            keep_days=table.get("keep_days", _KEEP_DAYS),
            record=self.record(table["record"]),
            neighbour=table.get("neighbour", False),
            planted=self.planted(table.get("planted", ())),
            found=self.found(table.get("found", ())),
            unknown=self.unknown(table.get("unknown", ())),
            slack=_ns(table.get("slack", 0)),
            who={key: self.spans(table.get(key, ())) for key in _WHO},
            dropouts=_of_each_side(table.get("dropouts", {})),
            enrichment=_of_each_side(table.get("enrichment", {})),
            conflicts=table.get("conflicts", 0),
        )

    def record(self, table: _Table) -> Record:
        return Record(
            dbr_type=DbrType.SCALAR_DOUBLE,
            every=_ns(table.get("every", 1)),
            offset=_ns(table.get("offset", 0)),
            stalls=self.spans(table.get("stalls", ())),
            at=tuple(map(self.moment, table.get("at", ()))),
            scan=float(table["scan"]) if "scan" in table else None,
        )

    def planted(self, rows: _Rows) -> tuple[Event, ...]:
        events = (
            Event(at=self.moment(at), who=who, what=what, arguments=tuple(arguments))
            for at, who, what, *arguments in rows
        )
        return tuple(sorted(events, key=lambda event: event.at))

    def found(self, rows: _Rows) -> tuple[FoundGap, ...]:
        return tuple(
            FoundGap(
                side=side,
                start=self.moment(start),
                end=self.moment(end),
                state=State[state.upper()],
                cause=Cause(cause),
                proof=Proof(proof),
                samples=samples,
            )
            for side, start, end, state, cause, proof, samples in rows
        )

    def unknown(self, rows: _Rows) -> tuple[Unknown, ...]:
        return tuple(
            Unknown(side=side, start=self.moment(start), end=self.moment(end), cause=Cause(cause))
            for side, start, end, cause in rows
        )

    def spans(self, rows: _Rows) -> tuple[tuple[int, int], ...]:
        return tuple((self.moment(start), self.moment(end)) for start, end in rows)

    def moment(self, given: Any) -> int:
        return parse_time(given, now=0) if isinstance(given, str) else self.begins + _ns(given)


def _ns(seconds: Decimal | float) -> int:
    return round(Decimal(seconds) * NS_PER_SECOND)


def _of_each_side(counts: _Table) -> dict[str, int]:
    _refuse_unknown(counts, set(SIDES))
    return {side: counts.get(side, 0) for side in SIDES}
