"""A scenario: what is done to a pair of archivers, and what a comparison must find of it.

`read_scenarios` reads it from a small file, and `play_scenario` lets it happen to an embedded pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from archredundancy.coverage import Cause, Proof, State
from archredundancy.model import NS_PER_SECOND, DbrType

__all__ = ["SIDES", "Event", "FoundGap", "Outage", "Record", "Scenario", "Unknown"]

SIDES = ("primary", "secondary")
#: What begins an outage of a side, and what ends it.
_ENDS = {"disconnect": "reconnect", "pause": "resume", "stop": "start", "crash": "start"}
#: An engine writes each ten seconds from its start on (`secondsToBuffer`), as long as it has something to write.
_BETWEEN_WRITINGS = 10 * NS_PER_SECOND


@dataclass(frozen=True, kw_only=True)
class Record:
    """The record of the IOC that both sides archive; it counts its samples.

    Attributes
    ----------
    dbr_type : DbrType
    every, offset : int, ns
        Between two samples, and of the samples from the start.
    stalls : tuple of (int, int), ns since 1970 UTC
        Between which instants it is not processed, the last one included.
    at : tuple of int, ns since 1970 UTC
        Instead, the times of all samples.
    scan : float, seconds, optional
        Archived by SCAN with this period, instead of each sample.
    """

    dbr_type: DbrType
    every: int
    offset: int
    stalls: tuple[tuple[int, int], ...] = ()
    at: tuple[int, ...] = ()
    scan: float | None = None


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
    what : frozenset of str
        `disconnect`, `pause`, `stop`, `crash` or `reboot`; several where they overlap.
    start, end : int, ns since 1970 UTC
        A crash takes what was in memory with it, and so begins when the engine wrote last; what was merged meanwhile is
        none any more. `end` is that of the scenario where the outage lasts.
    lasts : bool
    """

    side: str
    what: frozenset[str]
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
    state : archredundancy.coverage.State
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
    looked_at : int, ns since 1970 UTC
        When the comparison is made: half a minute after the end, when engines have written what they had in memory.
    asked : tuple of int, (2,), ns since 1970 UTC
        What is compared; all of it if the file does not say.
    keep_days : int
        How long the secondary keeps samples.
    record : Record
    neighbour : bool
        Whether both sides archive another record of the IOC, each second, and the comparison may look at it.
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
    dropouts, enrichment : mapping of str to int
        Samples that each side lacks one by one: lost, and only sampled at other moments.
    conflicts : int
    """

    name: str
    story: str
    begins: int
    ends: int
    looked_at: int
    asked: tuple[int, int]
    keep_days: int
    record: Record
    neighbour: bool
    planted: tuple[Event, ...]
    found: tuple[FoundGap, ...]
    unknown: tuple[Unknown, ...]
    slack: int
    who: Mapping[str, tuple[tuple[int, int], ...]]
    dropouts: Mapping[str, int]
    enrichment: Mapping[str, int]
    conflicts: int

    @property
    def processed(self) -> Sequence[int]:
        """When the record is processed on its own (ns since 1970 UTC), from the sample before the beginning on."""
        record = self.record
        steady = range(self.begins + record.offset - record.every, self.looked_at, record.every)
        return record.at or [time for time in steady if not any(start <= time <= end for start, end in record.stalls)]

    @property
    def outages(self) -> tuple[Outage, ...]:
        """When each side did not archive, by what is planted; those that overlap on one side are one."""
        joined: list[Outage] = []
        for one in sorted(self._single_outages(), key=lambda outage: (outage.side, outage.start)):
            last = joined[-1] if joined else None
            if last and last.side == one.side and one.start < last.end:
                joined[-1] = replace(
                    last, what=last.what | one.what, end=max(last.end, one.end), lasts=last.lasts or one.lasts
                )
            else:
                joined.append(one)
        return tuple(joined)

    def _single_outages(self) -> Iterator[Outage]:
        began = dict.fromkeys(SIDES, self.begins)
        for row, event in enumerate(self.planted):
            if event.what == "reboot":
                back = event.at + round(event.arguments[0] * NS_PER_SECOND)
                yield from (
                    Outage(side=side, what=frozenset({"reboot"}), start=event.at, end=back, lasts=False)
                    for side in SIDES
                )
            elif event.what == "start":
                began[event.who] = event.at
            elif event.what in _ENDS:
                unwritten = (event.at - began[event.who]) % _BETWEEN_WRITINGS if event.what == "crash" else 0
                ended = [
                    each.at for each in self.planted[row:] if (each.who, each.what) == (event.who, _ENDS[event.what])
                ]
                end = ended[0] if ended else self.ends
                start = self._merged_until(event.who, event.at - unwritten, end)
                what = frozenset({event.what})
                yield Outage(side=event.who, what=what, start=start, end=end, lasts=not ended)

    def _merged_until(self, side: str, start: int, end: int) -> int:
        """Return when a side was merged into last between two instants; the first of them if it was not."""
        merges = (each.at for each in self.planted if (each.who, each.what) == (side, "merge"))
        return max((at for at in merges if start < at < end), default=start)
