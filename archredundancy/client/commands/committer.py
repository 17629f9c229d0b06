"""`Committer`: the calls that change something at a cluster; `store_calls` has those for a PV's stores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from archredundancy.client.commands.command_reply import EXCERPT, CommandReply, read_reply, says_ok
from archredundancy.client.http.statuses import require_ok
from archredundancy.client.http.transport import CommandTransport
from archredundancy.client.http.urls import readable_url, without_userinfo
from archredundancy.errors import ArchRedundancyError, ConnectionFailed, InputError, ReplyError, StillRunningError

__all__ = ["MERGE_OVER", "Committer", "Record", "single_name"]

#: Calls that take several names or patterns would change more PVs than the one that is meant.
_SEVERAL = ",*?"
#: With these the appliance itself says that a merge has ended, or never began. Others may come from a proxy between.
MERGE_OVER = frozenset({400, 404, 500, 503})


class Record(Protocol):
    """Where each call is written down, before it is made and after."""

    def intent(self, call: str, **facts: Any) -> None:
        """Write down a call that is about to be made; it is not made if this raises."""

    def outcome(self, call: str, **facts: Any) -> None:
        """Write down what came of it."""


class Committer:
    """Makes calls that change something, each of them recorded.

    Parameters
    ----------
    management_url : str
        Base of the calls, such as ``http://host:17665/mgmt/bpl``.
    transport : CommandTransport
        Sends each call once at most.
    record : Record
        Written to before and after each call.
    timeout : float, seconds
        How long the appliance may stay silent, for calls that should answer at once.

    Notes
    -----
    Every method raises `ConnectionFailed` when no whole answer came, and then nobody knows whether the call was done
    unless its `sent` is False; `ReplyError` at other statuses than 200; `InputError` for names that the calls take to
    mean several PVs. An answer of 200 becomes a `CommandReply`, which says whether it was "ok".
    """

    def __init__(
        self, management_url: str, transport: CommandTransport, record: Record, *, timeout: float = 60.0
    ) -> None:
        self.url = management_url.rstrip("/")
        self._transport = transport
        self._record = record
        self._timeout = timeout

    def __repr__(self) -> str:
        return f"<Committer at {readable_url(self.url)}>"

    def pause(self, pv: str) -> CommandReply:
        """Let the primary stop archiving a PV (`pauseArchivingPV`).

        - "ok" means that the configuration says so; the engine follows later, and writes out what it holds in memory:
          ask for the status until it is `Paused`, and give it some time after that.
        - From here on only the other cluster records the PV.
        - Not "ok" for a PV that is paused already: then somebody else paused it.
        """
        return self._send("pauseArchivingPV", [("pv", single_name(pv))], pv, says_ok, self._timeout)

    def resume(self, pv: str) -> CommandReply:
        """Let the primary archive a PV again (`resumeArchivingPV`).

        "ok" means that the configuration says so; ask for the status until it is `Being archived`. Not "ok" for a PV
        that is not paused.
        """
        return self._send("resumeArchivingPV", [("pv", single_name(pv))], pv, says_ok, self._timeout)

    def consolidate(self, pv: str, storage: str, *, timeout: float | None = None) -> CommandReply:
        """Move all samples of a paused PV from its younger stores into one store (`consolidateDataForPV`).

        - Failures on the way are only logged by the appliance, which answers "ok" all the same; so it does for a black
          hole, where nothing moves. Prove by reading that the younger stores are empty.
        - Samples not later than the newest one of the store they are moved into are dropped, and their files deleted.

        Parameters
        ----------
        pv : str
        storage : str
            Name of the store.
        timeout : float, seconds, optional
            Instead of the committer's own: much may have to be moved.
        """
        params = [("pv", single_name(pv)), ("storage", storage)]
        return self._send("consolidateDataForPV", params, pv, says_ok, self._timeout if timeout is None else timeout)

    def merge_in_data(self, pv: str, other: str, storage: str, *, timeout: float | None = None) -> CommandReply:
        """Merge another appliance's samples into a paused PV's files (`mergeInData`), exactly as the appliance does it.

        What the appliance does not tell, in order of harm:

        - Merged without consolidation, all samples of the younger stores that are older than the newest merged one
          vanish from every answer at once, and the next move between stores deletes them.
        - Of each file that is rewritten the primary's own samples after the start of its last second
          (``hh:59:59.000000000``) are destroyed; the other's are not taken.
        - No file is created: partitions without one stay without, and "ok" is the answer.
        - Types are not compared. If they differ, the files are damaged for good, and "ok" is the answer.
        - `from` and `to` are documented and not read: all files are gone through, whatever is asked.
        - A wrong name of the store, or a black hole: "ok", and nothing is done.
        - A sample from the future becomes the store's newest, and every genuine one after it is rejected.
        - An answer of the other that is cut short or empty in the right place merges less or nothing, with "ok".
        - Files of post-processors beside the PV's own are spoilt or left stale.
        - Every sample of a rewritten file loses `repeatcount`, V4 `userTag`, and `fieldactualchange` if it has no
          fields; the other's samples bring its fields, such as `startup`, along.
        - The name is not encoded in the requests to the other: names with ``+ # % < > , & $ * { } [ ]`` or a space
          fail, or are answered "ok" without anything having been done.
        - A whole partition of the other is held in memory, and a second copy of every rewritten file on the disk.
        - There is no lock, no backup, no undo, and no word of how many samples came.

        Files appear by renaming, after all of them have been written. The appliance reads from the other without a
        time-out and goes on when its client has given up.

        Parameters
        ----------
        pv : str
        other : str
            The other appliance's `data_retrieval_url`, without query: with one, the call fails.
        storage : str
            Name of the primary's store whose files are rewritten.
        timeout : float, seconds, optional
            Instead of the committer's own: a history may take hours.

        Raises
        ------
        StillRunningError
            If no answer came, or none that tells that the merge has ended. A member that passed the call on answers
            ``null`` for whatever happened at the owner of the PV.
        ReplyError
            If the appliance says that it failed; then files are as they were, unless it failed between two renames.
        ConnectionFailed
            If it cannot have received the call.
        InputError
            If the name means several PVs, or `other` has a query.
        """
        if urlsplit(other).query:
            raise InputError(f"other={readable_url(other)!r} has a query; mergeInData takes the plain retrieval URL")
        params = [("pv", single_name(pv)), ("other", other), ("storage", storage)]
        return self._send_long("mergeInData", params, pv, timeout)

    def probe_external_server(self, url: str) -> CommandReply:
        """Let the primary ask another server whether it is there (`addExternalArchiverServer`, which stores nothing).

        Parameters
        ----------
        url : str
            Retrieval URL of the other; the appliance asks for ``<url>/ping`` and wants ``Pong``.
        """
        params = [("externalarchiverserverurl", url), ("externalServerType", "ARCHAPPL_PBRAW")]
        return self._send("addExternalArchiverServer", params, "", _is_connected, self._timeout)

    def _send_long(self, call: str, params: list[tuple[str, str]], pv: str, timeout: float | None) -> CommandReply:
        """Send a call that the appliance goes on with when its client has given up.

        Raises
        ------
        StillRunningError
            If no answer came, or none that tells that it has ended.
        ReplyError
            If the appliance says that it failed.
        ConnectionFailed
            If it cannot have received the call.
        """
        try:
            reply = self._send(call, params, pv, says_ok, self._timeout if timeout is None else timeout)
        except ConnectionFailed as error:
            if not error.sent:
                raise
            raise self._still_running(call, pv, str(error)) from error
        except ReplyError as error:
            if error.status in MERGE_OVER:
                raise
            raise self._still_running(call, pv, str(error)) from error
        if not reply.ok and not reply.validation:
            raise self._still_running(call, pv, f"it answered {reply.raw[:EXCERPT]!r}")
        return reply

    def _send(
        self,
        call: str,
        params: list[tuple[str, str]],
        pv: str,
        is_ok: Callable[[Mapping[str, Any]], bool],
        timeout: float,
        body: bytes | None = None,
    ) -> CommandReply:
        url = f"{self.url}/{call}"
        self._record.intent(call, **{name: _shown(text) for name, text in params})
        try:
            answer = self._transport.command(url, params, timeout=timeout, body=body)
            require_ok(answer.status, answer.body, url, pv)
        except ArchRedundancyError as error:
            status = error.status if isinstance(error, ReplyError) else 0
            sent = not isinstance(error, ConnectionFailed) or error.sent
            self._record.outcome(call, error=error.kind, message=str(error), status=status, sent=sent)
            raise
        reply = read_reply(call, pv, answer, url, is_ok)
        self._record.outcome(call, ok=reply.ok, validation=reply.validation)
        return reply

    def _still_running(self, call: str, pv: str, what: str) -> StillRunningError:
        return StillRunningError(
            f"{call} of {pv} at {without_userinfo(self.url)} may still be running: {what}",
            pv=pv,
            call=call,
        )


def _is_connected(found: Mapping[str, Any]) -> bool:
    return bool(found.get("Connected") == "ok")


def _shown(text: str) -> str:
    """Return a parameter as it may be recorded: of a URL only host and port, since its path may be a secret."""
    return urlsplit(text).netloc.rpartition("@")[2] if "://" in text else text


def single_name(pv: str) -> str:
    """Return the name of one PV.

    Raises
    ------
    InputError
        If it would mean several, or none.
    """
    if not pv or set(pv) & set(_SEVERAL):
        raise InputError(f"{pv!r} cannot be changed: the calls take , * and ? to mean several PVs; give one plain name")
    return pv
