"""Every interruption of every strategy and every length of partitions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final, get_args

from archredundancy.model import Granularity
from archredundancy.testing.embedded.layouts import LAYOUTS
from archredundancy.testing.interruptions.crash import Event, Moment
from archredundancy.testing.interruptions.interruption import Failure, Interruption, Kill, Options, Side, Victim
from archredundancy.testing.interruptions.journal_lines import EVERY

__all__ = ["all_interruptions"]

#: How many requests a run sends at the least, however seldom it looks for what it waits for.
REQUESTS: Final = {
    "relay": 110, "direct": 110, "rebuild new": 200, "rebuild same": 230, "rollback new": 100, "rollback same": 100,
}  # fmt: skip

_CALLS = "/mgmt/bpl/"
_DATA = "/retrieval/data/getData.raw"


def all_interruptions() -> Iterator[Interruption]:
    """Yield every interruption of every strategy and every length of partitions."""
    for strategy in EVERY:
        for granularity in LAYOUTS:
            yield from _kills(strategy, granularity)
            for side, fault, path, options in _failures(strategy):
                yield Failure(
                    strategy=strategy, granularity=granularity, side=side, fault=fault, path=path, options=options
                )


def _kills(strategy: str, granularity: Granularity) -> Iterator[Kill]:
    counts: dict[Event, int] = {"line": len(EVERY[strategy]), "request": REQUESTS[strategy]}
    for event, count in counts.items():
        for number, moment, victim in product(range(1, count + 1), get_args(Moment), get_args(Victim)):
            yield Kill(
                strategy=strategy, granularity=granularity, victim=victim, event=event, moment=moment, number=number
            )


def _failures(strategy: str) -> Iterator[tuple[Side, str, str, Options]]:
    """Yield side, fault, path and options of each fault; calls are struck that the journal announces."""
    calls = {line.removeprefix("intent "): None for line in EVERY[strategy] if line.startswith("intent ")}
    for call in (call for call in calls if call != "addExternalArchiverServer"):  # which is our relay's address
        for fault in ("torn", "refused", "starting", "slow", "timeout-after-work", "hung", "kill", "kill-after-work"):
            yield "primary", fault, _CALLS + call, (("seconds", 0.5), ("after_bytes", 5))
    yield "primary", "refused", _CALLS + "resumeArchivingPV", (("times", 2),)
    if "mergeInData" in calls:
        yield from _failures_of_files()
    yield from _failures_of_new_files(strategy)
    for side in get_args(Side):
        yield side, "engine-down", "*", ()
        if side == "secondary" and strategy.startswith("rollback"):
            continue  # whose samples are not needed
        for skip, fault in product(
            range(4), ("torn", "cut-short", "refused", "starting", "slow", "kill", "kill-after-work")
        ):
            yield side, fault, _DATA, (("skip", skip), ("after_bytes", 20), ("seconds", 0.5))


def _failures_of_files() -> Iterator[tuple[Side, str, str, Options]]:
    """Yield those of files that a merge writes; the first file of the store is written by the consolidation."""
    for skip, fault in product((1, 2), ("disk-full", "crash-while-writing")):
        yield "primary", fault, "lts/*", (("skip", skip), ("after_bytes", 5))
    for skip in range(2):
        yield "primary", "crash-at-rename", "lts/*", (("skip", skip),)


def _failures_of_new_files(strategy: str) -> Iterator[tuple[Side, str, str, Options]]:
    """Yield those of files that are moved and imported, into folders in which only that is written."""
    folders = {
        "rebuild new": ("lts_rebuilt_*", 3),
        "rebuild same": ("lts_before_*", 3),
        "rollback new": ("lts/*", 1),
        "rollback same": ("lts_before_*", 1),
    }
    folder, files = folders.get(strategy, ("", 0))
    for skip, fault in product(range(files), ("disk-full", "crash-while-writing")):
        yield "primary", fault, folder, (("skip", skip), ("after_bytes", 5))
