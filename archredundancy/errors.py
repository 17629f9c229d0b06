"""Every error this package raises on purpose.

::

    ArchRedundancyError
    ├── InputError              what the caller passed cannot be used (also a ValueError)
    │   ├── DatasetError        a Dataset does not keep the contract of `archredundancy.model`
    │   └── SiteError           the site file cannot be found or used, or does not name the pair
    ├── WireError               bytes that are not the PB format, with the offset where they stop being it
    ├── ConnectionFailed        no answer: refused, unknown host, broken off (also an OSError)
    │   ├── LengthError         more came than the answer had promised
    │   └── ReadTimeout         the other end stayed silent for too long
    ├── ReplyError              an answer, but not a useful one, with its HTTP status
    │   ├── UnknownPVError      the cluster does not know the PV (404)
    │   └── NotReadyError       the appliance is starting (503)
    ├── TooLargeError           more than the memory that was given for it
    ├── StoreError              a folder or file of a store cannot be used
    ├── SavedFileError          a file of `archredundancy.save` cannot be written or read (also an OSError)
    ├── MissingLibraryError     an optional library is not installed (also an ImportError)
    └── CommitError             a change was not made, or not made as planned
        ├── ApprovalError       the plan may not be committed: refused, not approved by typed text, or committed before
        ├── OtherPairError      the plan is of other clusters than those it is to be committed to
        ├── StalePlanError      the clusters no longer hold what the plan was made from
        ├── LockedError         another run has the PV, or its process is still alive
        ├── RefusedError        the appliance answered, and did not do what it was told
        ├── StillRunningError   nobody knows whether the appliance has ended what it was told to do
        └── VerificationError   what should be proven could not be proven

Each class has a stable `kind`, a word that programs may compare and that appears in journals and JSON. The message
says what happened, with which value, what is allowed, and what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

__all__ = [
    "ApprovalError",
    "ArchRedundancyError",
    "CommitError",
    "ConnectionFailed",
    "DatasetError",
    "InputError",
    "LengthError",
    "LockedError",
    "MissingLibraryError",
    "NotReadyError",
    "OtherPairError",
    "ReadTimeout",
    "RefusedError",
    "ReplyError",
    "SavedFileError",
    "SiteError",
    "StalePlanError",
    "StillRunningError",
    "StoreError",
    "TooLargeError",
    "UnknownPVError",
    "VerificationError",
    "WireError",
]


class ArchRedundancyError(Exception):
    """Root of all errors of this package.

    Parameters
    ----------
    message : str
        What happened, with which value, what is allowed, what to do next.
    """

    kind: ClassVar[str] = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InputError(ArchRedundancyError, ValueError):
    """An argument that cannot be used; the message names it and what is allowed."""

    kind = "input"


class DatasetError(InputError):
    """A Dataset that lacks what the contract of `archredundancy.model` promises."""

    kind = "dataset"


class SiteError(InputError):
    """A site file that cannot be found or used, or that does not name the pair.

    Parameters
    ----------
    message : str
        What is wrong, with which key, what is allowed.
    path : str
        The site file; empty where there is none.
    line : int, optional
        Where in the file, counted from 1.
    key : str
        What it is about, such as `pairs.sr.primary.managment`; empty where it is about the whole file.
    """

    kind = "site"

    def __init__(self, message: str, *, path: str = "", line: int | None = None, key: str = "") -> None:
        where = ", ".join(filter(None, [path, "" if line is None else f"line {line}"]))
        super().__init__(f"{where}: {message}" if where else message)
        self.path = path
        self.line = line
        self.key = key


class WireError(ArchRedundancyError):
    """Bytes that are not the archiver's PB format.

    Parameters
    ----------
    message : str
        What is wrong with them.
    offset : int
        Position, in bytes from the start of the input, of the line that cannot be read.
    """

    kind = "wire"

    def __init__(self, message: str, *, offset: int) -> None:
        super().__init__(f"{message} (at byte {offset})")
        self.offset = offset


class ConnectionFailed(ArchRedundancyError, OSError):
    """No whole answer came: refused, unknown host, or broken off midway.

    Parameters
    ----------
    message : str
        What happened.
    url : str
        What was asked, without user information.
    sent : bool
        Whether the request may have reached the other end; False only where there never was a connection.
    """

    kind = "connection"

    def __init__(self, message: str, *, url: str, sent: bool = True) -> None:
        super().__init__(message)
        self.url = url
        self.sent = sent

    def __str__(self) -> str:
        return self.message


class ReadTimeout(ConnectionFailed):
    """The other end stayed silent for longer than the time-out."""

    kind = "timeout"


class LengthError(ConnectionFailed):
    """More bytes came than the answer's Content-Length had promised: nobody knows where it ends."""

    kind = "length"


