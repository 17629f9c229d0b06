"""`ScratchPVs`: PVs made for a trial at both clusters, filled through the relay, and deleted again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archredundancy.client.scratch_calls import ScratchCommitter
from archredundancy.commit.certification.scratch_data import plain_store
from archredundancy.commit.journal.journal import Journal
from archredundancy.commit.settings import RunSettings
from archredundancy.commit.sides import Side
from archredundancy.commit.steps.change import ARCHIVING, PAUSED
from archredundancy.errors import ArchRedundancyError, CommitError, UnknownPVError
from archredundancy.model import NS_PER_SECOND, Samples, StoreUrl, TimeRange, chunk_key, format_time

if TYPE_CHECKING:
    from archredundancy.relay import RelayRequest

__all__ = ["ScratchPVs", "Stores"]

#: How many PVs are looked at for stores to be like.
_CANDIDATES = 50


@dataclass(frozen=True, kw_only=True)
class Stores:
    """Where scratch PVs are stored.

    Attributes
    ----------
    primary : tuple of str
        Store URLs, youngest samples first, as a PV of the site has them.
    secondary : str
        The only one there.
    like : str
        The PV whose stores these are.
    """

    primary: tuple[str, ...]
    secondary: str
    like: str

    @classmethod
    def like_those_of(cls, primary: Side, secondary: Side, pv: str | None = None) -> Stores:
        """Return stores like those of a PV that both clusters archive: a given one, or the first that will do.

        Raises
        ------
        CommitError
            If there is none with PB files at both.
        """
        names = [pv] if pv else primary.manager.all_pvs(limit=_CANDIDATES)
        for name in names:
            try:
                own, others = (side.manager.type_info(name).stores for side in (primary, secondary))
            except UnknownPVError:
                continue
            own, others = (tuple(store for store in found if _holds_files(store)) for found in (own, others))
            if own and others:
                return cls(
                    primary=tuple(plain_store(store) for store in own),
                    secondary=plain_store(others[-1], alone=True),
                    like=name,
                )
        raise CommitError(
            f"none of {', '.join(names[:5]) or 'no PVs'} is stored in PB files by both clusters; name a PV that is, as "
            "the scratch PVs are stored like it"
        )

    @property
    def target(self) -> StoreUrl:
        """The primary's store that is merged into."""
        return StoreUrl.parse(self.primary[-1])

    @property
    def secondary_name(self) -> str:
        """Name of the secondary's store."""
        return StoreUrl.parse(self.secondary).name

    @property
    def youngest(self) -> StoreUrl:
        """The primary's first store."""
        return StoreUrl.parse(self.primary[0])


def _holds_files(store: StoreUrl) -> bool:
    return store.scheme == "pb" and store.granularity is not None


class ScratchPVs:
    """Makes, fills and deletes scratch PVs, each step in a journal.

    Parameters
    ----------
    prefix : str
        What all their names begin with.
    primary, secondary : Side
    journal : Journal
    settings : RunSettings
    """

    def __init__(self, prefix: str, primary: Side, secondary: Side, journal: Journal, settings: RunSettings) -> None:
        self.primary, self.secondary = primary, secondary
        self.journal = journal
        self._prefix = prefix
        self._settings = settings

    def name(self, case: str) -> str:
        """Return the name of the PV for a case."""
        return f"{self._prefix}{case.upper()}"

    def make(self, side: Side, pv: str, stores: tuple[str, ...], now: int) -> None:
        """Make a PV at a cluster, paused and empty, owned by the member that answers.

        Raises
        ------
        RefusedError
            If the appliance does not do it.
        """
        identity = side.manager.appliance_info().identity
        stamp = f"{format_time(now)[:23]}Z"
        info: dict[str, Any] = {
            "pvName": pv,
            "DBRType": "DBR_SCALAR_DOUBLE",
            "scalar": "true",
            "elementCount": "1",
            "applianceIdentity": identity,
            "chunkKey": chunk_key(pv),
            "creationTime": stamp,
            "modificationTime": stamp,
            "paused": "true",
            "samplingMethod": "MONITOR",
            "samplingPeriod": "1.0",
            "dataStores": list(stores),
        }
        self.journal.write("scratch", pv, side=side.name, member=identity)
        self.committer(side, pv, side.member_url(identity)).create_pv(pv, info).require()

    def fill(self, side: Side, pv: str, storage: str, samples: Samples) -> None:
        """Import samples into one of its stores, from a relay.

        Raises
        ------
        RefusedError
            If the appliance does not do it.
        """
        from archredundancy.relay import serve_relay  # loads a web server, which those who only read do not need

        def note(request: RelayRequest) -> None:
            self.journal.write("relay", pv, request=request.request, count=request.count)

        span = TimeRange(
            start=int(samples.time[0]) // NS_PER_SECOND * NS_PER_SECOND,
            end=(int(samples.time[-1]) // NS_PER_SECOND + 1) * NS_PER_SECOND,
        )
        with serve_relay(
            {pv: samples},
            interface=self._settings.interface,
            port=self._settings.relay_port,
            base=self._settings.relay_url,
            on_request=note,
        ) as relay:
            self.committer(side, pv).import_data(pv, relay.url, storage, span).require()

    def resume(self, side: Side, pv: str) -> None:
        """Let a PV be archived; no IOC has it, so that nothing is added.

        Raises
        ------
        CommitError
            If it is not archived in time.
        """
        self.committer(side, pv).resume(pv).require()
        if not self.wait_for(lambda: side.status(pv) == ARCHIVING):
            raise CommitError(f"the {side.name} says {side.status(pv)!r} of {pv}, which was told to be archived")

    def delete(self, pvs: list[str]) -> Iterator[str]:
        """Delete PVs at both clusters, their files included; yields what could not be deleted, and why."""
        for pv in pvs:
            for side in (self.primary, self.secondary):
                try:
                    self._delete(side, pv)
                except ArchRedundancyError as error:
                    self.journal.write("note", pv, failure=error.kind, message=str(error))
                    yield f"{pv} at the {side.name}: {error}"

    def _delete(self, side: Side, pv: str) -> None:
        if not _is_known(side, pv):
            return
        if not side.manager.type_info(pv).paused:
            self.committer(side, pv).pause(pv)
        if not self.wait_for(lambda: side.status(pv) == PAUSED):
            raise CommitError(f"the {side.name} says {side.status(pv)!r} of {pv}, and not that it is paused")
        self.committer(side, pv).delete_pv(pv).require()
        if _is_known(side, pv):
            raise CommitError(f"the {side.name} says that it has deleted {pv}, and still knows it")

    def wait_for(self, seen: Callable[[], bool]) -> bool:
        """Look again and again until something is seen or the time for a pause is over."""
        deadline = time.monotonic() + self._settings.pause
        while not seen():
            if time.monotonic() > deadline:
                return False
            time.sleep(self._settings.poll)
        return True

    def committer(self, side: Side, pv: str, url: str | None = None) -> ScratchCommitter:
        """Return what changes a PV at a cluster; asks its owner, or at the URL of who shall own it."""
        where = side.owner_url(pv) if url is None else url
        record, timeout = self.journal.about(pv), self._settings.answer
        return ScratchCommitter(where, side.transport, record, timeout=timeout, prefix=self._prefix)


def _is_known(side: Side, pv: str) -> bool:
    try:
        side.manager.type_info(pv)
    except UnknownPVError:
        return False
    return True
