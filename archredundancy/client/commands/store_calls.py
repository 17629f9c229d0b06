"""`StoreCommitter`: calls that change where a PV is stored, or write into its stores; only a rebuild needs them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from archredundancy.client.commands.command_reply import CommandReply, says_ok
from archredundancy.client.commands.committer import Committer, single_name
from archredundancy.client.windows import query_times
from archredundancy.model import TimeRange

__all__ = ["StoreCommitter"]


class StoreCommitter(Committer):
    """A committer that can change a paused PV's stores; parameters and errors are those of `Committer`.

    Its URL must be that of the member that owns the PV: another one imports into its own folders, and says "ok".
    """

    def point_store(self, pv: str, storage: str, url: str) -> CommandReply:
        """Let a store of a paused PV be elsewhere from now on (`modifyStoreURLForPV`); no file is touched.

        - The answer to success is empty. See in the PVTypeInfo whether it was done.
        - A folder that is not there is made when it is needed.
        - While the owner of the PV is down it is done, and undone silently when the owner comes back.

        Parameters
        ----------
        pv : str
        storage : str
            Name of the store.
        url : str
            Its new URL, with the same name.
        """
        params = [("pv", single_name(pv)), ("storage", storage), ("plugin_url", url)]
        return self._send("modifyStoreURLForPV", params, pv, _says_nothing, self._timeout)

    def change_store(self, pv: str, storage: str, url: str, *, timeout: float | None = None) -> CommandReply:
        """Move all files of a store of a paused PV to where a new URL says, and keep that URL (`changeStore`).

        - A failure on the way is only logged: "ok" is the answer, the URL is kept, and samples lie in two places.
        - So it is with a URL that cannot be read; after that the PV cannot even be asked for (`put_type_info` helps).
        - Samples not later than the newest one of the new place are dropped, and their files deleted: it must be empty.
        - Files of post-processors are copied; the old ones stay.

        Parameters
        ----------
        pv : str
        storage : str
            Name of the store.
        url : str
            Its new URL, with the same name.
        timeout : float, seconds, optional
            Instead of the committer's own: much may have to be moved.

        Raises
        ------
        StillRunningError
            If no answer came, or none that tells that it has ended.
        """
        params = [("pv", single_name(pv)), ("storage", storage), ("newbackend", url)]
        return self._send_long("changeStore", params, pv, timeout)

    def import_data(
        self, pv: str, other: str, storage: str, span: TimeRange, *, timeout: float | None = None
    ) -> CommandReply:
        """Append what another server has of a PV to one of its stores (`importDataFromPlugin` from `pbraw`).

        - Samples keep everything, `repeatcount` and the like too, unlike in a merge.
        - Samples not later than the newest one of the store are left out silently, so nothing is filled in between.
        - An other that does not answer, or does not know the PV, gives nothing: "ok".
        - Whether the PV is paused, and whether types fit, is not asked.

        Parameters
        ----------
        pv : str
        other : str
            Retrieval URL of the other server, which must have a path of its own for each purpose: it is not recorded.
        storage : str
            Name of the store.
        span : TimeRange
            Of whole seconds; asked for in one request, both ends included.
        timeout : float, seconds, optional
            Instead of the committer's own: a history may take hours.
        """
        raw = quote(f"{other}/data/getData.raw", safe="")
        source = f"pbraw://localhost?name=O&rawURL={raw}&skipExternalServers=true"
        params = [("pv", single_name(pv)), *query_times(span), ("src", source), ("dest", storage)]
        return self._send("importDataFromPlugin", params, pv, says_ok, self._timeout if timeout is None else timeout)

    def put_type_info(self, pv: str, info: Mapping[str, Any]) -> CommandReply:
        """Replace the PVTypeInfo of a PV (`putPVTypeInfo` with `override`), as one that was saved.

        Parameters
        ----------
        pv : str
        info : mapping
            All of it, as `getPVTypeInfo` gives it; also whether the PV is paused.
        """
        params = [("pv", single_name(pv)), ("override", "true"), ("createnew", "false")]
        body = json.dumps(info).encode()
        return self._send("putPVTypeInfo", params, pv, lambda found: found.get("pvName") == pv, self._timeout, body)


def _says_nothing(found: Mapping[str, Any]) -> bool:
    return not found
