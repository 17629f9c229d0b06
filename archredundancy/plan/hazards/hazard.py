"""`Hazard`: a reason to hesitate before a merge, or to refuse it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["Hazard", "HazardKind", "Status", "refusal", "refusals_first", "status_of", "warning", "worth_telling"]


class HazardKind(StrEnum):
    """What is wrong; the values are stable, and appear in saved plans and journals."""

    #: Samples that only the secondary has will not arrive.
    NOT_FILLABLE = "not-fillable"
    #: Samples of the primary would be destroyed.
    WOULD_LOSE = "would-lose-samples"
    #: The primary has data in stores above the one merged into; merged over, they vanish.
    FINER_STORES = "data-in-finer-stores"
    #: The primary stores samples that it does not show, and that consolidating deletes.
    HIDDEN = "hidden-samples"
    #: The sides do not agree on the type, or on the length of waveforms; the appliance checks neither.
    TYPE_MISMATCH = "type-mismatch"
    #: The appliance does not find the files of such a name, or cannot ask for it.
    UNSAFE_NAME = "unsafe-name"
    #: The clusters know the PV by another name, and a merge goes by the primary's.
    ALIAS = "alias"
    #: The store is not one of the primary's, not its last one with PB files, or not known.
    WRONG_STORE = "wrong-store"
    #: The store throws everything away.
    BLACK_HOLE = "black-hole"
    #: A store keeps only averages or the like.
    REDUCED_STORE = "reduced-data"
    #: A store takes data only while a flag is set, and throws them away while it is not.
    CONDITIONAL_STORE = "conditional-store"
    #: A flag keeps a store out of answers, or data out of a store.
    SKIPPED_STORE = "skipped-store"
    #: The store has files of processed data, which a merge spoils.
    CACHES = "post-processor-caches"
    #: The secondary has no sample at all, though it archives the PV.
    EMPTY_SECONDARY = "empty-secondary"
    #: Both have a sample of one instant, and not the same; the primary's stays, and nobody is told.
    DIFFERENT_VALUES = "different-values"
    #: Samples bring what the secondary noted about its own connection and starts.
    CONNECTION_FIELDS = "connection-fields"
    #: Samples are dated in the future.
    FUTURE_SAMPLES = "future-samples"
    #: Stored times go back or repeat, so that nobody can say what a merge makes of them.
    OUT_OF_ORDER = "out-of-order"
    #: A part of a side's samples could not be read.
    NOT_READ = "not-read"
    #: Nobody would record the PV while the primary is paused.
    NOT_RECORDING = "secondary-not-recording"
    #: Somebody else has paused the PV.
    ALREADY_PAUSED = "already-paused"
    #: The secondary asks the primary while it answers.
    PROXY = "secondary-is-proxy"
    #: Each cluster asks the other while it answers: one request for both's data stops both.
    MUTUAL_PROXIES = "mutual-proxies"
    #: The primary does not reach our server.
    UNREACHABLE = "other-not-reachable"
    #: Members of the primary do not answer.
    MEMBER_DOWN = "member-down"
    #: A window or exclusions are asked for, which the strategy cannot honour.
    WINDOW_IGNORED = "window-not-honoured"
    #: Attributes of samples are dropped by the rewriting.
    ATTRIBUTES_DROPPED = "attributes-dropped"
    #: Large files are rewritten, in the memory and on the disk of the primary.
    SIZE = "size"
    #: All of the history is written anew, at a price.
    REBUILD_COSTS = "rebuild-costs"
    #: Nobody has tried merging with these versions; refuses unless a person wants it all the same.
    NOT_CERTIFIED = "not-certified"
    #: More than one of the plan's limits allows.
    OVER_LIMIT = "over-limit"
    #: The PV could not be asked for, or is not known.
    NOT_PLANNED = "not-planned"
    #: An earlier run has not ended for the PV, so that its merge may still be at work.
    UNFINISHED_RUN = "unfinished-run"
    #: Samples come from a saved copy, not from the secondary as it is now.
    SAVED_COPY = "saved-copy"


class Status(StrEnum):
    """Whether a plan may be committed."""

    READY = "ready"
    REFUSED = "refused"
    NOTHING_TO_DO = "nothing to do"


#: While one of these refuses, what there is to gain is not known.
_HIDES_GAIN: Final = frozenset(
    {
        HazardKind.ALIAS,
        HazardKind.BLACK_HOLE,
        HazardKind.EMPTY_SECONDARY,
        HazardKind.NOT_PLANNED,
        HazardKind.NOT_READ,
        HazardKind.OUT_OF_ORDER,
        HazardKind.OVER_LIMIT,
        HazardKind.SKIPPED_STORE,
        HazardKind.TYPE_MISMATCH,
        HazardKind.UNFINISHED_RUN,
        HazardKind.UNSAFE_NAME,
        HazardKind.WRONG_STORE,
    }
)
#: What is worth telling even if there is nothing to gain; all others are about acting.
_STANDS_WITHOUT_GAIN: Final = _HIDES_GAIN | {
    HazardKind.FUTURE_SAMPLES,
    HazardKind.HIDDEN,
    HazardKind.NOT_FILLABLE,
}


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """One reason.

    Attributes
    ----------
    kind : HazardKind
    refuses : bool
        Whether the plan must not be committed because of it; else it is a warning.
    message : str
        What was found, with the evidence. No URLs and nothing that changes by itself: it is a part of the plan's id.
    remedy : str
        What to do about it.
    """

    kind: HazardKind
    refuses: bool
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{'REFUSED' if self.refuses else 'warning'} {self.kind}: {self.message} {self.remedy}"


def refusal(kind: HazardKind, message: str, remedy: str) -> Hazard:
    """Return a hazard that must not be passed."""
    return Hazard(kind=kind, refuses=True, message=message, remedy=remedy)


def warning(kind: HazardKind, message: str, remedy: str) -> Hazard:
    """Return a hazard that a person may pass."""
    return Hazard(kind=kind, refuses=False, message=message, remedy=remedy)


def refusals_first(hazards: Iterable[Hazard]) -> tuple[Hazard, ...]:
    """Return hazards with refusals before warnings, else in the given order."""
    return tuple(sorted(hazards, key=lambda hazard: not hazard.refuses))


def status_of(hazards: Iterable[Hazard], gain: int) -> Status:
    """Return whether a PV may be merged; with nothing to gain only what hides a gain refuses."""
    if any(hazard.refuses and (gain or hazard.kind in _HIDES_GAIN) for hazard in hazards):
        return Status.REFUSED
    return Status.READY if gain else Status.NOTHING_TO_DO


def worth_telling(hazards: Sequence[Hazard], gain: int) -> tuple[Hazard, ...]:
    """Return hazards, refusals first; with nothing to do only those that are not about acting."""
    idle = status_of(hazards, gain) is Status.NOTHING_TO_DO
    return refusals_first(hazard for hazard in hazards if not idle or hazard.kind in _STANDS_WITHOUT_GAIN)
