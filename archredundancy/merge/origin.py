"""`Origin`: which side a sample of the union comes from."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Origin"]


class Origin(IntEnum):
    """Which side has a sample of the union; the primary's is the one that is kept where both do.

    Examples
    --------
    >>> Origin(3).name
    'BOTH_DIFFER'
    """

    #: Only the primary has it.
    PRIMARY = 0
    #: Only the secondary has it: a merge gains it.
    SECONDARY = 1
    #: Both have it, with the same value, severity and status: a duplicate.
    BOTH_EQUAL = 2
    #: Both have a sample at this instant, and value, severity or status differ: a conflict.
    BOTH_DIFFER = 3
