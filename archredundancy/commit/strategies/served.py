"""A relay for one PV, each of whose requests is written into the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archredundancy.commit.steps.context import Context
from archredundancy.model import Samples, format_time

if TYPE_CHECKING:
    from archredundancy.relay import Relay, RelayRequest

__all__ = ["serve"]


def serve(context: Context, samples: Samples) -> Relay:
    """Serve samples of the PV to the primary, and nothing else; a context manager.

    Raises
    ------
    InputError, OSError
        If the interface of the settings cannot be used.
    """
    from archredundancy.relay import serve_relay  # loads a web server, which those who only read do not need

    def note(request: RelayRequest) -> None:
        span = {"start": _text(request.start), "end": _text(request.end)}
        context.journal.write("relay", context.pv, request=request.request, count=request.count, **span)

    settings = context.run.settings
    return serve_relay(
        {context.pv: samples},
        interface=settings.interface,
        port=settings.relay_port,
        base=settings.relay_url,
        on_request=note,
    )


def _text(moment: int | None) -> str | None:
    return None if moment is None else format_time(moment)