class ReplyError(ArchRedundancyError):
    """An answer came, but not one that can be used.

    Parameters
    ----------
    message : str
        What is wrong with it.
    url : str
        What was asked.
    status : int
        HTTP status of the answer; 200 when the body is at fault.
    """

    kind = "reply"

    def __init__(self, message: str, *, url: str, status: int) -> None:
        super().__init__(message)
        self.url = url
        self.status = status


class UnknownPVError(ReplyError):
    """The cluster does not know the PV.

    Parameters
    ----------
    message : str
        What is wrong.
    pv : str
        The name that was asked for.
    url : str
        What was asked.
    status : int
        HTTP status, 404 as a rule.
    """

    kind = "unknown-pv"

    def __init__(self, message: str, *, pv: str, url: str, status: int = 404) -> None:
        super().__init__(message, url=url, status=status)
        self.pv = pv


class NotReadyError(ReplyError):
    """The appliance is starting and asks to be asked later (503)."""

    kind = "not-ready"


class TooLargeError(ArchRedundancyError):
    """An answer takes more than the memory that was given for it; a shorter range, or more memory, helps."""

    kind = "too-large"


class StoreError(ArchRedundancyError):
    """A folder or file of PB data that cannot be used.

    Parameters
    ----------
    message : str
        What is wrong.
    path : str
        The folder or file.
    """

    kind = "store"

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(message)
        self.path = path


class SavedFileError(ArchRedundancyError, OSError):
    """A file that cannot be written where it should be, or that is none of ours, or no longer whole.

    Parameters
    ----------
    message : str
        What is wrong.
    path : str
        The file or folder.
    """

    kind = "saved-file"

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(message)
        self.path = path

    def __str__(self) -> str:
        return self.message


class MissingLibraryError(ArchRedundancyError, ImportError):
    """An optional library that is not installed; the message tells the command that installs it."""

    kind = "missing-library"


class CommitError(ArchRedundancyError):
    """A change that was not made, or not made as planned; the message says in which state it leaves the PV."""

    kind = "commit"


class ApprovalError(CommitError):
    """A plan that may not be committed: it refuses, was not approved by typed text, or has been committed before."""

    kind = "approval"


class OtherPairError(CommitError):
    """A plan is of other clusters than those it is to be committed to."""

    kind = "other-pair"


class StalePlanError(CommitError):
    """The clusters no longer hold what the plan was made from.

    Parameters
    ----------
    message : str
        What happened.
    differences : sequence of str
        A line for each difference between the plan and what was seen now.
    """

    kind = "stale-plan"

    def __init__(self, message: str, *, differences: Sequence[str]) -> None:
        super().__init__("\n".join([message, *(f"  {line}" for line in differences)]))
        self.differences = tuple(differences)


class LockedError(CommitError):
    """Another run has the PV, or the run's own process is still alive.

    Parameters
    ----------
    message : str
        Who has it, and since when.
    path : str
        The lock file.
    """

    kind = "locked"

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(message)
        self.path = path


class RefusedError(CommitError):
    """The appliance answered, and did not do what it was told.

    Parameters
    ----------
    message : str
        What was asked, and what it said.
    pv : str
    call : str
        Such as `pauseArchivingPV`.
    validation : str
        Its reason; empty if it gave none.
    """

    kind = "refused"

    def __init__(self, message: str, *, pv: str, call: str, validation: str = "") -> None:
        super().__init__(message)
        self.pv = pv
        self.call = call
        self.validation = validation


class StillRunningError(CommitError):
    """No answer that can be relied upon: the appliance may still be at work on the PV, or may never have begun.

    Parameters
    ----------
    message : str
        What was asked, and what came instead of an answer.
    pv : str
    call : str
        Such as `mergeInData`.
    """

    kind = "still-running"

    def __init__(self, message: str, *, pv: str, call: str) -> None:
        super().__init__(message)
        self.pv = pv
        self.call = call


class VerificationError(CommitError):
    """What should be proven could not be proven: a backup differs from the original, or samples are missing.

    Parameters
    ----------
    message : str
        What was compared, and how it differs.
    pv : str
    """

    kind = "verification"

    def __init__(self, message: str, *, pv: str) -> None:
        super().__init__(message)
        self.pv = pv
