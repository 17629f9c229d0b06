"""Moving samples from store to store (`ETLJob`, `DefaultETLInfoListProcessor`, `ETLExecutor`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from archredundancy.appliance.configuration.settings import OutOfSpace
from archredundancy.appliance.etl.caches import append_reduced, fill_caches
from archredundancy.appliance.etl.conditions import Conditions
from archredundancy.appliance.etl.due import all_files, due_files
from archredundancy.appliance.etl.schedule import next_start, periods
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.open_streams import open_whole
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.store import PvStore
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.model import NS_PER_SECOND, StoreUrl

__all__ = ["A_YEAR", "EtlStore", "Stage", "consolidate", "move_all", "move_out", "run_stage", "stages_of"]

logger = logging.getLogger(__name__)

A_YEAR = 365 * 86400 * NS_PER_SECOND
# Room that is left for people to log in and repair a full disk.
_RESERVE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class EtlStore:
    """A store and its URL.

    Attributes
    ----------
    url : StoreUrl
        For a `merge://`, that of the store it merges into, under its own name.
    store : PvStore or None
        None for a black hole.
    leaving : callable or None
        Gives what leaves the store in the place of a file; None if files leave it as they are.
    """

    url: StoreUrl
    store: PvStore | None
    leaving: Callable[[PbFile], SampleStream] | None = None

    def option(self, name: str) -> str | None:
        """Return a parameter of the URL; None if it has none."""
        return dict(self.url.options).get(name)

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held while its files change; those before it in the order of stores are locked first."""
        return nullcontext() if self.store is None else self.store.lock


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Two stores, the samples of one of which go into the other.

    Attributes
    ----------
    source, destination : EtlStore
    order : int
        Place of the source among the PV's stores, from 0; negative where samples move outside of that order.
    """

    source: EtlStore
    destination: EtlStore
    order: int


def stages_of(stores: Sequence[EtlStore]) -> list[Stage]:
    """Return the stages between stores, youngest samples first; nothing comes out of a black hole."""
    return [
        Stage(source=source, destination=destination, order=order)
        for order, (source, destination) in enumerate(pairwise(stores))
        if source.store is not None
    ]


def consolidate(stores: Sequence[EtlStore], into: str, at: int, now: int, conditions: Conditions) -> None:
    """Move the samples of the stores before one into it (`runPvETLsBeforeOneStorage`).

    Nothing moves if there is a black hole among the destinations; nobody is told. A name that none of the destinations
    has moves everything into the last store. A stage of which the next regular run is yet to come at `at` is left out.

    Parameters
    ----------
    stores : sequence of EtlStore
        Youngest samples first.
    into : str
        Name of a store.
    at : int, ns since 1970 UTC
        What is taken for the present; the appliance itself takes a year from now, so that all files are due.
    now : int, ns since 1970 UTC
        The present.
    conditions : Conditions
    """
    names = [store.url.name for store in stores]
    count = names.index(into) if into in names[1:] else len(stores) - 1
    if any(store.store is None for store in stores[1 : count + 1]):
        logger.error("nothing is consolidated: there is a black hole on the way")
        return
    stages = stages_of(stores[: count + 1])
    for stage, period in zip(stages, periods([stage.source.url for stage in stages]), strict=True):
        if at >= next_start(period, now):
            run_stage(stage, at, conditions)


def move_out(stores: Sequence[EtlStore], now: int, conditions: Conditions) -> None:
    """Empty the stores that ask for it when a PV's ETL ends, by a pause or a shutdown (`ETLStages.cancelJob`)."""
    for stage in stages_of(stores):
        if stage.source.option("consolidateOnShutdown") != "true":
            continue
        if stage.destination.store is None:
            logger.error("%s is not emptied: a black hole has no storage metrics", stage.source.url.name)
            return
        run_stage(stage, now + A_YEAR, conditions)


def move_all(source: EtlStore, destination: EtlStore, conditions: Conditions) -> None:
    """Move all files, the current one included (`moveDataFromOneStorageToAnother`); failures are only logged."""
    if source.store is None or destination.store is None:
        logger.error("nothing is moved from %s: a black hole has no storage metrics", source.url.name)
        return
    stage = Stage(source=source, destination=destination, order=-1)
    _move(stage, partial(all_files, source.store), conditions)


