"""What leads to a merge through a pair: planned, tried on scratch PVs, committed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from archredundancy.client.commands.scratch_calls import PREFIX
from archredundancy.commit import (
    Certification,
    Check,
    Entry,
    Grounds,
    PairUrls,
    PlanRequest,
    Report,
    RunSettings,
    certify,
    commit_plan,
    is_relay_reached,
    plan_merges,
)
from archredundancy.pair.cluster import Cluster
from archredundancy.pair.pair_runs import PairRuns
from archredundancy.pair.progress import shown
from archredundancy.pair.same_pair import planned_cluster, refuse_other_pair
from archredundancy.plan import QUIET_MARGIN, Limits, MergePlan, PlannedCluster, Root, Strategy
from archredundancy.site import PairSettings
from archredundancy.survey import Names, Where

__all__ = ["PairMerges"]


class PairMerges(PairRuns):
    """The methods of a `ClusterPair` that are about merging into the primary.

    Attributes
    ----------
    settings : PairSettings or None
        What the site file says of the pair.
    """

    settings: PairSettings | None

    def plan_merge(
        self,
        pvs: Names,
        strategy: Strategy | str | None = None,
        start: object = None,
        end: object = None,
        *,
        storage: str | None = None,
        exclude: Iterable[tuple[object, object]] = (),
        accept_loss: int | None = None,
        quiet_margin: float = QUIET_MARGIN,
        limits: Limits | Mapping[str, float] | None = None,
        source: str | Path | Report | Cluster | None = None,
        where: Where = "both",
        root: Root | str | None = None,
        uncertified: bool = False,
        parallel: int | None = None,
        progress: bool = True,
    ) -> MergePlan:
        """Return what merging the secondary's samples into the primary's files would gain, not reach and destroy.

        Nothing is changed; only requests that read are sent. Where this host may commit, the primary is asked to look
        for a relay here, too.

        Parameters
        ----------
        pvs : str, re.Pattern or iterable of str
            A name; a glob pattern of `*` and `?`; a compiled expression that matches whole names; or names.
        strategy : {"relay", "direct", "rebuild"}, optional
            `relay` merges exactly the promised samples; `direct` all that the secondary has; `rebuild` writes all files
            of a PV anew, so that nothing is out of reach, lost or dropped, at a price that the plan tells.
        start, end : str, datetime, numpy.datetime64 or pandas.Timestamp, optional
            What to merge; all of history where not given.
        storage : str, optional
            Name of the primary's store to merge into; by default its last one.
        exclude : iterable of (start, end), optional
            Spans that shall not be merged; times like `start`. Refused with `direct`.
        accept_loss : int, optional
            How many of the primary's own samples may be destroyed; the plan says how many would be.
        quiet_margin : float, seconds
            Nothing is promised of samples younger than this: they may be on their way through the engines' buffers.
        limits : Limits or mapping of str to float, optional
            What the plan may come to, where other than usual: `{"pvs": 20}`; see `archredundancy.plan.Limits`.
        source : str, Path, Report or Cluster, optional
            A saved copy to merge in place of the secondary, when that has dropped its samples: a run (its folder or
            report), whose backup is taken; a file of `archredundancy.save` or a folder of them; a folder of PB files or
            what `open_store` gives of it. The commit reads it again, so it has to stay. Not with `direct`.
        where : {"both", "primary", "secondary", "any"}
            For patterns: which cluster has to know a PV; with `source` they match the PVs in it.
        root : {"new", "same"}, optional
            Where a rebuilt PV's files lie afterwards: in a `new` folder, the old one being left alone, or in the `same`
            as before, from which the old files are moved first.
        uncertified : bool
            Whether to plan although this strategy was not tried out with the versions of this pair; see `certify`.
        parallel : int, optional
            PVs that are asked for at a time, by default 1: so many histories are in memory together.
        progress : bool
            Whether to show a bar where there are several PVs.

        Returns
        -------
        MergePlan
            Of several PVs, one that cannot be planned is in it, refused with the reason; `without_refused` leaves it
            out.

        Raises
        ------
        UnknownPVError
            If it is asked for by a single name, and neither cluster knows it.
        ConnectionFailed
            If names are to be found and a cluster cannot be asked for them.
        InputError
            If a time, span, limit or strategy cannot be understood, no PV matches, or `source` is not of its kind.
        StoreError, SavedFileError
            If `source` cannot be read.

        Notes
        -----
        Cost: for each PV its whole history, from both sides. Memory: 45 bytes a scalar sample of `parallel` PVs.

        Examples
        --------
        >>> import archredundancy as ar
        >>> with ar.demo_pair() as pair:
        ...     plan = pair.plan_merge("DEMO:C*", exclude=[("2026-10-02T00:00", "2026-10-02T12:00")], progress=False)
        >>> plan.totals.gain, sum(plan.totals.not_fillable.values())
        (23, 2162)
        """
        request = PlanRequest(
            pvs=pvs,
            strategy=strategy,
            start=start,
            end=end,
            exclude=exclude,
            root=root,
            quiet_margin=quiet_margin,
            storage=storage,
            source=_place_of(source),
            accept_loss=accept_loss,
            limits=limits,
            uncertified=uncertified,
            parallel=1 if parallel is None else parallel,
            progress=progress,
        )
        plan = plan_merges(request, self._grounds(where))
        primary, secondary = self._clusters()
        return replace(plan, primary=primary, secondary=secondary)

    def commit(
        self,
        plan: MergePlan,
        *,
        approve: str,
        on_entry: Callable[[Entry], None] | None = None,
        progress: bool = True,
    ) -> Report:
        """Carry out a plan: the only call here that changes a cluster.

        It runs in a process of its own, which pauses each PV, merges, proves the result and resumes. Whatever becomes
        of the caller, it goes on; but interrupting it (Ctrl-C, or the stop button of a notebook) ends it after the PV
        that it is at.

        Parameters
        ----------
        plan : MergePlan
        approve : str
            The plan's id as a person has read and typed it; `plan.id` itself is not accepted.
        on_entry : callable, optional
            Told of each new line of the run's journal.
        progress : bool
            Whether to print a line for each PV where there are several, and a bar.

        Returns
        -------
        Report
            Also of a run that failed; its `ok` tells.

        Raises
        ------
        ApprovalError
            If the pair may not be changed, or the plan was refused or not approved.
        OtherPairError
            If the plan is of other clusters.
        StoreError
            If the run folder cannot be written.
        """
        self._refuse_reader("commit a plan")
        refuse_other_pair(plan, *self._clusters())
        with shown(plan, on_entry, progress=progress) as tell:
            return commit_plan(plan, self._urls(), approve, self.run_dir, settings=self.commit_settings, on_entry=tell)

    def certify(
        self,
        *,
        like: str | None = None,
        prefix: str = PREFIX,
        on_check: Callable[[Check], None] | None = None,
    ) -> Certification:
        """Try merges from plan to proof, by each strategy, on scratch PVs made at both clusters and deleted again.

        Nothing else is touched. The result is kept in the run folder for the versions of both clusters, and plans made
        after it are not refused for want of it.

        Parameters
        ----------
        like : str, optional
            A PV whose stores the scratch PVs are to have; by default the first one that both clusters archive.
        prefix : str
            What their names begin with; `:SCRATCH:` and a number of their own follow.
        on_check : callable, optional
            Told of each check once it is made.

        Returns
        -------
        Certification
            Also of a trial that failed; its `ok` tells.

        Raises
        ------
        ApprovalError
            If the pair may not be changed.
        InputError
            If names cannot begin with the prefix.
        StoreError
            If the run folder cannot be written.
        ArchRedundancyError
            If a cluster cannot be asked.

        Notes
        -----
        Cost: the waits of a commit, twelve times; see `commit_settings`.
        """
        self._refuse_reader("certify it")
        return certify(
            self._urls(), self.run_dir, settings=self.commit_settings, like=like, prefix=prefix, on_check=on_check
        )

    def _clusters(self) -> tuple[PlannedCluster | None, PlannedCluster | None]:
        """Return what a plan keeps of both clusters; a clock that stands still is that of a demonstration."""
        is_copied = self.fixed_now is not None
        return planned_cluster(self.primary, is_copied=is_copied), planned_cluster(self.secondary, is_copied=is_copied)

    def _grounds(self, where: Where) -> Grounds:
        """Return where a plan's knowledge comes from; `where` tells which cluster has to know a PV of a pattern."""
        return Grounds(
            primary=self.primary,
            secondary=self.secondary,
            search=lambda pattern: self.search(pattern, where),
            clock=self.clock,
            timezone=self.timezone,
            run_dir=self.run_dir,
            is_relay_reached=self._is_relay_reached,
        )

    def _urls(self) -> PairUrls:
        """Return how the process of a run finds both clusters."""
        if self.settings is None:
            return PairUrls(primary=self.primary.url, secondary=self.secondary.url, fixed_now=self.fixed_now)
        return PairUrls.from_settings(self.settings, self.fixed_now)

    def _is_relay_reached(self) -> bool | None:
        """Return whether the primary reaches a relay here; not known where this host is not the one that commits."""
        if not self.allow_commit:
            return None
        return is_relay_reached(self._urls(), self.commit_settings or RunSettings())


def _place_of(source: str | Path | Report | Cluster | None) -> str | Path | None:
    if isinstance(source, Report):
        return source.run
    return source.url if isinstance(source, Cluster) else source
