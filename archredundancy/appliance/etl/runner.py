"""The ETL of one appliance: all its PVs, at the times that are set for each (`PBThreeTierETLPVLookup`)."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import groupby

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.etl.conditions import Conditions
from archredundancy.appliance.etl.schedule import due_runs
from archredundancy.appliance.etl.stages import (
    EtlStore,
    Stage,
    consolidate,
    move_all,
    move_out,
    run_stage,
    stages_of,
)
from archredundancy.appliance.storage.pb_file import PbFile
from archredundancy.appliance.storage.storage import Storage, plain_url
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.errors import ArchRedundancyError
from archredundancy.model import StoreUrl

__all__ = ["Etl", "IntoStore"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class IntoStore:
    """What was done to move samples into a store (`ETLMetricsIntoStore`).

    Attributes
    ----------
    runs : int
        Most runs of one stage that had something to move.
    seconds : float
    """

    runs: int
    seconds: float


class Etl:
    """Moves the samples of PVs that are not paused; for those that are, on demand.

    Whoever keeps the appliance's time steps from one of `run_times` to the next and calls `run_at`.

    Parameters
    ----------
    infos : callable
        Gives the type infos of the appliance's own PVs.
    storage : Storage
    conditions : Conditions
    merging : callable
        Gives what makes the samples that leave a store, if they do not leave it as they are; see `EtlStore.leaving`.

    Attributes
    ----------
    conditions : Conditions
    """

    def __init__(
        self,
        infos: Callable[[], Sequence[PvTypeInfo]],
        storage: Storage,
        conditions: Conditions,
        merging: Callable[[PvTypeInfo, StoreUrl], Callable[[PbFile], SampleStream] | None],
    ) -> None:
        self._infos = infos
        self._storage = storage
        self.conditions = conditions
        self._merging = merging
        self._runs: Counter[tuple[str, int]] = Counter()
        self._most_runs_into: dict[str, int] = {}
        self._seconds_into: dict[str, float] = {}

    def run_times(self, after: int, until: int) -> Iterator[int]:
        """Yield the instants between two, the second included, at which some stage of some PV runs."""
        layouts = {tuple(urls) for _, urls in self._sources()}
        runs = [(run.at for run in due_runs(urls, after, until)) for urls in layouts]
        for at, _ in groupby(merge(*runs)):
            yield at

    def run_at(self, at: int) -> None:
        """Run the stages that are due at one of `run_times`, PV by PV, each PV's in their order."""
        for info, urls in self._sources():
            numbers = next((run.stages for run in due_runs(urls, at - 1, at)), ())
            try:
                stages = stages_of(self._stores(info)) if numbers else []
            except ArchRedundancyError as damage:
                logger.error("%s has no ETL: %s", info.pv, damage)
                continue
            for number in numbers:
                self._run(info.pv, stages[number], at)

    def consolidate(self, info: PvTypeInfo, into: str, at: int, now: int) -> None:
        """Move a paused PV's samples into one of its stores; see `stages.consolidate`.

        Raises
        ------
        InputError, StoreError
            If a store cannot be opened.
        """
        consolidate(self._stores(info), into, at, now, self.conditions)

    def move_out(self, info: PvTypeInfo, now: int) -> None:
        """Empty the stores of a PV that want it at a pause or shutdown.

        Raises
        ------
        InputError, StoreError
            If a store cannot be opened.
        """
        move_out(self._stores(info), now, self.conditions)

    def shut_down(self, now: int) -> None:
        """Empty the stores that want it, of all PVs that have ETL, as at the end of a real appliance's ETL."""
        for info in self.pvs():
            try:
                self.move_out(info, now)
            except ArchRedundancyError as damage:
                logger.error("%s is not moved out: %s", info.pv, damage)

    def runs(self, pv: str, order: int) -> int:
        """Return how often a stage of a PV had something to move since the start."""
        return self._runs[pv, order]

    def move_store(self, info: PvTypeInfo, name: str, target: StoreUrl) -> None:
        """Move all of a PV's samples from one of its stores to a place outside of their order.

        Raises
        ------
        InputError, StoreError
            If a store cannot be opened.
        """
        source = next(store for store in self._stores(info) if store.url.name == name)
        move_all(source, self._open(info, target), self.conditions)

    def pvs(self) -> list[PvTypeInfo]:
        """Return the PVs that have ETL: not paused, with two stores at least."""
        return [info for info, _ in self._sources()]

    def into_stores(self) -> dict[str, IntoStore]:
        """Return what was done since the start, by name of the store; also for those into which nothing moves."""
        names = [url.name for info in self.pvs() for url in info.stores]
        return {
            name: IntoStore(runs=self._most_runs_into.get(name, 0), seconds=self._seconds_into.get(name, 0.0))
            for name in [*names, *self._most_runs_into]
        }

    def _sources(self) -> Iterator[tuple[PvTypeInfo, list[StoreUrl]]]:
        """Yield the PVs that have ETL, with the stores that something is moved out of."""
        for info in self._infos():
            if info.paused:
                continue
            try:
                urls = [plain_url(url) for url in info.stores]
            except ArchRedundancyError as damage:
                logger.error("%s has no ETL: %s", info.pv, damage)
                continue
            if len(urls) > 1:
                yield info, [url for url in urls[:-1] if url.scheme != "blackhole"]

    def _run(self, pv: str, stage: Stage, at: int) -> None:
        begun = time.perf_counter()
        name = stage.destination.url.name
        self._runs[pv, stage.order] += run_stage(stage, at, self.conditions)
        self._most_runs_into[name] = max(self._most_runs_into.get(name, 0), self._runs[pv, stage.order])
        self._seconds_into[name] = self._seconds_into.get(name, 0.0) + time.perf_counter() - begun

    def _stores(self, info: PvTypeInfo) -> list[EtlStore]:
        return [self._open(info, url) for url in info.stores]

    def _open(self, info: PvTypeInfo, url: StoreUrl) -> EtlStore:
        return EtlStore(url=plain_url(url), store=self._storage.store(info, url), leaving=self._merging(info, url))
