"""Both sides of a pair, connected, as far as they answer."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import ExitStack

from archredundancy.client import AwayReader, HttpTransport, base_of, open_transport
from archredundancy.errors import ConnectionFailed, InputError, NotReadyError
from archredundancy.pair.cluster import Cluster
from archredundancy.site import ClusterSettings

__all__ = ["SideConnector", "refuse_one_cluster"]


class SideConnector:
    """Connects the sides of a pair. What it opens for them is closed with `closing`.

    Parameters
    ----------
    closing : ExitStack
    clock : callable
        Gives the present, ns since 1970 UTC.
    timezone : str
        IANA name of the zone of times written without one.
    parallelism : int
        Most connections to one cluster at a time.
    """

    def __init__(self, closing: ExitStack, *, clock: Callable[[], int], timezone: str, parallelism: int) -> None:
        self._closing = closing
        self._clock = clock
        self._timezone = timezone
        self._parallelism = parallelism
        self._transport = closing.enter_context(HttpTransport(connections=2 * parallelism))

    def connect_both(
        self, primary: str | Cluster | ClusterSettings, secondary: str | Cluster | ClusterSettings
    ) -> tuple[Cluster, Cluster]:
        """Return both clusters; one that does not answer must not keep people from reading the other one.

        Parameters
        ----------
        primary, secondary : str, Cluster or ClusterSettings
            As `ClusterPair` takes them.

        Raises
        ------
        ConnectionFailed, NotReadyError
            If neither answers. Where one does, there is a warning.
        InputError
            If something else answers there.
        """
        found = self._present_or_away(primary, "primary"), self._present_or_away(secondary, "secondary")
        reasons = [reader.error for side in found for reader in side.readers.values() if isinstance(reader, AwayReader)]
        if len(reasons) == len(found):
            raise reasons[0]
        for reason in reasons:
            warnings.warn(f"only one cluster of the pair can be read: {reason}", stacklevel=4)
        return found

    def _present_or_away(self, where: str | Cluster | ClusterSettings, name: str) -> Cluster:
        try:
            return self._present(where, name)
        except (ConnectionFailed, NotReadyError) as error:
            url = where if isinstance(where, str) else where.url
            readers = {"": AwayReader(name, error)}
            return Cluster(name, readers, clock=self._clock, timezone=self._timezone, url=url)

    def _present(self, where: str | Cluster | ClusterSettings, name: str) -> Cluster:
        if isinstance(where, Cluster):
            return Cluster(
                name,
                where.readers,
                where.management,
                clock=self._clock,
                timezone=self._timezone,
                url=where.url,
                retention=where.retention,
            )
        transport = self._transport
        if isinstance(where, ClusterSettings):
            transport = self._closing.enter_context(open_transport(where, self._parallelism))
        return Cluster.connect(where, transport, name, clock=self._clock, timezone=self._timezone)


def refuse_one_cluster(primary: object, secondary: object) -> None:
    """Refuse a pair that would compare a cluster with itself, and find that nothing is missing.

    Parameters
    ----------
    primary, secondary : object
        What is no URL is not looked at.

    Raises
    ------
    InputError
        If both are URLs with one base.

    Examples
    --------
    >>> refuse_one_cluster("http://host:17665", "http://host:17665/mgmt/bpl")
    Traceback (most recent call last):
        ...
    archredundancy.errors.InputError: primary and secondary are both http://host:17665; give the URL of the spare ...
    """
    if isinstance(primary, str) and isinstance(secondary, str) and base_of(primary) == base_of(secondary):
        raise InputError(f"primary and secondary are both {base_of(primary)}; give the URL of the spare as secondary")
