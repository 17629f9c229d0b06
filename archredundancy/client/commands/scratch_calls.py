"""`ScratchCommitter`: calls that make and delete PVs; only for scratch PVs, by their names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from archredundancy.client.commands.command_reply import CommandReply, says_ok
from archredundancy.client.commands.committer import Record, single_name
from archredundancy.client.commands.store_calls import StoreCommitter
from archredundancy.client.http.transport import CommandTransport
from archredundancy.errors import InputError

__all__ = ["PREFIX", "ScratchCommitter", "scratch_prefix"]

#: What names of scratch PVs begin with, where a site does not want another word.
PREFIX = "ARCHREDUNDANCY"
#: What all names of one trial begin with; no other PV is ever made or deleted.
_SCRATCH = re.compile(r"[\w.-]+(:[\w.-]+)*:SCRATCH:[0-9a-f]{8}:", re.ASCII)


def scratch_prefix(prefix: str, token: str) -> str:
    """Return what all names of one trial begin with.

    Parameters
    ----------
    prefix : str
        Letters, digits and `_`, `.`, `-`, also several words with `:` between them.
    token : str
        Eight hexadecimal digits that no other trial has.

    Raises
    ------
    InputError
        If it would not do.

    Examples
    --------
    >>> scratch_prefix("TEST", "1a2b3c4d")
    'TEST:SCRATCH:1a2b3c4d:'
    """
    whole = f"{prefix}:SCRATCH:{token}:"
    if not _SCRATCH.fullmatch(whole):
        raise InputError(
            f"names of scratch PVs cannot begin with {prefix!r}; allowed are letters, digits, '_', '.' and '-', and "
            "':' between words"
        )
    return whole


class ScratchCommitter(StoreCommitter):
    """Makes and deletes scratch PVs; parameters and errors are those of `Committer`.

    Parameters
    ----------
    management_url : str
        Of the member that owns, or shall own, the PVs.
    transport : CommandTransport
    record : Record
    timeout : float, seconds
    prefix : str
        What their names begin with, as `scratch_prefix` gives it; every other name is refused.
    """

    def __init__(
        self, management_url: str, transport: CommandTransport, record: Record, *, timeout: float = 60.0, prefix: str
    ) -> None:
        if not _SCRATCH.fullmatch(prefix):
            raise InputError(f"scratch PVs begin as 'ARCHREDUNDANCY:SCRATCH:1a2b3c4d:' does; got {prefix!r}")
        super().__init__(management_url, transport, record, timeout=timeout)
        self._prefix = prefix

    def create_pv(self, pv: str, info: Mapping[str, Any]) -> CommandReply:
        """Make a PV, which starts paused (`putPVTypeInfo` with `createnew`).

        Parameters
        ----------
        pv : str
        info : mapping
            Its PVTypeInfo; `applianceIdentity` is to be that of the member asked.

        Raises
        ------
        InputError
            If it is no scratch PV.
        """
        params = [("pv", self._scratch(pv)), ("override", "true"), ("createnew", "true")]
        body = json.dumps(info).encode()
        return self._send("putPVTypeInfo", params, pv, lambda found: found.get("pvName") == pv, self._timeout, body)

    def delete_pv(self, pv: str) -> CommandReply:
        """Forget a paused PV and delete its files (`deletePV` with `deleteData`).

        Files of post-processors and temporary ones of a merge stay.

        Raises
        ------
        InputError
            If it is no scratch PV.
        """
        params = [("pv", self._scratch(pv)), ("deleteData", "true")]
        return self._send("deletePV", params, pv, says_ok, self._timeout)

    def _scratch(self, pv: str) -> str:
        if not pv.startswith(self._prefix):
            raise InputError(f"{pv!r} is not made or deleted: it is no scratch PV, which begins with {self._prefix!r}")
        return single_name(pv)
