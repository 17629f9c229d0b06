"""Whether the primary reaches a server on this host, before anything is planned."""

from __future__ import annotations

from typing import Any

from archredundancy.client import Committer
from archredundancy.commit.settings import PairUrls, RunSettings
from archredundancy.commit.sides import open_sides
from archredundancy.errors import ArchRedundancyError

__all__ = ["is_relay_reached"]


class _Unrecorded:
    """Record of a call that stores nothing."""

    def intent(self, call: str, **facts: Any) -> None:
        """Write nothing."""

    def outcome(self, call: str, **facts: Any) -> None:
        """Write nothing."""


def is_relay_reached(urls: PairUrls, settings: RunSettings) -> bool | None:
    """Return whether the primary reaches a relay on this host; None where that could not be tried.

    Parameters
    ----------
    urls : PairUrls
    settings : RunSettings
        Interface and port of the relay.

    Notes
    -----
    The primary is asked to look for a server without samples (`addExternalArchiverServer`, which stores nothing).
    Cost: a server that lives for the time of one small request.
    """
    from archredundancy.relay import serve_relay  # loads a web server, which those who only read do not need

    try:
        with (
            open_sides(urls) as (primary, _),
            serve_relay(
                {},
                interface=settings.interface,
                port=settings.relay_port,
                base=settings.relay_url,
                on_request=lambda _request: None,
            ) as relay,
        ):
            committer = Committer(primary.manager.url, primary.transport, _Unrecorded())
            return committer.probe_external_server(relay.url).ok
    except (ArchRedundancyError, OSError):
        return None
