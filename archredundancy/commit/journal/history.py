"""`PVHistory`: what a journal says about one PV. It is believed about what was done, never about what is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from archredundancy.client.commands.committer import MERGE_OVER
from archredundancy.commit.journal.journal import Entry
from archredundancy.commit.journal.roots import Roots
from archredundancy.commit.journal.states import State
from archredundancy.model import parse_time
from archredundancy.plan import Digest

__all__ = ["Copy", "PVHistory", "digest_from_json", "digest_to_json", "histories", "was_answered"]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A copy of samples in the run folder.

    Attributes
    ----------
    side : str
        `primary`, `secondary`, `promised`, or `hidden`: what the primary stores and does not show.
    partition : str
        Name of the partition of the store that is merged into.
    file : str
        Path inside the run folder.
    sha256 : str
        Of its bytes, as hexadecimal text.
    """

    side: str
    partition: str
    file: str
    sha256: str


class PVHistory:
    """What a journal says about one PV.

    Parameters
    ----------
    pv : str
    entries : iterable of Entry
        Of any PV; in order.
    """

    def __init__(self, pv: str, entries: Iterable[Entry]) -> None:
        self.pv = pv
        self.entries = tuple(entry for entry in entries if entry.pv == pv)

    @property
    def state(self) -> State:
        """The last state that was written."""
        states = [entry.facts["state"] for entry in self.entries if entry.kind == "state"]
        return State(states[-1]) if states else State.PLANNED

    def reached(self, state: State) -> bool:
        """Return whether the PV ever was in a state."""
        return any(entry.kind == "state" and entry.facts["state"] == state for entry in self.entries)

    def intended(self, call: str) -> bool:
        """Return whether a call was made, or was about to be made."""
        return any(entry.kind == "intent" and entry.facts["call"] == call for entry in self.entries)

    def outcome(self, call: str) -> Mapping[str, Any] | None:
        """Return what came of the last such call, or None if nothing was written of it."""
        found = [entry.facts for entry in self.entries if entry.kind == "outcome" and entry.facts["call"] == call]
        return found[-1] if found else None

    def copies(self, side: str) -> dict[str, Copy]:
        """Return the latest copy of each partition of a side, by partition."""
        kind = "promised" if side == "promised" else "backup"
        found = [entry.facts for entry in self.entries if entry.kind == kind and entry.facts["side"] == side]
        return {facts["partition"]: Copy(**{name: facts[name] for name in _COPY}) for facts in found}

    @property
    def store(self) -> Mapping[str, Any]:
        """Where the primary keeps the PV's files: root folder, key, member and host; empty if not known."""
        found = [entry.facts for entry in self.entries if entry.kind == "store"]
        return found[-1] if found else {}

    @property
    def was_paused(self) -> bool:
        """Whether the run has paused the PV, or may have; a pause that was refused was somebody else's."""
        outcome = self.outcome("pauseArchivingPV")
        refused = outcome is not None and not outcome.get("ok") and bool(outcome.get("validation"))
        return self.intended("pauseArchivingPV") and not refused

    @property
    def seen(self) -> dict[str, Digest]:
        """Digests of what the primary had before pause and horizon, by partition; empty if not taken."""
        found = [entry.facts["seen"] for entry in self.entries if "seen" in entry.facts]
        return {name: digest_from_json(data) for name, data in found[-1].items()} if found else {}

    @property
    def is_in_doubt(self) -> bool:
        """Whether the primary moved samples for the run, and the run did not come to prove that all are there (V0)."""
        return self.was_paused and bool(self.seen) and not self.reached(State.SNAPSHOT)

    @property
    def before(self) -> dict[str, Digest]:
        """Digests of the primary's partitions right before the merge, by partition; empty if they were not taken."""
        found = [entry.facts["digests"] for entry in self.entries if entry.kind == "before"]
        return {name: digest_from_json(data) for name, data in found[-1].items()} if found else {}

    @property
    def expected(self) -> dict[str, Digest] | None:
        """Digests that the primary's partitions shall have after a rollback; None if it has not come to that."""
        found = [entry.facts["digests"] for entry in self.entries if entry.kind == "expected"]
        return {name: digest_from_json(data) for name, data in found[-1].items()} if found else None

    @property
    def baseline(self) -> dict[str, Digest]:
        """Digests that the primary's partitions have at the least once a run has come to its end."""
        return self.before if self.expected is None else self.expected

    @property
    def roots(self) -> Roots | None:
        """Between which folders the PV is moved; None if it is not."""
        found = [entry.facts for entry in self.entries if entry.kind == "roots"]
        return Roots(**found[-1]) if found else None

    @property
    def stored_in(self) -> str:
        """URL of the store that the PV was left with by a rebuild or rollback; empty if it was not moved."""
        found = [entry.facts["stored_in"] for entry in self.entries if "stored_in" in entry.facts]
        return found[-1] if found else ""

    @property
    def kept_in(self) -> str:
        """URL of the files that a proven rebuild or rollback has left behind; empty if there are none."""
        return self.roots.refuge if self.roots and self.is_changed else ""

    @property
    def is_changed(self) -> bool:
        """Whether samples were added for good, so that it can be asked whether they are there."""
        rebuilt = self.reached(State.VERIFIED) and not self.reached(State.SWITCHED_BACK)
        return self.reached(State.MERGED) or rebuilt

    @property
    def unread_before(self) -> frozenset[str]:
        """Partitions that could not be read right before the merge."""
        found = [entry.facts["unread"] for entry in self.entries if entry.kind == "before"]
        return frozenset(found[-1]) if found else frozenset()

    @property
    def newest(self) -> int | None:
        """Time of the newest sample that the primary had before archiving went on, ns since 1970 UTC."""
        return max((each.last for each in self.baseline.values() if each.last is not None), default=None)

    def gave_all(self, promised: npt.NDArray[np.int64]) -> bool:
        """Return whether the relay was asked for every promised sample, so that the merge may have all it needs.

        Parameters
        ----------
        promised : int64, (n,), ns since 1970 UTC
            Times of the promised samples.
        """
        given = np.zeros(len(promised), bool)
        for entry in self.entries:
            if entry.kind == "relay" and entry.facts["request"] == "data":
                start, end = (parse_time(entry.facts[name], now=0) for name in ("start", "end"))
                given |= (promised >= start) & (promised <= end)
        return bool(given.all())

    def asked_about(self, moments: Iterable[int]) -> bool:
        """Return whether the relay was asked for the number of samples around all moments, ns since 1970 UTC.

        A merge asks so of every file that there is, before the first one is replaced (`PlainStoragePlugin.convert`).
        """
        spans = [
            tuple(parse_time(entry.facts[name], now=0) for name in ("start", "end"))
            for entry in self.entries
            if entry.kind == "relay" and entry.facts["request"] == "ncount"
        ]
        return all(any(start <= moment <= end for start, end in spans) for moment in moments)

    @property
    def mgmt_started(self) -> str:
        """When the mgmt was started that was told to change files, in its own words; empty if not known."""
        found = [entry.facts["mgmt_started"] for entry in self.entries if "mgmt_started" in entry.facts]
        return str(found[-1]) if found else ""

    @property
    def verified(self) -> Sequence[Mapping[str, Any]]:
        """The last comparison of each partition, as written."""
        found = [entry.facts["partitions"] for entry in self.entries if entry.kind == "verified"]
        return found[-1] if found else ()

    @property
    def is_compared(self) -> bool:
        """Whether every partition was read and compared, if only after archiving went on."""
        return bool(self.verified) and not any(partition["result"] == "unread" for partition in self.verified)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know though it was no failure."""
        return tuple(
            str(entry.facts["message"]) for entry in self.entries if entry.kind == "note" and entry.facts.get("warning")
        )

    @property
    def message(self) -> str:
        """What went wrong last; empty if nothing did."""
        notes = [
            str(entry.facts["message"]) for entry in self.entries if entry.kind == "note" and entry.facts.get("failure")
        ]
        return notes[-1] if notes else ""


_COPY = ("side", "partition", "file", "sha256")


def was_answered(outcome: Mapping[str, Any] | None) -> bool:
    """Return whether the answer to a call that goes on without its client tells that it is over."""
    if outcome is None:
        return False
    if "ok" in outcome:
        return bool(outcome["ok"] or outcome["validation"])
    return not outcome["sent"] or outcome["status"] in MERGE_OVER


def histories(pvs: Iterable[str], entries: Iterable[Entry]) -> dict[str, PVHistory]:
    """Return the history of each PV. Cost: that of the entries, however many PVs there are."""
    found: dict[str, list[Entry]] = {pv: [] for pv in pvs}
    for entry in entries:
        if entry.pv in found:
            found[entry.pv].append(entry)
    return {pv: PVHistory(pv, about) for pv, about in found.items()}


def digest_to_json(digest: Digest) -> list[Any]:
    """Return a digest as a journal holds it."""
    return [digest.n, digest.first, digest.last, f"{digest.sum64:016x}"]


def digest_from_json(data: Sequence[Any]) -> Digest:
    """Return the digest that a journal holds."""
    return Digest(n=data[0], first=data[1], last=data[2], sum64=int(data[3], 16))
