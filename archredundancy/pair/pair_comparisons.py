"""What one cluster covers and the other one lacks, and what users of the secondary's merged answers are given."""

from __future__ import annotations

from collections.abc import Sequence

from archredundancy.coverage import Comparison, Comparisons, FailedPV, MergedView, check_view, compare_evidence
from archredundancy.model import TimeRange, length_ns
from archredundancy.pair.asked_pair import AskedPair
from archredundancy.pair.cluster import refuse_no_name
from archredundancy.survey import Names, Where, attempt_each, refuse_unknown, survey_merged_view

__all__ = ["PairComparisons"]


class PairComparisons(AskedPair):
    """The methods of a `ClusterPair` that compare."""

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
        asked = self._range(start, end)
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
        at_a_time = self._at_a_time(parallel)
        if min_gap is not None:
            length_ns("min_gap", min_gap)  # refused once, not once a PV
        now = self.clock()
        asked = TimeRange.parse(start, end, now=now, timezone=self.timezone)
        results = attempt_each(
            lambda pv: compare_evidence(self._survey_with_signs(pv, asked), min_gap=min_gap).overview(),
            FailedPV.from_error,
            self._names(pvs, where),
            parallel=at_a_time,
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
