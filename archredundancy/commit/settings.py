"""What the process of a run is told: where the clusters are, and how long to wait for what."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from archredundancy.client.http.urls import without_userinfo
from archredundancy.errors import CommitError, InputError, SiteError
from archredundancy.site import ClusterSettings, MemberUrls, PairSettings, WaitSettings, load_site

__all__ = ["PairUrls", "RunSettings"]


@dataclass(frozen=True, kw_only=True)
class PairUrls:
    """Where both clusters can be asked, for a process that has nothing else.

    Attributes
    ----------
    primary, secondary : str
        As `ClusterPair` takes them, but without user information: a run folder holds no secrets.
    fixed_now : int or None, ns since 1970 UTC
        What the clusters take for the present, if their clock stands still, as that of the embedded pair may.
    site_file : str or None
        Where to read how the clusters are asked: it is read anew, since headers are not to be copied.
    pair : str or None
        Name of the pair in the site file.
    clusters : mapping of str to mapping, or None
        How both are asked by the site file as it was, for the case that it is gone when the run has to be recovered;
        None where that takes headers, since a run folder holds no secrets.
    """

    primary: str
    secondary: str
    fixed_now: int | None = None
    site_file: str | None = None
    pair: str | None = None
    clusters: Mapping[str, Any] | None = None

    @classmethod
    def from_settings(cls, settings: PairSettings, fixed_now: int | None = None) -> PairUrls:
        """Return what leads back to the settings of a site file."""
        return cls(
            primary=settings.primary.url,
            secondary=settings.secondary.url,
            fixed_now=fixed_now,
            site_file=str(settings.source),
            pair=settings.name,
            clusters=_without_headers(settings),
        )

    def moved_to(self, primary: str) -> PairUrls:
        """Return where the clusters can be asked now that the primary has another URL.

        Raises
        ------
        InputError
            If the URL holds a secret.
        SiteError
            If the site file cannot be used.
        CommitError
            If the site file says something else of the pair.
        """
        if self.site_file is None:
            return replace(self, primary=primary)
        settings = load_site(Path(self.site_file)).pair(self.pair)
        meant = (settings.primary.url, settings.secondary.url)
        if meant != (primary, self.secondary):
            raise CommitError(
                f"{self.site_file} says {' and '.join(meant)} of the pair {settings.name!r}, not {primary} and "
                f"{self.secondary}; put the new URL there first, and give it as it is written there"
            )
        return type(self).from_settings(settings, self.fixed_now)

    def __post_init__(self) -> None:
        """Refuse URLs with secrets in them.

        Raises
        ------
        InputError
            If there are any.
        """
        for url in (self.primary, self.secondary):
            if without_userinfo(url) != url:
                raise InputError(
                    f"{without_userinfo(url)} was given with a user name or password; a run folder holds no secrets, "
                    "so give a URL that needs none"
                )

    def site_settings(self, note: Callable[[str], object] | None = None) -> PairSettings | None:
        """Return what the site file says of the pair now; None for a pair that is not from a site file.

        Parameters
        ----------
        note : callable, optional
            Told if the file cannot be used, or means other clusters by now, and the clusters are asked as when the run
            was begun instead. Without it, or where headers are needed, that is an error.

        Raises
        ------
        SiteError
            If the file cannot be used.
        CommitError
            If it means other clusters by now.
        """
        if self.site_file is None:
            return None
        try:
            return self._read_site(Path(self.site_file))
        except (SiteError, CommitError) as error:
            if note is None or self.clusters is None:
                raise
            note(
                f"{error}. No headers are needed, so the clusters are asked as when the run was begun: {self.primary} "
                f"and {self.secondary}"
            )
            primary, secondary = (_cluster_of(self.clusters[side]) for side in ("primary", "secondary"))
            return PairSettings(name=self.pair or "", source=Path(self.site_file), primary=primary, secondary=secondary)

    def _read_site(self, file: Path) -> PairSettings:
        settings = load_site(file).pair(self.pair)
        meant = (settings.primary.url, settings.secondary.url)
        if meant != (self.primary, self.secondary):
            raise CommitError(
                f"the run is about {self.primary} and {self.secondary}, but {self.site_file} now says "
                f"{' and '.join(meant)} of the pair {settings.name!r}; if only the URL of the same primary is another "
                "one, `archredundancy recover RUN --primary-moved URL`; else change the URLs in the run's run.json"
            )
        return settings

    def now(self) -> int:
        """Return what the clusters take for the present, ns since 1970 UTC."""
        return time.time_ns() if self.fixed_now is None else self.fixed_now


@dataclass(frozen=True, kw_only=True)
class RunSettings(WaitSettings):
    """How the primary reaches the relay, and how long to wait for what.

    Attributes
    ----------
    interface : str
        Address of this host on which the relay is served, and to which the primary can connect.
    relay_port : int
        Port of the relay; 0 for one that is free.
    relay_url : str
        What the primary has to ask instead of interface and port, where something lies between.
    poll : float, seconds
        Between two looks at most; at first they follow each other sooner.
    """

    interface: str = "127.0.0.1"
    relay_port: int = 0
    relay_url: str = ""
    poll: float = 1.0

    @classmethod
    def from_settings(cls, settings: PairSettings) -> RunSettings:
        """Return what a site file says about commits."""
        relay = settings.relay
        return cls(
            interface=relay.interface, relay_port=relay.port, relay_url=relay.url or "", **asdict(settings.waits)
        )


def _without_headers(settings: PairSettings) -> dict[str, Any] | None:
    """Return how both clusters are asked, as JSON holds it; None if headers are needed."""
    clusters = {"primary": settings.primary, "secondary": settings.secondary}
    if any(cluster.headers for cluster in clusters.values()):
        return None
    return {
        name: {
            **{field: getattr(cluster, field) for field in _PLAIN},
            "members": {member: asdict(urls) for member, urls in cluster.members.items()},
            "ca_file": None if cluster.ca_file is None else str(cluster.ca_file),
        }
        for name, cluster in clusters.items()
    }


def _cluster_of(data: Mapping[str, Any]) -> ClusterSettings:
    members = {member: MemberUrls(**urls) for member, urls in data["members"].items()}
    ca_file = None if data["ca_file"] is None else Path(data["ca_file"])
    return ClusterSettings(**{field: data[field] for field in _PLAIN}, members=members, ca_file=ca_file)


_PLAIN = ("management", "retrieval", "seen_by_primary", "timeout", "connect_timeout")
