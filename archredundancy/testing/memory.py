"""How much memory a process had at most."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["peak_memory"]


def peak_memory() -> int:
    """Return the most memory, bytes, that this process has had resident; Linux only.

    `resource.getrusage` would tell that of the process that started it, where that was larger.

    Examples
    --------
    >>> peak_memory() > 1 << 20
    True
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024
