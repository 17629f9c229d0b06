"""`Trial`: what a certification tries on scratch PVs, check by check."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from archredundancy.commit.certification.certification import Certification, Check
from archredundancy.commit.certification.scratch import ScratchPVs, Stores
from archredundancy.commit.certification.scratch_data import ScratchData, scratch_data
from archredundancy.commit.disk.claims import host_and_owner
from archredundancy.commit.launch.launch import commit_plan
from archredundancy.commit.run_folder.certificate import Certificate
from archredundancy.commit.settings import PairUrls, RunSettings
from archredundancy.errors import ArchRedundancyError, CommitError
from archredundancy.model import MergeEvidence, Samples, TimeRange, format_time, start_of_year, year_of
from archredundancy.plan import MergePlan, Status, Strategy, build_plan, predicted_after
from archredundancy.plan.forecast.hashing import sample_hashes
from archredundancy.survey import survey_for_merge

__all__ = ["Trial"]

_STRATEGIES = (Strategy.RELAY, Strategy.DIRECT)
_IDLE = "idle"
_NO_STORE = "NO_SUCH_STORE"


class Trial:
    """Goes through all checks, deletes the scratch PVs, and tells what came of it.

    Parameters
    ----------
    folder : Path
        Where its commits keep their runs.
    urls : PairUrls
    settings : RunSettings
    scratch : ScratchPVs
    on_check : callable
        Told of each check once it is made.
    """

    def __init__(
        self,
        folder: Path,
        urls: PairUrls,
        settings: RunSettings,
        scratch: ScratchPVs,
        on_check: Callable[[Check], None],
    ) -> None:
        self._folder = folder
        self._urls = urls
        self._settings = settings
        self._scratch = scratch
        self._on_check = on_check
        self._checks: list[Check] = []
        self._unsettled: set[str] = set()
        self._versions: tuple[str, ...] = ()

    def run(self, like: str | None) -> Certification:
        """Go through all checks; what fails ends the trial, but not the deletion.

        Parameters
        ----------
        like : str or None
            A PV whose stores the scratch PVs are to have.
        """
        names = [self._scratch.name(case) for case in (*_STRATEGIES, _IDLE)]
        try:
            with self._told("a store of the site for scratch PVs is found"):
                stores = Stores.like_those_of(self._scratch.primary, self._scratch.secondary, like)
            self._try_all(stores)
        except ArchRedundancyError as error:
            self._scratch.journal.write("note", failure=error.kind, message=str(error))
        finally:
            left = tuple(self._scratch.delete([name for name in names if name not in self._unsettled]))
            left += tuple(f"{name}: its commit did not come to an end" for name in sorted(self._unsettled))
            self._note("scratch PVs and their files are deleted, and both clusters say so", ok=not left)
        return Certification(
            folder=self._folder,
            versions=self._versions,
            checks=tuple(self._checks),
            certificate=self._certificate(),
            left=left,
        )

    def _try_all(self, stores: Stores) -> None:
        granularity = stores.target.granularity
        if granularity is None:
            raise CommitError(f"the store {stores.target.name} has no granularity")
        data = scratch_data(granularity, self._urls.now())
        for case in (*_STRATEGIES, _IDLE):
            with self._told(f"{case}: scratch PVs stored like {stores.like} are made and filled at both clusters"):
                self._make(self._scratch.name(case), stores, data)
        self._try_habits(self._scratch.name(_IDLE), stores)
        for strategy in _STRATEGIES:
            self._try_commit(self._scratch.name(strategy), strategy, data)

    def _make(self, pv: str, stores: Stores, data: ScratchData) -> None:
        """Make and fill a scratch PV at both clusters, and see that its samples are there.

        Raises
        ------
        CommitError
            If what is read is not what was put in.
        """
        scratch, now = self._scratch, self._urls.now()
        scratch.make(scratch.primary, pv, stores.primary, now)
        scratch.make(scratch.secondary, pv, (stores.secondary,), now)
        scratch.fill(scratch.primary, pv, stores.target.name, data.coarse)
        scratch.fill(scratch.primary, pv, stores.youngest.name, data.fine)
        scratch.fill(scratch.secondary, pv, stores.secondary_name, data.secondary)
        own = Samples.concatenate([data.coarse, data.fine])
        for side, expected in ((scratch.primary, own), (scratch.secondary, data.secondary)):
            if difference := _difference(side.read(pv, self._span).samples, expected):
                raise CommitError(f"{pv} was filled at the {side.name}, but {difference}")

    def _try_habits(self, pv: str, stores: Stores) -> None:
        """See that the appliance answers as recorded where it should not be trusted."""
        scratch = self._scratch
        committer, other = scratch.committer(scratch.primary, pv), scratch.secondary.url_for_primary(pv)
        before = scratch.primary.read(pv, self._span).samples
        with self._told('merging into a store that is none says "ok" and does nothing, as recorded'):
            committer.merge_in_data(pv, other, _NO_STORE, timeout=self._settings.answer).require()
            _refuse(_difference(scratch.primary.read(pv, self._span).samples, before))
        with self._told("merging a PV that is not paused is refused by the appliance, as recorded"):
            scratch.resume(scratch.primary, pv)
            reply = committer.merge_in_data(pv, other, stores.target.name, timeout=self._settings.answer)
            _refuse("" if reply.validation else f"it answered {reply.raw[:100]!r}")
            _refuse(_difference(scratch.primary.read(pv, self._span).samples, before))

    def _try_commit(self, pv: str, strategy: Strategy, data: ScratchData) -> None:
        """Plan and commit a merge, and compare the outcome with what was predicted, sample by sample."""
        scratch = self._scratch
        with self._told(f"{strategy}: both clusters archive the scratch PV"):
            scratch.resume(scratch.primary, pv)
            scratch.resume(scratch.secondary, pv)
        with self._told(f"{strategy}: the plan foretells gain, loss and what has no file"):
            evidence = self._survey(pv)
            plan = build_plan([evidence], strategy=strategy, accept_loss=data.lost)
            _refuse(_surprise(plan, data))
            expected = predicted_after(evidence, plan.of(pv))
        with self._told(f"{strategy}: committed, proven, and archived again"):
            report = commit_plan(plan, self._urls, str(plan.id), self._folder / "runs", settings=self._settings)
            self._unsettled.update(each.pv for each in report.pvs if each.needs_operator)
            _refuse("" if report.ok else repr(report))
        with self._told(f"{strategy}: the primary has exactly what was foretold, sample by sample"):
            _refuse(_difference(scratch.primary.read(pv, self._span).samples, expected))

    def _survey(self, pv: str) -> MergeEvidence:
        scratch = self._scratch
        evidence = survey_for_merge(pv, scratch.primary, scratch.secondary, self._urls.now(), relay_reachable=True)
        self._versions = evidence.versions
        return replace(evidence, accepts_uncertified=True)

    @property
    def _span(self) -> TimeRange:
        year = year_of(self._urls.now())
        return TimeRange(start=start_of_year(year - 5), end=start_of_year(year + 1))

    def _certificate(self) -> Certificate | None:
        """Return the certificate, if every check was passed."""
        if not self._checks or not all(check.ok for check in self._checks) or not self._versions:
            return None
        host, owner = host_and_owner()
        return Certificate(
            versions=self._versions,
            time=format_time(time.time_ns()),
            by=f"{owner} on {host}",
            strategies=tuple(str(each) for each in _STRATEGIES),
            proof=str(self._folder),
        )

    @contextmanager
    def _told(self, name: str) -> Iterator[None]:
        """Note a check: passed, unless its block raises.

        Raises
        ------
        BaseException
            What the block raises.
        """
        try:
            yield
        except BaseException as error:
            self._note(name, ok=False, detail=str(error) or repr(error))
            raise
        self._note(name, ok=True)

    def _note(self, name: str, *, ok: bool, detail: str = "") -> None:
        check = Check(name=name, ok=ok, detail=detail)
        self._checks.append(check)
        self._scratch.journal.write("check", name=name, ok=ok, detail=detail)
        self._on_check(check)


def _refuse(surprise: str) -> None:
    """End the trial if something is not as it should be.

    Raises
    ------
    CommitError
        If there is a surprise.
    """
    if surprise:
        raise CommitError(surprise)


def _surprise(plan: MergePlan, data: ScratchData) -> str:
    """Return how a plan differs from what it must say of scratch PVs; empty if it does not."""
    totals = plan.totals
    if plan.status is not Status.READY:
        return f"the plan is {plan.status}: {'; '.join(str(hazard) for hazard in plan.hazards if hazard.refuses)}"
    unfillable = sum(totals.not_fillable.values())
    found = (totals.gain, totals.would_be_lost, unfillable)
    wanted = (data.gain, data.lost, data.unfillable)
    return "" if found == wanted else f"gain, loss and not fillable are {found}, and should be {wanted}"


def _difference(found: Samples, expected: Samples) -> str:
    """Return how samples differ from those expected; empty if they are the same ones."""
    have, want = (np.sort(sample_hashes(samples)) for samples in (found, expected))
    if np.array_equal(have, want):
        return ""
    missing, odd = int((~np.isin(want, have)).sum()), int((~np.isin(have, want)).sum())
    return f"it has {len(have)} samples instead of {len(want)}: {missing} are missing, {odd} should not be there"
