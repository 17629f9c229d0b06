"""`.redundancy` on xarray's Datasets and trees: importing this module adds it.

::

    import archredundancy.accessors

    tree.redundancy.compare()              # of what pair.load gave, or open_saved gave back
    tree["primary"].redundancy.coverage()  # of what one cluster told
    primary.redundancy.compare(secondary)  # of two Datasets of cluster.load

It asks nobody: all that is needed came with the samples when they were loaded. What is no longer whole is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import xarray as xr

from archredundancy.coverage import compare, compare_tree, coverage_of
from archredundancy.errors import DatasetError

if TYPE_CHECKING:
    from archredundancy.coverage import Comparison, Coverage
    from archredundancy.segments import Segments

__all__ = ["DatasetRedundancy", "TreeRedundancy"]


@xr.register_dataset_accessor("redundancy")  # type: ignore[no-untyped-call]  # xarray has no types here
class DatasetRedundancy:
    """What the samples of one cluster tell of themselves, and held against those of the other.

    Parameters
    ----------
    dataset : xarray.Dataset
        As `cluster.load` gives it.
    """

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset

    def coverage(self) -> Coverage:
        """Return what the cluster can vouch for, and the outages it wrote down; see `coverage_of`.

        What only the other side shows is not in it: `compare` finds that.

        Raises
        ------
        DatasetError
            If it is not from one cluster, or not whole any more.
        """
        return coverage_of(self._dataset)

    def compare(
        self, secondary: xr.Dataset, known: Segments | None = None, *, min_gap: float | None = None
    ) -> Comparison:
        """Compare these samples, as the primary's, with those of the secondary; see `archredundancy.compare`.

        Raises
        ------
        DatasetError
            If one is not as `cluster.load` gives it, or not whole any more, or they have no time in common.
        """
        return compare(self._dataset, secondary, known, min_gap=min_gap)


@xr.register_datatree_accessor("redundancy")  # type: ignore[no-untyped-call]
class TreeRedundancy:
    """What a loaded tree tells.

    Parameters
    ----------
    tree : xarray.DataTree
        As `pair.load` gives it, or one child of it.
    """

    def __init__(self, tree: xr.DataTree) -> None:
        self._tree = tree

    def compare(self, *, min_gap: float | None = None) -> Comparison:
        """Return what `pair.compare` did when the tree was loaded.

        Parameters
        ----------
        min_gap : float, seconds, optional
            Shorter silences with missed samples count as dropouts; by default five usual steps of the union.

        Raises
        ------
        DatasetError
            If something is absent, or not whole any more.

        Examples
        --------
        >>> import archredundancy as ar
        >>> import archredundancy.accessors
        >>> with ar.demo_pair() as pair:
        ...     tree = pair.load("DEMO:VALVE", "2026-05-20", "2026-05-30")
        >>> tree.redundancy.compare().summary.primary.samples_to_gain
        12
        """
        return compare_tree(self._tree, min_gap=min_gap)

    def coverage(self, cluster: str | None = None) -> Coverage:
        """Return the coverage of one side.

        Parameters
        ----------
        cluster : {"primary", "secondary"}, optional
            For a whole tree: that side, with what the other one shows. A child that holds the samples of one cluster
            needs none, and tells by itself; see `coverage_of`.

        Raises
        ------
        DatasetError
            If there is no such side, or it is not whole any more.
        """
        if not self._tree.children and cluster is None:
            return coverage_of(self._tree.to_dataset())
        comparison = compare_tree(self._tree)
        sides = {side.cluster: side for side in (comparison.primary, comparison.secondary)}
        if cluster not in sides:
            raise DatasetError(f"the tree has no cluster {cluster!r}; give one of {', '.join(sides)}")
        return sides[cluster]
