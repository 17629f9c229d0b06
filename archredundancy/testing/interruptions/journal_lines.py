"""Every line of the journal of one merge, by strategy: what the tests kill a run at.

A strategy is named as it is planned: its name, then the root of its files where it has one, such as `rebuild new`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["EVERY", "LINES", "ROLLBACK"]

_BEFORE_MERGE = [
    "run", "state locked", "state fresh", "store", "backup primary", "backup primary", "backup secondary",
    "backup secondary", "promised", "promised", "state backed-up", "intent addExternalArchiverServer",
    "relay ping", "outcome addExternalArchiverServer", "state pausing", "intent pauseArchivingPV",
    "outcome pauseArchivingPV",
    "state paused", "state consolidating", "intent consolidateDataForPV", "outcome consolidateDataForPV",
    "state consolidated", "before", "backup primary", "state snapshot", "state merging",
    "intent mergeInData",
]  # fmt: skip
_RELAY_ASKED = ["relay ncount", "relay ncount", "relay ncount", "relay data", "relay ncount", "relay data"]
_AFTER_MERGE = [
    "outcome mergeInData", "state merged", "verified", "state verified", "state resuming", "intent resumeArchivingPV",
    "outcome resumeArchivingPV", "state archiving", "note", "state closed", "end",
]  # fmt: skip
_BEFORE_PAUSE = [
    "run", "state locked", "state fresh", "store", *["backup primary"] * 4, *["backup secondary"] * 2,
    "promised", "promised", "state backed-up", "intent addExternalArchiverServer", "relay ping",
    "outcome addExternalArchiverServer", "roots",
]  # fmt: skip
_PAUSE = [
    "state pausing", "intent pauseArchivingPV", "outcome pauseArchivingPV", "state paused", "state consolidating",
    "intent consolidateDataForPV", "outcome consolidateDataForPV", "state consolidated", "before",
]  # fmt: skip
_POINT = ["intent modifyStoreURLForPV", "outcome modifyStoreURLForPV"]
_MOVE = ["state looking", *_POINT, *_POINT, "state moving", "intent changeStore", "outcome changeStore", "state moved"]
_FILL = [
    "state importing", "intent importDataFromPlugin", "relay data", "outcome importDataFromPlugin", "state rebuilt",
    "verified", "state verified",
]  # fmt: skip
_RESUME = [
    "state resuming", "intent resumeArchivingPV", "outcome resumeArchivingPV", "state archiving", "note",
    "state closed", "end",
]  # fmt: skip
_UNTIL_SNAPSHOT = [*_BEFORE_PAUSE, *_PAUSE, "backup primary", "state snapshot"]
_REBUILD = ["state switching", *_POINT, *_FILL, *_RESUME]
#: With `direct` three partitions are rewritten, of which one only has ties.
LINES: Final[Mapping[str, Sequence[str]]] = {
    "relay": [*_BEFORE_MERGE, *_RELAY_ASKED, *_AFTER_MERGE],
    "direct": [
        *_BEFORE_MERGE[:4],
        *["backup primary"] * 3,
        *["backup secondary"] * 3,
        *_BEFORE_MERGE[8:12],
        *_BEFORE_MERGE[13:],
        *_AFTER_MERGE,
    ],
    "rebuild new": [*_UNTIL_SNAPSHOT, *_REBUILD],
    "rebuild same": [*_UNTIL_SNAPSHOT, *_MOVE, *_REBUILD],
}
#: The rollback of a rebuild since which something was recorded.
ROLLBACK: Final[Sequence[str]] = [
    *_BEFORE_PAUSE[:8], *_BEFORE_PAUSE[12:], *_PAUSE, "backup primary", "state snapshot", "state switching", *_POINT,
    "expected", *_FILL, "note", *_RESUME,
]  # fmt: skip
#: Merges, and rollbacks of rebuilds in either root.
EVERY: Final[Mapping[str, Sequence[str]]] = {**LINES, "rollback new": ROLLBACK, "rollback same": ROLLBACK}
