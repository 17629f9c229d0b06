"""`ScratchPVs`: PVs made for a trial at both clusters, filled through the relay, and deleted again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from archredundancy.client.commands.scratch_calls import ScratchCommitter
from archredundancy.commit.certification.inner_runs import settle_runs, stores_used
from archredundancy.commit.certification.sameness import difference
from archredundancy.commit.certification.scratch_filling import fill, scratch_type_info
from archredundancy.commit.journal.journal import Journal, read_journal
from archredundancy.commit.settings import RunSettings
from archredundancy.commit.sides import ARCHIVING, PAUSED, Side
from archredundancy.errors import ArchRedundancyError, CommitError, UnknownPVError
from archredundancy.model import DbrType, Samples, TimeRange, start_of_year, year_of

__all__ = ["ScratchPVs"]

#: How far back scratch PVs may have samples.
_YEARS = 5


class ScratchPVs:
    """Makes, fills and deletes scratch PVs, each step in a journal.

    Parameters
    ----------
    prefix : str
        What all their names begin with, as `scratch_prefix` gives it.
    primary, secondary : Side
    journal : Journal
    settings : RunSettings
    runs : Path
        Folder of the runs that merge them, and of no others.
    """

    def __init__(
        self, prefix: str, primary: Side, secondary: Side, journal: Journal, settings: RunSettings, runs: Path
    ) -> None:
        self.primary, self.secondary = primary, secondary
        self.journal = journal
        self.runs = runs
        self._prefix = prefix
        self._settings = settings

    def name(self, case: str) -> str:
        """Return the name of the PV for a case."""
        return f"{self._prefix}{case.upper()}"

    def make(
        self,
        side: Side,
        pv: str,
        stores: Sequence[str],
        content: Mapping[str, Samples],
        now: int,
        *,
        dbr_type: DbrType | None = None,
    ) -> None:
        """Make a PV at a cluster, paused, owned by the member that answers; fill it, and see its samples there.

        Parameters
        ----------
        side : Side
        pv : str
        stores : sequence of str
            URLs.
        content : mapping of str to Samples
            By the name of the store, that of the oldest samples first.
        now : int, ns since 1970 UTC
        dbr_type : DbrType, optional
            Of its configuration; by default that of its samples.

        Raises
        ------
        CommitError
            If the cluster knows the PV already, or has not what was put in.
        RefusedError
            If the appliance does not do it.
        """
        if _is_known(side, pv):
            raise CommitError(f"the {side.name} knows {pv} already, so it is not made, nor touched")
        expected = Samples.concatenate(list(content.values()))
        self._create(side, pv, stores, now, dbr_type or expected.dbr_type)
        for storage, samples in content.items():
            if len(samples):
                fill(self.committer(side, pv), self.journal, self._settings, pv, storage, samples)
        if wrong := difference(side.read(pv, self.span(now)).samples, expected):
            raise CommitError(f"{pv} was filled at the {side.name}, but {wrong}")

    def span(self, now: int) -> TimeRange:
        """Return all that a scratch PV may have samples in."""
        year = year_of(now)
        return TimeRange(start=start_of_year(year - _YEARS), end=start_of_year(year + 1))

    def resume(self, side: Side, pv: str) -> None:
        """Let a PV be archived; no IOC has it, so that nothing is added.

        Raises
        ------
        CommitError
            If it is not archived in time.
        """
        self.committer(side, pv).resume(pv).require()
        if not self._wait_for(lambda: side.status(pv) == ARCHIVING):
            raise CommitError(f"the {side.name} says {side.status(pv)!r} of {pv}, which was told to be archived")

    def pause(self, side: Side, pv: str) -> None:
        """Let a PV not be archived any more.

        Raises
        ------
        CommitError
            If it is not paused in time.
        """
        if not side.manager.type_info(pv).paused:
            self.committer(side, pv).pause(pv)
        if not self._wait_for(lambda: side.status(pv) == PAUSED):
            raise CommitError(f"the {side.name} says {side.status(pv)!r} of {pv}, and not that it is paused")

    @property
    def folders(self) -> tuple[str, ...]:
        """Store URLs at the primary whose folders were made for rebuilds of them."""
        return tuple(dict.fromkeys(url for pv, _ in self._made for url in stores_used(self.runs, pv)[1:]))

    def delete_all(self, *, again: bool = False, mgmt_idle: bool = False) -> tuple[str, ...]:
        """Delete all PVs that the journal tells of, at both clusters; return what could not be deleted, and why.

        Runs that were broken off are brought to their end first. PVs of those that go on stay: deleted under a merge,
        their files would come back.

        Parameters
        ----------
        again : bool
            Whether to recover runs too that have ended, but not with all PVs.
        mgmt_idle : bool
            As for `recover`.
        """
        busy = settle_runs(self.runs, again=again, mgmt_idle=mgmt_idle)
        left = [f"{pv}: {busy[pv]}" for pv in dict.fromkeys(pv for pv, _ in self._made) if pv in busy]
        for pv, side in self._made:
            if pv not in busy:
                left += self._try_to_delete(pv, self.primary if side == self.primary.name else self.secondary)
        return tuple(left)

    def delete_at(self, side: Side, pv: str) -> None:
        """Delete a PV at a cluster, its files included, wherever they are.

        Raises
        ------
        ArchRedundancyError
            If the cluster does not.
        """
        used = () if side is self.secondary else stores_used(self.runs, pv)
        current = self._delete(side, pv)
        for url in used:
            if url not in current:
                # deletePV deletes the files of the stores that the PV has, so it is made once more where it was.
                self._create(side, pv, (url,), time.time_ns(), DbrType.SCALAR_DOUBLE)
                self._delete(side, pv)
        self.journal.write("deleted", pv, side=side.name)

    def committer(self, side: Side, pv: str, url: str | None = None) -> ScratchCommitter:
        """Return what changes a PV at a cluster; asks its owner, or at the URL of who shall own it."""
        where = side.owner_url(pv) if url is None else url
        record, timeout = self.journal.about(pv), self._settings.answer
        return ScratchCommitter(where, side.transport, record, timeout=timeout, prefix=self._prefix)

    @property
    def _made(self) -> list[tuple[str, str]]:
        """The PVs that were made and not deleted since, each with the name of the cluster."""
        told = [entry for entry in read_journal(self.journal.path) if entry.kind in ("scratch", "deleted")]
        last = {(entry.pv, str(entry.facts["side"])): entry.kind for entry in told}
        return [made for made, kind in last.items() if kind == "scratch"]

    def _try_to_delete(self, pv: str, side: Side) -> Iterator[str]:
        """Delete a PV at a cluster, or yield why that could not be done."""
        try:
            self.delete_at(side, pv)
        except ArchRedundancyError as error:
            self.journal.write("note", pv, failure=error.kind, message=str(error))
            yield f"{pv} at the {side.name}: {error}"

    def _create(self, side: Side, pv: str, stores: Sequence[str], now: int, dbr_type: DbrType) -> None:
        identity = side.manager.appliance_info().identity
        self.journal.write("scratch", pv, side=side.name, member=identity)
        info = scratch_type_info(pv, stores, now, dbr_type, identity)
        self.committer(side, pv, side.member_url(identity)).create_pv(pv, info).require()

    def _delete(self, side: Side, pv: str) -> tuple[str, ...]:
        """Delete a PV as it is now, and return the URLs of its stores; none if it was not there.

        Raises
        ------
        CommitError
            If the cluster does not.
        """
        if not _is_known(side, pv):
            return ()
        stores = side.manager.type_info(pv).stores
        self.pause(side, pv)
        self.committer(side, pv).delete_pv(pv).require()
        if _is_known(side, pv):
            raise CommitError(f"the {side.name} says that it has deleted {pv}, and still knows it")
        return tuple(store.text for store in stores)

    def _wait_for(self, seen: Callable[[], bool]) -> bool:
        """Look again and again until something is seen or the time for a pause is over."""
        deadline = time.monotonic() + self._settings.pause
        while not seen():
            if time.monotonic() > deadline:
                return False
            time.sleep(self._settings.poll)
        return True


def _is_known(side: Side, pv: str) -> bool:
    try:
        side.manager.type_info(pv)
    except UnknownPVError:
        return False
    return True
