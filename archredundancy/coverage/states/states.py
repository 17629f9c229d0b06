"""The words of coverage: what state a PV was in at an archiver, why, and how that is known."""

from __future__ import annotations

from enum import Enum, IntEnum

__all__ = ["Cause", "Presence", "Proof", "State"]


class State(IntEnum):
    """State of one PV at one archiver over a stretch of time."""

    UNKNOWN = 0
    """Not asked, or not knowable."""
    ACTIVE = 1
    """The archiver was connected; the last value holds."""
    DISCONNECTED = 2
    """The archiver was alive, the IOC or the network was not."""
    STOPPED = 3
    """The archiver was down or the PV paused."""
    SILENT = 4
    """No sample and no recorded cause, though the other archiver stored samples."""

    @property
    def label(self) -> str:
        """The state's name in lower case."""
        return self.name.lower()


class Presence(IntEnum):
    """Whether an archiver has what happened: Kleene's three truth values."""

    ABSENT = 0
    UNKNOWN = 1
    PRESENT = 2


class Proof(Enum):
    """How a stretch of a state is known; kinds are never added up."""

    NONE = ""
    WITNESSED = "witnessed"
    """The other side stored samples in between which this side lacks."""
    DECLARED = "declared"
    """The archiver wrote it beside a sample, or reports it."""
    SUSPECTED = "suspected"
    """A series of regular samples stopped, on both sides; no loss is proven."""


class Cause(Enum):
    """Why a state holds, in words."""

    NONE = ""
    ARCHIVER_STOPPED = "archiver stopped or PV paused"
    ARCHIVER_DOWN = "archiver stopped, or several PVs paused at once"
    PAUSED = "PV paused"
    RESUMED = "PV paused, or its sampling changed"
    BEGINNING = "archiving was only beginning"
    ARCHIVER_DISCONNECTED = "archiver lost the connection"
    STILL_DISCONNECTED = "archiver has no connection"
    SOURCE_DOWN = "IOC or network down for both archivers"
    BOTH_STOPPED = "both archivers stopped"
    STOPPED_UNSEEN = "archiver stopped or PV paused, and the other cannot tell what was missed"
    NOT_RECORDED = "no cause recorded"
    OVERFLOWED = "no cause recorded; the engine counts samples lost to a full buffer"
    STAMPS_REFUSED = "no cause recorded; the engine counts samples refused for their time stamps"
    TYPE_CHANGED = "no cause recorded; the engine counts samples refused for another type"
    SUSPECTED = "regular samples stopped"
    NOT_READ = "could not be read"
    BEFORE_CREATION = "before the PV was archived"
    BEYOND_RETENTION = "older than the archiver keeps"
    FUTURE = "not over yet"
    NOT_CONFIGURED = "no configuration and no sample seen"
