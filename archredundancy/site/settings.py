"""What a site file says, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from archredundancy.errors import InputError, SiteError
from archredundancy.model import Retention

__all__ = ["ClusterSettings", "HeaderValue", "MemberUrls", "PairSettings", "RelaySettings", "Site", "WaitSettings"]


@dataclass(frozen=True, kw_only=True)
class HeaderValue:
    """What a header is sent with; `repr` shows where it comes from, never what it is.

    Attributes
    ----------
    literal : str or None
        As written in the site file.
    variable : str or None
        Name of the environment variable that holds it.

    Examples
    --------
    >>> HeaderValue(literal="secret")
    HeaderValue(variable=None)
    """

    literal: str | None = field(default=None, repr=False)
    variable: str | None = None

    def reveal(self, environ: Mapping[str, str]) -> str:
        """Return the text to be sent.

        Raises
        ------
        InputError
            If the environment variable is not set, or no header can hold what it holds.
        """
        if self.variable is None:
            return self.literal or ""
        value = environ.get(self.variable)
        if value is None:
            raise InputError(
                f"the site file takes a header from the environment variable {self.variable}, which is not set; set it"
            )
        if not (value.isascii() and value.isprintable()):
            raise InputError(
                f"the environment variable {self.variable} holds what no header can: allowed are printable ASCII "
                "characters, without a line break"
            )
        return value


@dataclass(frozen=True, kw_only=True)
class MemberUrls:
    """Where one member of a cluster is reached.

    Attributes
    ----------
    management, retrieval : str or None
        From here.
    seen_by_primary : str or None
        Its retrieval, from the primary; only of the secondary's members.
    """

    management: str | None = None
    retrieval: str | None = None
    seen_by_primary: str | None = None


@dataclass(frozen=True, kw_only=True)
class ClusterSettings:
    """How one cluster is asked.

    Attributes
    ----------
    management, retrieval : str or None
        Where it is reached from here, a reverse proxy's path included.
    seen_by_primary : str or None
        Its retrieval, from the primary; only of the secondary.
    members : mapping of str to MemberUrls
        By identity, where what the members tell of themselves cannot be reached from here.
    headers : mapping of str to HeaderValue
        Sent with every request to it.
    ca_file : Path or None
        Certificates to trust instead of the usual ones, PEM.
    timeout : float, seconds
        How long it may stay silent.
    connect_timeout : float, seconds
        How long making a connection may take.
    retention : Retention or None
        How long it is sure to keep samples, whatever its stores say; only of the secondary.
    """

    management: str | None = None
    retrieval: str | None = None
    seen_by_primary: str | None = None
    members: Mapping[str, MemberUrls] = field(default_factory=dict)
    headers: Mapping[str, HeaderValue] = field(default_factory=dict)
    ca_file: Path | None = None
    timeout: float = 60.0
    connect_timeout: float = 10.0
    retention: Retention | None = None

    @property
    def url(self) -> str:
        """The URL that stands for it in texts."""
        return next(self._urls())

    @property
    def has_url(self) -> bool:
        """Whether it can be asked at all."""
        return next(self._urls(), None) is not None

    @property
    def management_urls(self) -> tuple[str, ...]:
        """Where management may be asked, in the order in which it is tried."""
        urls = (self.management, *(member.management for member in self.members.values()))
        return tuple(dict.fromkeys(url for url in urls if url))

    def other_url(self, member: str) -> str | None:
        """Return the URL under which the primary reaches a member's retrieval; None where the file does not say."""
        named = self.members.get(member, MemberUrls())
        return named.seen_by_primary or self.seen_by_primary

    def _urls(self) -> Iterator[str]:
        own = MemberUrls(management=self.management, retrieval=self.retrieval)
        for where in (own, *self.members.values()):
            yield from filter(None, (where.management, where.retrieval))


@dataclass(frozen=True, kw_only=True)
class RelaySettings:
    """How the primary reaches the relay of a commit, which runs on this host.

    Attributes
    ----------
    interface : str
        Address of this host on which it is served.
    port : int
        0 for any that is free.
    url : str or None
        What the primary has to ask instead of interface and port, where something lies between.
    """

    interface: str = "127.0.0.1"
    port: int = 0
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class WaitSettings:
    """How long a commit waits for what; all in seconds. For an answer, until all of it is there.

    Attributes
    ----------
    answer : float
        For answers to calls that should come at once.
    pause : float
        For the status to become `Paused`, and for a consolidation that was not answered to be seen done.
    flush : float
        After that, at most, for the engine to write out what it holds in memory.
    consolidate : float
        For the answer to the consolidation.
    merge : float
        For the answer to the merge.
    patience : float
        For the promised samples to appear, where no answer told that the merge is over.
    resume : float
        For the status to become `Being archived`.
    alive : float
        For a new sample, where the PV is connected.
    """

    answer: float = 60.0
    pause: float = 60.0
    flush: float = 2.0
    consolidate: float = 3600.0
    merge: float = 86400.0
    patience: float = 600.0
    resume: float = 120.0
    alive: float = 10.0


@dataclass(frozen=True, kw_only=True)
class PairSettings:
    """A pair of clusters, as one section of the site file describes it.

    Attributes
    ----------
    name : str
    source : Path
        The site file.
    primary, secondary : ClusterSettings
    relay : RelaySettings
    waits : WaitSettings
    timezone : str
        IANA name of the zone of times written without one.
    run_dir : Path or None
        Folder of runs, locks and backups, shared by all who commit.
    allow_commit : bool
        Whether the pair may be changed.
    parallelism : int
        Most connections to one cluster at a time.
    """

    name: str
    source: Path
    primary: ClusterSettings
    secondary: ClusterSettings
    relay: RelaySettings = RelaySettings()
    waits: WaitSettings = WaitSettings()
    timezone: str = "UTC"
    run_dir: Path | None = None
    allow_commit: bool = False
    parallelism: int = 8


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site file.

    Attributes
    ----------
    path : Path
        Where it is.
    pairs : mapping of str to PairSettings
        By name, in the order of the file.
    """

    path: Path
    pairs: Mapping[str, PairSettings]

    def pair(self, name: str | None = None) -> PairSettings:
        """Return the settings of a pair.

        Parameters
        ----------
        name : str, optional
            Not needed where there is one pair only.

        Raises
        ------
        SiteError
            If there is no such pair, or it is not clear which one is meant.
        """
        if name is None and len(self.pairs) == 1:
            return next(iter(self.pairs.values()))
        if name is not None and name in self.pairs:
            return self.pairs[name]
        names = ", ".join(self.pairs)
        if name is None:
            raise SiteError(f"there are several pairs, so name one: {names}", path=str(self.path))
        raise SiteError(
            f"there is no pair {name!r}{nearest(name, self.pairs)}; there are: {names}",
            path=str(self.path),
            key=f"pairs.{name}",
        )


def nearest(name: str, known: Iterable[str]) -> str:
    """Return words that name what is most like a mistyped name; empty if nothing is.

    Examples
    --------
    >>> nearest("retreival", {"management", "retrieval"})
    ", did you mean 'retrieval'?"
    """
    found = get_close_matches(name, sorted(known), n=1)
    return f", did you mean {found[0]!r}?" if found else ""
