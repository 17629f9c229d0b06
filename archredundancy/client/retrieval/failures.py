"""Which kind of failure of a range each error is."""

from __future__ import annotations

from archredundancy.errors import (
    ArchRedundancyError,
    ConnectionFailed,
    LengthError,
    NotReadyError,
    ReadTimeout,
    ReplyError,
    StoreError,
    UnknownPVError,
    WireError,
)
from archredundancy.model import FailureKind

__all__ = ["FAILURE_KINDS", "failure_kind"]

#: The nearest class of an error counts.
FAILURE_KINDS: dict[type[ArchRedundancyError], FailureKind] = {
    ConnectionFailed: FailureKind.UNREACHABLE,
    ReadTimeout: FailureKind.TIMEOUT,
    LengthError: FailureKind.CUT_SHORT,
    ReplyError: FailureKind.REPLY,
    UnknownPVError: FailureKind.UNKNOWN_PV,
    NotReadyError: FailureKind.NOT_READY,
    StoreError: FailureKind.UNREACHABLE,
    WireError: FailureKind.DAMAGED,
}


def failure_kind(error: ArchRedundancyError) -> FailureKind:
    """Return what an error means for the range that was asked for.

    Raises
    ------
    ArchRedundancyError
        The error itself, if no answer but the caller is at fault.

    Examples
    --------
    >>> failure_kind(ReadTimeout("silent", url="http://host"))
    <FailureKind.TIMEOUT: 'timeout'>
    """
    for cls in type(error).__mro__:
        if cls in FAILURE_KINDS:
            return FAILURE_KINDS[cls]
    raise error
