"""Which other appliance is merged into answers (`DefaultConfigService.initializeFailoverServerCache`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from urllib.parse import parse_qsl, urlsplit

from archredundancy.appliance.java.text import hash_order
from archredundancy.appliance.remote.partner import fetch_json
from archredundancy.model import NS_PER_SECOND

__all__ = ["PBRAW", "FailoverServers", "base_url", "says_it_archives"]

#: Kind of external servers that are archiver appliances.
PBRAW = "pbraw"

_REMEMBERED = 86400 * NS_PER_SECOND


def base_url(server: str) -> str:
    """Return the URL of an external server without what comes after a `?`.

    Examples
    --------
    >>> base_url("http://host/retrieval?mergeDuringRetrieval=true")
    'http://host/retrieval'
    """
    return server.split("?", maxsplit=1)[0]


def says_it_archives(retrieval_url: str, pv: str) -> bool:
    """Whether another appliance says that it archives a PV, whose name goes into the URL as it is given here."""
    said = fetch_json(f"{retrieval_url}/bpl/areWeArchivingPV?pv={pv}")
    return isinstance(said, dict) and str(said.get("status")).lower() == "true"


class FailoverServers:
    """The external servers that are merged, as they were when they were last looked up, and which PVs they archive.

    What a server says of a PV holds for a day, and **so does a failure to ask it**, as "does not archive this PV"
    (`appliance.md` K, c5).

    Parameters
    ----------
    look_up : callable
        Gives kinds of external servers by URL; called at once and by `reset`.
    clock : callable
        Gives the present, ns since 1970 UTC.
    """

    def __init__(self, look_up: Callable[[], Mapping[str, str]], clock: Callable[[], int]) -> None:
        self._look_up = look_up
        self._clock = clock
        self._lock = Lock()
        self.reset()

    def reset(self) -> None:
        """Look servers up anew and forget what they said."""
        merging = [url for url, kind in self._look_up().items() if kind == PBRAW and _is_merging(url)]
        with self._lock:
            self._servers = hash_order(merging)
            self._answers: dict[tuple[str, str], tuple[bool, int]] = {}

    def server_of(self, pv: str) -> str | None:
        """Return the base URL of the first server that archives a PV; None if there is none.

        Cost: a request to each server that did not answer within a day.
        """
        with self._lock:
            servers = list(self._servers)
        return next((base_url(server) for server in servers if self._archives(server, pv)), None)

    def _archives(self, server: str, pv: str) -> bool:
        now = self._clock()
        with self._lock:
            answer, until = self._answers.get((server, pv), (False, now))
        if now >= until:
            # The name is not encoded, so names with { } # are never proxied (`appliance.md` C.2).
            answer = says_it_archives(base_url(server), pv)
            with self._lock:
                self._answers[server, pv] = (answer, now + _REMEMBERED)
        return answer


def _is_merging(server: str) -> bool:
    """Whether a URL has the key `mergeDuringRetrieval`; any value of it counts, even `false`."""
    return any(key == "mergeDuringRetrieval" for key, _ in parse_qsl(urlsplit(server).query, keep_blank_values=True))
