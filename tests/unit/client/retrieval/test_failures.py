"""Errors to kinds of failure."""

import pytest

from archredundancy.client.retrieval.failures import failure_kind
from archredundancy.errors import (
    ConnectionFailed,
    InputError,
    LengthError,
    NotReadyError,
    ReadTimeout,
    ReplyError,
    StoreError,
    UnknownPVError,
    WireError,
)
from archredundancy.model import FailureKind


class OwnReplyError(ReplyError):
    """A kind of reply that the table does not name."""


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionFailed("x", url="u"), FailureKind.UNREACHABLE),
        (ReadTimeout("x", url="u"), FailureKind.TIMEOUT),
        (LengthError("x", url="u"), FailureKind.CUT_SHORT),
        (ReplyError("x", url="u", status=500), FailureKind.REPLY),
        (UnknownPVError("x", pv="p", url="u"), FailureKind.UNKNOWN_PV),
        (NotReadyError("x", url="u", status=503), FailureKind.NOT_READY),
        (StoreError("x", path="p"), FailureKind.UNREACHABLE),
        (WireError("x", offset=0), FailureKind.DAMAGED),
        (OwnReplyError("x", url="u", status=200), FailureKind.REPLY),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_of_a_cluster_has_a_kind(error, kind):
    """By its class, or the nearest one above it."""
    assert failure_kind(error) is kind


def test_an_error_of_the_caller_stays_an_error():
    """It says nothing about any cluster."""
    with pytest.raises(InputError, match="mine"):
        failure_kind(InputError("mine"))
