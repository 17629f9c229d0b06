"""`ClusterPair`: the facade; each method is one call into a folder below."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, get_args

from archredundancy.client import AwayReader, HttpTransport, base_of, open_transport, run_each
from archredundancy.commit import RunSettings
from archredundancy.coverage import Comparison, Comparisons, FailedPV, MergedView, check_view, compare_evidence
from archredundancy.coverage.lengths import length_ns
from archredundancy.errors import ConnectionFailed, InputError, NotReadyError
from archredundancy.model import Evidence, TimeRange
from archredundancy.pair.cluster import Cluster, refuse_no_name, system_clock
from archredundancy.pair.many import load_each
from archredundancy.pair.pair_merges import PairMerges
from archredundancy.pair.pieces import least_memory, load_pieces, spend_padding
from archredundancy.pair.tree import evidence_to_tree
from archredundancy.pair.union_values import UnionValues
from archredundancy.site import ClusterSettings, PairSettings
from archredundancy.survey import (
    Names,
    Where,
    attempt_each,
    choose_names,
    refuse_parallel,
    refuse_unknown,
    survey,
    survey_merged_view,
    survey_with_signs,
)

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["ClusterPair"]


class ClusterPair(UnionValues, PairMerges):
    """Two clusters that archive the same PVs. Use as a context manager, or call `close`.

    Parameters
    ----------
    primary, secondary : str, Cluster or ClusterSettings
        Management URLs (`http://host:17665`), retrieval URLs, clusters such as `open_store` gives, or what a site file
        says of them.
    timezone : str, optional
        IANA name of the zone of times written without one.
    fixed_now : int, ns since 1970 UTC, optional
        What the clusters take for the present, where their clock stands still, as that of the embedded pair does.
    run_dir : str or Path, optional
        Folder of runs, locks and backups of commits, shared by all who commit at this site; by default one of this user
        on this host, with a warning.
    allow_commit : bool
        Whether this pair may be changed. A physicist plans, an operator commits.
    commit_settings : RunSettings, optional
        How long a commit waits for what, and on which interface it serves the primary.
    parallelism : int
        Most connections to one cluster at a time.
    on_close : callable, optional
        Called last when the pair is closed.

    Attributes
    ----------
    settings : PairSettings or None
        What the site file says of it, if it was opened by that.

    Raises
    ------
    ConnectionFailed
        If neither answers. Where one does, there is a warning, and nothing is known of the other one until the pair is
        opened again.
    InputError
        If something else answers there, or both are the same cluster.

    Examples
    --------
    >>> import archredundancy as ar
    >>> with ar.demo_pair() as pair:
    ...     pair.compare("DEMO:CURRENT", "2026-10-01", "2026-10-04").summary.primary.gaps
    1
    """

    def __init__(
        self,
        primary: str | Cluster | ClusterSettings,
        secondary: str | Cluster | ClusterSettings,
        *,
        timezone: str = "UTC",
        fixed_now: int | None = None,
        run_dir: str | Path | None = None,
        allow_commit: bool = False,
        commit_settings: RunSettings | None = None,
        parallelism: int = 8,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        if isinstance(primary, str) and isinstance(secondary, str):
            _refuse_one_cluster(primary, secondary)
        self.timezone = timezone
        self.fixed_now = fixed_now
        self.run_dir = None if run_dir is None else Path(run_dir)
        self.allow_commit = allow_commit
        self.commit_settings = commit_settings
        self.parallelism = parallelism
        self.settings: PairSettings | None = None
        self._closing = ExitStack()
        if on_close is not None:
            self._closing.callback(on_close)
        try:
            self._transport = self._closing.enter_context(HttpTransport(connections=2 * parallelism))
            self.primary, self.secondary = self._clusters(primary, secondary)
        except BaseException:
            self.close()
            raise

    @classmethod
    def from_settings(cls, settings: PairSettings) -> Self:
        """Return the pair that a section of the site file describes; see `open_pair`.

        Parameters
        ----------
        settings : PairSettings

        Raises
        ------
        ConnectionFailed
            If neither the primary nor the secondary answers.
        InputError
            If something else answers there, or a header's environment variable is not set.
        """
        pair = cls(
            settings.primary,
            settings.secondary,
            timezone=settings.timezone,
            run_dir=settings.run_dir,
            allow_commit=settings.allow_commit,
            commit_settings=RunSettings.from_settings(settings),
            parallelism=settings.parallelism,
        )
        pair.settings = settings
        return pair

    def _clusters(
        self, primary: str | Cluster | ClusterSettings, secondary: str | Cluster | ClusterSettings
    ) -> tuple[Cluster, Cluster]:
        """Return both clusters; one that does not answer must not keep people from reading the other one.

        Raises
        ------
        ConnectionFailed, NotReadyError
            If neither answers.
        """
        found = [self._present_or_away(where, name) for where, name in ((primary, "primary"), (secondary, "secondary"))]
        reasons = [reader.error for side in found for reader in side.readers.values() if isinstance(reader, AwayReader)]
        if len(reasons) == len(found):
            raise reasons[0]
        for reason in reasons:
            warnings.warn(f"only one cluster of the pair can be read: {reason}", stacklevel=4)
        return found[0], found[1]

    def _present_or_away(self, where: str | Cluster | ClusterSettings, name: str) -> Cluster:
        try:
            return self._cluster(where, name)
        except (ConnectionFailed, NotReadyError) as error:
            url = where if isinstance(where, str) else where.url
            readers = {"": AwayReader(name, error)}
            return Cluster(name, readers, clock=self.clock, timezone=self.timezone, url=url)

    def _cluster(self, where: str | Cluster | ClusterSettings, name: str) -> Cluster:
        if isinstance(where, Cluster):
            return Cluster(
                name,
                where.readers,
                where.management,
                clock=self.clock,
                timezone=self.timezone,
                url=where.url,
                retention=where.retention,
            )
        transport = self._transport
        if isinstance(where, ClusterSettings):
            transport = self._closing.enter_context(open_transport(where, self.parallelism))
        return Cluster.connect(where, transport, name, clock=self.clock, timezone=self.timezone)

    def clock(self) -> int:
        """Return what the clusters take for the present, ns since 1970 UTC."""
        return system_clock() if self.fixed_now is None else self.fixed_now

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close connections, and stop the embedded pair where there is one. Harmless when repeated."""
        self._closing.close()

    def __repr__(self) -> str:
        return f"<ClusterPair primary={self.primary!r} secondary={self.secondary!r}>"

    def search(self, pattern: str = "*", where: Where = "both") -> list[str]:
        """Return the names of PVs that match a glob pattern, sorted.

        Parameters
        ----------
        pattern : str
        where : {"both", "primary", "secondary", "any"}
            Known to both clusters, to that one, or to any of them.

        Raises
        ------
        InputError
            If `where` is none of these.
        ConnectionFailed
            If one of them cannot be asked.
        """
        if where not in get_args(Where):
            raise InputError(f"where={where!r} is not known; allowed: {', '.join(get_args(Where))}")
        asked = [side for side in (self.primary, self.secondary) if where in ("both", "any", side.name)]
        found = [set(names) for _, names in run_each(lambda side: side.search(pattern), asked, threads=2)]
        return sorted(set.union(*found) if where == "any" else set.intersection(*found))

    def survey(self, pv: str, start: object, end: object = "now") -> Evidence:
        """Ask both clusters about a PV and return what they answered, failures included.

        Raises
        ------
        UnknownPVError
            If neither knows the PV.
        InputError
            If a time cannot be understood.
        """
        return self._survey(pv, TimeRange.parse(start, end, now=self.clock(), timezone=self.timezone))

    def _survey(self, pv: str, asked: TimeRange) -> Evidence:
        refuse_no_name(pv)
        evidence = survey(pv, asked, self.primary, self.secondary, self.clock())
        refuse_unknown(evidence.primary, evidence.secondary)
        return evidence

    def _survey_with_signs(self, pv: str, asked: TimeRange, neighbours: int | Sequence[str] = ()) -> Evidence:
        refuse_no_name(pv)
        now = self.clock()
        evidence = survey_with_signs(pv, asked, self.primary, self.secondary, now, neighbours=neighbours)
        refuse_unknown(evidence.primary, evidence.secondary)
        return evidence

    def load(self, pv: str, start: object, end: object = "now") -> xr.DataTree:
        """Return the true content of both clusters and their exact union.

        Parameters
        ----------
        pv : str
        start, end : str, datetime, numpy.datetime64 or pandas.Timestamp
            Half-open range; see `archredundancy.model.parse_time`.

        Returns
        -------
        xarray.DataTree
            `primary`, `secondary`, `merged` with the `origin` of each sample, and what is known about them; see
            `archredundancy.pair.tree.evidence_to_tree`.

        Raises
        ------
        UnknownPVError
            If neither cluster knows the PV.
        InputError
            If a time cannot be understood, or the two sides hold different types.
        """
        return self._load(pv, TimeRange.parse(start, end, now=self.clock(), timezone=self.timezone))

    def _load(self, pv: str, asked: TimeRange) -> xr.DataTree:
        evidence = self._survey(pv, asked)
        spend_padding(evidence)
        return evidence_to_tree(evidence, compare_evidence(evidence))

    def iter_load(
        self, pv: str, start: object, end: object = "now", *, memory: int = 256 << 20
    ) -> Iterator[xr.DataTree]:
        """Return an iterator over pieces of what `load` gives, in order of time, whatever the length.

        Parameters
        ----------
        pv, start, end
            As for `load`.
        memory : int, bytes
            What making one piece may take, and holding it while you use it; keep no earlier ones.

        Returns
        -------
        iterator of xarray.DataTree
            Each of a part of the range, which its attributes `query_start` and `query_end` tell. Together they are what
            `load` gives, apart from where samples change their type: each piece has its own.

        Raises
        ------
        UnknownPVError
            If neither cluster knows the PV.
        TooLargeError
            If a single second takes more than that; of a folder of files, one that is damaged or not in order.
        InputError
            If a time cannot be understood, `memory` is less than 1 MiB, or the two sides hold different types.

        Notes
        -----
        Cost: that of `load`, and a few requests more for each piece. `memory` is an upper bound: where the sides are
        nearly equal a piece takes a tenth of it.

        Examples
        --------
        >>> import archredundancy as ar
        >>> with ar.demo_pair() as pair:
        ...     pieces = pair.iter_load("DEMO:CURRENT", "2026-10-01", "2026-10-04", memory=8 << 20)
        ...     sum(piece["merged"].sizes["time"] for piece in pieces)
        25920
        """
        asked = TimeRange.parse(start, end, now=self.clock(), timezone=self.timezone)
        return load_pieces(lambda piece: self._load(pv, piece), asked, least_memory(memory))

    def load_many(
        self,
        pvs: Names,
        start: object,
        end: object = "now",
        *,
        where: Where = "both",
        parallel: int | None = None,
        progress: bool = True,
    ) -> dict[str, xr.DataTree]:
        """Return what `load` gives, for many PVs at once.

        Parameters
        ----------
        pvs : str, re.Pattern or iterable of str
            A glob pattern of `*` and `?`; a compiled expression that matches whole names; or names.
        start, end : str, datetime, numpy.datetime64 or pandas.Timestamp
            As for `load`; the same instants for all PVs.
        where : {"both", "primary", "secondary", "any"}
            For patterns: which cluster has to know a PV.
        parallel : int, optional
            How many PVs are asked for at a time, each from both clusters at once; by default, and at most with profit,
            the pair's `parallelism`.
        progress : bool
            Whether to show a bar.

        Returns
        -------
        dict of str to xarray.DataTree
            In the order of names. Where `load` would raise, a tree without children, whose attributes `failure` and
            `failure_kind` tell why: one bad PV costs only itself.

        Raises
        ------
        InputError
            If a time or `where` cannot be understood, or `parallel` is not positive.
        ConnectionFailed
            If names are to be found and a cluster cannot be asked for them.

        Notes
        -----
        All trees are held in memory together; `iter_load` bounds it. Ctrl-C stops it at once; in a notebook, too.

        Examples
        --------
        >>> import archredundancy as ar
        >>> with ar.demo_pair() as pair:
        ...     trees = pair.load_many(["DEMO:VALVE", "NO:SUCH"], "2026-05-20", "2026-05-30", progress=False)
        >>> {pv: tree.attrs.get("failure_kind", "fine") for pv, tree in trees.items()}
        {'DEMO:VALVE': 'fine', 'NO:SUCH': 'unknown-pv'}
        """
        parallel = self.parallelism if parallel is None else parallel
        refuse_parallel(parallel)
        asked = TimeRange.parse(start, end, now=self.clock(), timezone=self.timezone)
        names = choose_names(pvs, lambda pattern: self.search(pattern, where))
        return load_each(lambda pv: self._load(pv, asked), names, asked, parallel=parallel, progress=progress)

    def compare(
        self,
        pv: str,
        start: object,
        end: object = "now",
        *,
        min_gap: float | None = None,
        neighbours: int | Sequence[str] = (),
    ) -> Comparison:
        """Return what each cluster covers, what only one has, and until when.

        Parameters
        ----------
        pv, start, end
            As for `load`.
        min_gap : float, seconds, optional
            Shorter silences with missed samples count as dropouts; by default five usual steps of the union.
        neighbours : int or sequence of str
            Other PVs of the same IOC, or how many to look for among PVs whose names differ in their last part. They are
            read, too: their samples show that the IOC was connected while this PV was silent, and tell a paused PV from
            a stopped archiver.

        Raises
        ------
        UnknownPVError
            If neither cluster knows the PV.
        InputError
            If a time cannot be understood, or the two sides hold different types.

        Notes
        -----
        Cost: that of `load`; where the sides differ a small request more to each, for what its engine threw away; and
        that of `load` for each neighbour.
        """
        asked = TimeRange.parse(start, end, now=self.clock(), timezone=self.timezone)
        return compare_evidence(self._survey_with_signs(pv, asked, neighbours), min_gap=min_gap)

    def compare_many(
        self,
        pvs: Names,
        start: object,
        end: object = "now",
        *,
        where: Where = "both",
        min_gap: float | None = None,
        parallel: int | None = None,
        progress: bool = True,
    ) -> Comparisons:
        """Return what `compare` tells of many PVs as one table, worst first.

        Parameters
        ----------
        pvs : str, re.Pattern or iterable of str
            A glob pattern of `*` and `?`; a compiled expression that matches whole names; or names.
        start, end : str, datetime, numpy.datetime64 or pandas.Timestamp
            As for `load`; the same instants for all PVs.
        where : {"both", "primary", "secondary", "any"}
            For patterns: which cluster has to know a PV.
        min_gap : float, seconds, optional
            As for `compare`.
        parallel : int, optional
            How many PVs are asked for at a time; by default, and at most with profit, the pair's `parallelism`.
        progress : bool
            Whether to show a bar.

        Returns
        -------
        Comparisons
            One PV that cannot be compared costs only itself: it is in `failed`, with the reason.

        Raises
        ------
        InputError
            If a time or `where` cannot be understood, `parallel` is not positive, or `min_gap` negative.
        ConnectionFailed
            If names are to be found and a cluster cannot be asked for them.

        Notes
        -----
        Memory: the samples of `parallel` PVs at a time, and for each PV its gaps. `compare` of one PV also has the
        samples, to be plotted.

        Examples
        --------
        >>> import archredundancy as ar
        >>> with ar.demo_pair() as pair:
        ...     table = pair.compare_many("DEMO:TYPE:*", "2026-11-01", "2026-11-02", progress=False)
        >>> len(table), sum(each.summary.primary.samples_to_gain for each in table)
        (15, 150)
        """
        parallel = self.parallelism if parallel is None else parallel
        refuse_parallel(parallel)
        if min_gap is not None:
            length_ns("min_gap", min_gap)  # refused once, not once a PV
        now = self.clock()
        asked = TimeRange.parse(start, end, now=now, timezone=self.timezone)
        results = attempt_each(
            lambda pv: compare_evidence(self._survey_with_signs(pv, asked), min_gap=min_gap).overview(),
            FailedPV.from_error,
            choose_names(pvs, lambda pattern: self.search(pattern, where)),
            parallel=parallel,
            progress=progress,
        )
        return Comparisons.of(results.values(), asked, now)

    def check_merged_view(self, pv: str, start: object, end: object = "now") -> MergedView:
        """Ask the secondary as its users do, and tell where its merged answer is not the exact union of both sides.

        Parameters
        ----------
        pv : str
        start, end : str, datetime, numpy.datetime64 or pandas.Timestamp
            As for `load`; the newest minute is left out, since its samples may still be in the memory of an engine.

        Returns
        -------
        MergedView
            What the answer lacks, repeats, misdates and invents, by stretches, each with its pitfall where that can be
            told; and how much longer it took than asking the primary alone.

        Raises
        ------
        UnknownPVError
            If neither cluster knows the PV.
        InputError
            If a time cannot be understood, the secondary is a folder of files, or the primary passes on what the
            secondary has, or may do so: one request would end both clusters.
        ArchRedundancyError
            If the secondary cannot be asked.

        Notes
        -----
        Cost: what users of the secondary pay, which may be ten times that of `load`, and that of `load`.

        Examples
        --------
        >>> import archredundancy as ar
        >>> with ar.demo_pair() as pair:
        ...     view = pair.check_merged_view("DEMO:VALVE", "2026-05-20", "2026-05-30")
        >>> view.is_right, view.merges, [flaw.samples for flaw in view]
        (False, False, [34])
        """
        refuse_no_name(pv)
        now = self.clock()
        asked = TimeRange.parse(start, end, now=now, timezone=self.timezone)
        answered = survey_merged_view(pv, asked, self.primary, self.secondary, now)
        refuse_unknown(answered.evidence.primary, answered.evidence.secondary)
        return check_view(answered)


def _refuse_one_cluster(primary: str, secondary: str) -> None:
    """Refuse a pair that would compare a cluster with itself, and find that nothing is missing.

    Raises
    ------
    InputError
        If both URLs have one base.
    """
    if base_of(primary) == base_of(secondary):
        raise InputError(f"primary and secondary are both {base_of(primary)}; give the URL of the spare as secondary")