def run_stage(stage: Stage, at: int, conditions: Conditions) -> bool:
    """Move the files that are due from one store into the next one.

    A file is deleted after it was appended, also if some or all of its samples were too early to be taken: they are
    lost (`appliance.md` A.6). So are those for which a flag (`etlIntoStoreIf`), a black hole or a full disk stands in
    the way. A file whose header cannot be read stays where it is. One whose first sample cannot be read, or that has
    none, ends the stage, this time and each time: what was appended before it is not deleted, and dropped next time.

    Parameters
    ----------
    stage : Stage
    at : int, ns since 1970 UTC
        What is taken for the present.
    conditions : Conditions

    Returns
    -------
    bool
        Whether any file was due.
    """
    leave = stage.source.option("etlOutofStoreIf")
    if stage.source.store is None or (leave is not None and not conditions.flag(leave)):
        return False
    return _move(stage, partial(due_files, stage.source.url, stage.source.store, at), conditions)


def _move(stage: Stage, find: Callable[[], Sequence[PbFile]], conditions: Conditions) -> bool:
    """Append the files that are found to the destination, then delete those that were, unless they have grown."""
    if conditions.flag(f"SKIP_{stage.destination.url.name}_FOR_ETL"):
        return False
    with stage.source.lock, stage.destination.lock:
        return _move_found(stage, find, conditions)


def _move_found(stage: Stage, find: Callable[[], Sequence[PbFile]], conditions: Conditions) -> bool:
    try:
        files = find()
        for file in list(_append(stage, files, conditions)) if files else []:
            _delete(file, stage.source.store)
        if files and stage.destination.store is not None:
            fill_caches(stage.destination.url, stage.destination.store)
    except (DamagedLine, OSError) as damage:
        names = (stage.source.url.name, stage.destination.url.name)
        logger.error("the stage from %s into %s ends early: %s", *names, damage)
        return True
    return bool(files)


def _delete(file: PbFile, store: PvStore | None) -> None:
    try:
        if store is not None and file.path.stat().st_size == file.size:
            store.disk.delete(file.path)
    except OSError as failure:
        logger.error("%s was moved, but cannot be deleted: %s", file.path, failure)


def _append(stage: Stage, files: Sequence[PbFile], conditions: Conditions) -> Iterator[PbFile]:
    """Append files and yield those that are done with."""
    append = _sink(stage, conditions)
    for file in files:
        if _is_full(stage.destination, file.size, conditions):
            if not _is_thrown_away(stage, conditions):
                logger.warning("%s has no room; ETL is skipped", stage.destination.url.name)
                return
            logger.error("%s has no room; %s is deleted", stage.destination.url.name, file.path)
            yield file
            continue
        try:
            append(file)
        except (DamagedFile, OSError) as damage:
            logger.error("%s stays where it is: %s", file.path, damage)
        else:
            yield file


def _sink(stage: Stage, conditions: Conditions) -> Callable[[PbFile], None]:
    """Return what takes a file into a store; some stores drop it and say that they took it."""
    destination, leaving = stage.destination, stage.source.leaving or _whole
    enter = destination.option("etlIntoStoreIf")
    if destination.store is None or (enter is not None and not conditions.flag(enter)):
        return _drop if stage.source.leaving is None else partial(_drop_merged, leaving)
    appender = Appender(destination.store, last=destination.store.last_time() or 0)
    reducer = destination.option("reducedata")
    if reducer is None and stage.source.leaving is None:
        return appender.append_file

    def append(file: PbFile) -> None:
        stream = leaving(file)
        if reducer is None:
            appender.append(stream.rows(), stream.header.dbr_type)
        else:
            append_reduced(reducer, appender, stream)

    return append


def _drop(_file: PbFile) -> None:
    pass


def _drop_merged(leaving: Callable[[PbFile], SampleStream], file: PbFile) -> None:
    """Drop what leaves a merged store; it is looked for all the same, and the file stays if that fails."""
    leaving(file)


def _whole(file: PbFile) -> SampleStream:
    return open_whole(file.header.pv, file.path, file.header.dbr_type)


def _is_full(destination: EtlStore, size: int, conditions: Conditions) -> bool:
    return destination.store is not None and conditions.free_space(destination.store.root) < size + _RESERVE


def _is_thrown_away(stage: Stage, conditions: Conditions) -> bool:
    is_first = stage.order == 0 and conditions.out_of_space is OutOfSpace.DELETE_SOURCE_OF_FIRST_STAGE
    return is_first or conditions.out_of_space is OutOfSpace.DELETE_SOURCE
