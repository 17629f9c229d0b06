"""What both clusters hold and their exact union: of a PV, in pieces of a long span, of many PVs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archredundancy.coverage import compare_evidence
from archredundancy.model import TimeRange
from archredundancy.pair.asked_pair import AskedPair
from archredundancy.pair.pieces import least_memory, load_pieces, spend_padding
from archredundancy.pair.tree import evidence_to_tree, failed_tree
from archredundancy.survey import Names, Where, attempt_each

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["PairSamples"]


class PairSamples(AskedPair):
    """The methods of a `ClusterPair` that load samples."""

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
        return self._load(pv, self._range(start, end))

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
        asked = self._range(start, end)
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
        at_a_time = self._at_a_time(parallel)
        asked = self._range(start, end)
        return attempt_each(
            lambda pv: self._load(pv, asked),
            lambda pv, error: failed_tree(pv, asked, error),
            self._names(pvs, where),
            parallel=at_a_time,
            progress=progress,
        )
