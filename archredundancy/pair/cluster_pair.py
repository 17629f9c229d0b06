"""`ClusterPair`: both clusters, opened and closed; what it can do is in the classes that it is made of."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from archredundancy.commit import RunSettings
from archredundancy.pair.cluster import Cluster
from archredundancy.pair.connecting import SideConnector, refuse_one_cluster
from archredundancy.pair.pair_comparisons import PairComparisons
from archredundancy.pair.pair_merges import PairMerges
from archredundancy.pair.pair_samples import PairSamples
from archredundancy.pair.union_values import UnionValues
from archredundancy.site import ClusterSettings, PairSettings

__all__ = ["ClusterPair"]


class ClusterPair(PairSamples, PairComparisons, UnionValues, PairMerges):
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
        refuse_one_cluster(primary, secondary)
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
            sides = SideConnector(self._closing, clock=self.clock, timezone=timezone, parallelism=parallelism)
            self.primary, self.secondary = sides.connect_both(primary, secondary)
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
