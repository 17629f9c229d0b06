"""Ports of this host that nobody else gets while an appliance is away."""

from __future__ import annotations

import socket

__all__ = ["hold_port"]


def hold_port(port: int = 0) -> socket.socket:
    """Return a socket that is bound but does not listen: it keeps others away from its port, but not an appliance.

    Parameters
    ----------
    port : int
        0 for one that is free.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", port))
    return held
