"""`Trial`: what a certification tries on scratch PVs, check by check."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from archredundancy.commit.certification.certification import Certification
from archredundancy.commit.certification.checks import Checks
from archredundancy.commit.certification.inner_runs import heed_stop
from archredundancy.commit.certification.sameness import difference
from archredundancy.commit.certification.scratch import ScratchPVs
from archredundancy.commit.certification.scratch_data import ScratchData, scratch_data
from archredundancy.commit.certification.scratch_stores import Stores
from archredundancy.commit.disk.claims import host_and_owner
from archredundancy.commit.launch.launch import commit_plan
from archredundancy.commit.launch.undo import plan_rollback, rollback
from archredundancy.commit.report.report import Report
from archredundancy.commit.run_folder.certificate import Certificate
from archredundancy.commit.settings import PairUrls, RunSettings
from archredundancy.errors import ArchRedundancyError, CommitError, ConnectionFailed
from archredundancy.model import DbrType, MergeEvidence, Samples, format_time
from archredundancy.plan import MergePlan, Root, Status, Strategy, build_plan, predicted_after, way_of
from archredundancy.survey import survey_for_merge

__all__ = ["Trial"]

_IDLE = "idle"
_NO_STORE = "NO_SUCH_STORE"


@dataclass(frozen=True, kw_only=True)
class _Way:
    """A strategy as it is tried: on two PVs in one plan, one of them of another type with each."""

    strategy: Strategy
    other: DbrType
    root: Root | None = None

    @property
    def name(self) -> str:
        return way_of(self.strategy, self.root)

    def cases(self) -> dict[str, DbrType]:
        """Return the PVs, by the ends of their names."""
        return {f"{self.name.replace(' ', '-')}:{kind.name}": kind for kind in (DbrType.SCALAR_DOUBLE, self.other)}


_WAYS = (
    _Way(strategy=Strategy.RELAY, other=DbrType.SCALAR_STRING),
    _Way(strategy=Strategy.DIRECT, other=DbrType.SCALAR_ENUM),
    _Way(strategy=Strategy.REBUILD, other=DbrType.WAVEFORM_DOUBLE, root=Root.NEW),
    _Way(strategy=Strategy.REBUILD, other=DbrType.SCALAR_INT, root=Root.SAME),
)


class Trial:
    """Goes through all checks, deletes the scratch PVs, and tells what came of it.

    Parameters
    ----------
    urls : PairUrls
    settings : RunSettings
    scratch : ScratchPVs
    checks : Checks
    """

    def __init__(self, urls: PairUrls, settings: RunSettings, scratch: ScratchPVs, checks: Checks) -> None:
        self._urls = urls
        self._settings = settings
        self._scratch = scratch
        self._checks = checks
        self._passed: list[str] = []
        self._versions: tuple[str, ...] = ()

    def run(self, like: str | None) -> Certification:
        """Go through all checks, whatever fails but what all else depends on; then delete the PVs.

        Interrupted, it deletes them as well, and says so.

        Parameters
        ----------
        like : str or None
            A PV whose stores the scratch PVs are to have.

        Raises
        ------
        KeyboardInterrupt
            If it was interrupted.
        """
        scratch = self._scratch
        try:
            with self._checks.told("a store of the site for scratch PVs is found"):
                stores = Stores.like_those_of(scratch.primary, scratch.secondary, like)
            self._try_habits(stores)
            for way in _WAYS:
                self._try_apart(way, stores)
        except ArchRedundancyError as error:
            scratch.journal.write("note", failure=error.kind, message=str(error))
        except KeyboardInterrupt:
            self._delete()
            raise
        folders = scratch.folders
        left = self._delete()
        return Certification(
            folder=scratch.runs.parent,
            versions=self._versions,
            checks=self._checks.made,
            certificate=None if left else self._certificate(),
            left=left,
            folders=folders,
        )

    def _delete(self) -> tuple[str, ...]:
        """Delete the scratch PVs, and return what is left of them, and why."""
        left = self._scratch.delete_all()
        name = "scratch PVs and their files are deleted, and both clusters say so"
        self._checks.note(name, ok=not left, detail="; ".join(left))
        return left

    def _try_habits(self, stores: Stores) -> None:
        """See that the appliance answers as recorded where it should not be trusted."""
        scratch, pv = self._scratch, self._scratch.name(_IDLE)
        self._make({_IDLE: DbrType.SCALAR_DOUBLE}, _IDLE, stores)
        committer, other = scratch.committer(scratch.primary, pv), scratch.secondary.url_for_primary(pv)
        before = self._samples(pv)
        with self._checks.told('merging into a store that is none says "ok" and does nothing, as recorded'):
            committer.merge_in_data(pv, other, _NO_STORE, timeout=self._settings.answer).require()
            _refuse(difference(self._samples(pv), before))
        with self._checks.told("merging a PV that is not paused is refused by the appliance, as recorded"):
            scratch.resume(scratch.primary, pv)
            reply = committer.merge_in_data(pv, other, stores.target.name, timeout=self._settings.answer)
            _refuse("" if reply.validation else f"it answered {reply.raw[:100]!r}")
            _refuse(difference(self._samples(pv), before))

    def _try_apart(self, way: _Way, stores: Stores) -> None:
        """Try a strategy; if it fails, the next one is tried all the same.

        Raises
        ------
        ConnectionFailed
            If a cluster does not answer any more.
        """
        try:
            self._try(way, stores)
        except ConnectionFailed:
            raise
        except ArchRedundancyError as error:
            self._scratch.journal.write("note", failure=error.kind, message=str(error))
        else:
            self._passed.append(way.name)

    def _try(self, way: _Way, stores: Stores) -> None:
        """Plan and commit a merge, and compare the outcome with what was predicted, sample by sample."""
        scratch, pvs = self._scratch, [self._scratch.name(case) for case in way.cases()]
        data = self._make(way.cases(), way.name, stores)
        with self._checks.told(f"{way.name}: both clusters archive the scratch PVs"):
            for pv in pvs:
                scratch.resume(scratch.primary, pv)
                scratch.resume(scratch.secondary, pv)
        with self._checks.told(f"{way.name}: the plan of both foretells gain, loss and what has no file"):
            evidence = [self._survey(pv) for pv in pvs]
            lost = data.lost * len(pvs) if way.strategy.is_in_place else None
            plan = build_plan(evidence, strategy=way.strategy, root=way.root, accept_loss=lost)
            _refuse(_surprise(plan, data))
            expected = {each.evidence.pv: predicted_after(each, plan.of(each.evidence.pv)) for each in evidence}
            had = {pv: self._samples(pv) for pv in pvs}
        with self._checks.told(f"{way.name}: committed, proven, and archived again"):
            report = heed_stop(commit_plan(plan, self._urls, str(plan.id), scratch.runs, settings=self._settings))
            _refuse("" if report.ok else repr(report))
        with self._checks.told(f"{way.name}: the primary has exactly what was foretold, sample by sample"):
            self._compare(expected)
        if not way.strategy.is_in_place:
            self._undo(way, report, had)

    def _undo(self, way: _Way, report: Report, had: dict[str, Samples]) -> None:
        with self._checks.told(f"{way.name}: rolled back, and the primary has what it had"):
            typed = str(plan_rollback(report.run).id)
            undone = heed_stop(rollback(report.run, typed, settings=self._settings))
            _refuse("" if undone.ok else repr(undone))
            self._compare(had)

    def _make(self, cases: dict[str, DbrType], way: str, stores: Stores) -> ScratchData:
        """Make and fill PVs at both clusters, and return what those of doubles hold."""
        granularity, scratch, now = stores.granularity, self._scratch, self._urls.now()
        kinds = " and ".join(kind.name for kind in cases.values())
        with self._checks.told(f"{way}: {kinds}, stored like {stores.like}, are made and filled at both clusters"):
            for case, kind in cases.items():
                pv, data = scratch.name(case), scratch_data(granularity, now, kind)
                own = data.of_primary(stores.target.name, stores.youngest.name)
                scratch.make(scratch.primary, pv, stores.primary, own, now)
                scratch.make(scratch.secondary, pv, (stores.secondary,), {stores.secondary_name: data.secondary}, now)
        return data

    def _survey(self, pv: str) -> MergeEvidence:
        scratch = self._scratch
        evidence = survey_for_merge(pv, scratch.primary, scratch.secondary, self._urls.now(), relay_reachable=True)
        self._versions = evidence.versions
        return replace(evidence, accepts_uncertified=True)

    def _samples(self, pv: str) -> Samples:
        scratch = self._scratch
        return scratch.primary.read(pv, scratch.span(self._urls.now())).samples

    def _compare(self, expected: dict[str, Samples]) -> None:
        for pv, samples in expected.items():
            wrong = difference(self._samples(pv), samples)
            _refuse(f"{pv}: {wrong}" if wrong else "")

    def _certificate(self) -> Certificate | None:
        """Return the certificate for the strategies that passed, if there are any."""
        if not self._passed or not self._versions:
            return None
        host, owner = host_and_owner()
        return Certificate(
            versions=self._versions,
            time=format_time(time.time_ns()),
            by=f"{owner} on {host}",
            strategies=tuple(self._passed),
            proof=str(self._scratch.runs.parent),
        )


def _refuse(surprise: str) -> None:
    """End a check if something is not as it should be.

    Raises
    ------
    CommitError
        If there is a surprise.
    """
    if surprise:
        raise CommitError(surprise)


def _surprise(plan: MergePlan, data: ScratchData) -> str:
    """Return how a plan differs from what it must say of scratch PVs; empty if it does not."""
    totals, count = plan.totals, len(plan.pvs)
    if plan.status is not Status.READY:
        return f"the plan is {plan.status}: {'; '.join(str(hazard) for hazard in plan.hazards if hazard.refuses)}"
    found = (totals.gain, totals.would_be_lost, sum(totals.not_fillable.values()))
    each = (data.gain, data.lost, data.unfillable)
    if not plan.strategy.is_in_place:
        each = (data.gain + data.unfillable, 0, 0)
    wanted = tuple(number * count for number in each)
    return "" if found == wanted else f"gain, loss and not fillable are {found}, and should be {wanted}"
