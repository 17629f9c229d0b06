"""How far a server's clock was from the IOC's, where samples prove it."""

from __future__ import annotations

import numpy as np

from archredundancy.coverage.findings.findings import Findings
from archredundancy.coverage.findings.own_samples import LATEST
from archredundancy.model import NS_PER_SECOND, format_time

__all__ = ["clock_note"]

#: A server's seconds are whole, and no clock is exact: less than that is not worth a word, ns.
TOLERATED = 2 * NS_PER_SECOND


def clock_note(findings: Findings) -> str | None:
    """Return how far off a side's server was at its worst, in words; None where nothing proves that it was.

    The server received a sample after the IOC had stamped it, and before the next one. What it then wrote
    (`cnxregainedepsecs`) lies between the two, if its clock is that of the IOC.
    """
    declared = findings.declared
    told = declared.regained > 0
    behind = np.where(told, declared.stamp - declared.regained - NS_PER_SECOND, 0)
    # The difference to a next sample that is not there would not fit into int64.
    bounded = told & (declared.following < LATEST)
    ahead = np.where(bounded, declared.regained - np.where(bounded, declared.following, 0), 0)
    error = np.maximum(behind, ahead)
    if not len(error) or (worst := int(error.max())) <= TOLERATED:
        return None
    row = int(error.argmax())
    direction = "ahead of" if ahead[row] == worst else "behind"
    off = f"{worst / NS_PER_SECOND:.9g} s {direction} that of the IOC at {format_time(int(declared.stamp[row]))}"
    return f"{findings.cluster}: exact times of what its server tells; its clock was at least {off}"
