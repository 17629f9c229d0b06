"""An appliance's configuration: what its cluster shares in memory, and a sqlite file of its own below its root."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from threading import RLock

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.model import chunk_key

__all__ = ["Configuration", "SharedMaps"]

_TABLES = """
CREATE TABLE IF NOT EXISTS type_info (pv TEXT PRIMARY KEY, info TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS alias (name TEXT PRIMARY KEY, pv TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS external_server (url TEXT PRIMARY KEY, kind TEXT NOT NULL);
"""


class SharedMaps:
    """What the running appliances of a cluster share in memory (the Hazelcast maps of `DefaultConfigService`).

    They are lost when the last of these appliances stops; a PV of an appliance that is down stays in them.
    """

    def __init__(self) -> None:
        self.lock = RLock()
        self.infos: dict[str, PvTypeInfo] = {}
        self.aliases: dict[str, str] = {}
        self.flags: dict[str, bool] = {}
        self.external_servers: dict[str, str] = {}
        self.databases: list[sqlite3.Connection] = []

    def put(self, info: PvTypeInfo) -> None:
        """Keep a type info; every running appliance writes it to its own file, whose PV ever it is (L 0)."""
        self.infos[info.pv] = info
        for database in self.databases:
            database.execute("INSERT OR REPLACE INTO type_info VALUES (?, ?)", (info.pv, json.dumps(info.info)))

    def remove(self, pv: str) -> None:
        """Forget a PV, in every running appliance's file too."""
        self.infos.pop(pv, None)
        for database in self.databases:
            database.execute("DELETE FROM type_info WHERE pv = ?", (pv,))

    def forget(self) -> None:
        """Lose everything that is in no file."""
        self.infos, self.aliases, self.flags, self.external_servers = {}, {}, {}, {}


class Configuration:
    """Type infos, aliases, external servers and named flags, as one appliance of a cluster sees them.

    At its start an appliance reads its own PVs from its file, and what it reads replaces what the others know of them,
    in their files too: changes that were made while it was down are silently undone (`appliance.md` L, 4c). Aliases and
    external servers are only in the file of the appliance that was told. Named flags are in no file, so a restart of
    all loses them (A.5).

    Parameters
    ----------
    path : Path
        The sqlite file; made if absent.
    identity : str
        Of the appliance.
    shared : SharedMaps, optional
        Of its cluster; without it the appliance is alone.
    key_of : callable
        Gives the start of the file names of a PV whose type info does not say it.
    """

    def __init__(
        self,
        path: Path,
        identity: str,
        shared: SharedMaps | None = None,
        key_of: Callable[[str], str] = chunk_key,
    ) -> None:
        self._shared = SharedMaps() if shared is None else shared
        self._lock = self._shared.lock
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.executescript(_TABLES)
        with self._lock:
            self._shared.databases.append(self._database)
            for (text,) in self._database.execute("SELECT info FROM type_info ORDER BY rowid").fetchall():
                info = PvTypeInfo(json.loads(text), key_of)
                if info.identity == identity:
                    self._shared.put(info)
            self._shared.aliases.update(self._database.execute("SELECT name, pv FROM alias ORDER BY rowid").fetchall())
            for url, kind in self._database.execute("SELECT url, kind FROM external_server ORDER BY rowid").fetchall():
                self._shared.external_servers.setdefault(url, kind)

    def detach(self) -> None:
        """Write no more of what the others change, as after a crash."""
        with self._lock:
            if self._database in self._shared.databases:
                self._shared.databases.remove(self._database)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self.detach()
            if not self._shared.databases:
                self._shared.forget()
            self._database.close()

    @property
    def flags(self) -> dict[str, bool]:
        """Named flags, to be read and set."""
        return self._shared.flags

    @property
    def pvs(self) -> list[str]:
        """Names of all PVs, in the order of the alphabet, aliases not included."""
        with self._lock:
            return sorted(self._shared.infos)

    @property
    def infos(self) -> list[PvTypeInfo]:
        """Type infos of all PVs, in the order of the alphabet."""
        with self._lock:
            return [self._shared.infos[pv] for pv in sorted(self._shared.infos)]

    @property
    def aliases(self) -> dict[str, str]:
        """Real names by alias."""
        with self._lock:
            return dict(self._shared.aliases)

    @property
    def names(self) -> list[str]:
        """Names of all PVs, then all aliases."""
        return [*self.pvs, *sorted(self.aliases)]

    def infos_of(self, identity: str) -> list[PvTypeInfo]:
        """Return the type infos of one appliance's PVs, in the order of the alphabet."""
        return [info for info in self.infos if info.identity == identity]

    def names_of(self, identity: str) -> list[str]:
        """Return the names of one appliance's PVs, then their aliases."""
        pvs = [info.pv for info in self.infos_of(identity)]
        return [*pvs, *sorted(alias for alias, pv in self.aliases.items() if pv in pvs)]

    def flag(self, name: str) -> bool:
        """Return a named flag; one that was never set is False."""
        return self.flags.get(name, False)

    def type_info(self, name: str) -> PvTypeInfo | None:
        """Return the type info of a PV, also by alias; None if it is not known."""
        with self._lock:
            return self._shared.infos.get(self._shared.aliases.get(name, name))

    def type_info_of_channel(self, name: str) -> PvTypeInfo | None:
        """Return the type info that a name means: a field belongs to its PV if it is archived with it (`PVNames`)."""
        pv, _, field = name.partition(".")
        info = self.type_info(pv) if field else None
        return info if info is not None and field in info.info["archiveFields"] else self.type_info(name)

    def put(self, info: PvTypeInfo) -> None:
        """Keep a type info, in the place of what there was under its name."""
        with self._lock:
            self._shared.put(info)

    def change(self, pv: str, change: Callable[[PvTypeInfo], PvTypeInfo | None]) -> PvTypeInfo | None:
        """Change the type info of a PV as it is at this moment, whatever others change at the same time.

        Parameters
        ----------
        pv : str
            Its real name.
        change : callable
            Makes the new type info of the old one; None to leave it.

        Returns
        -------
        PvTypeInfo or None
            The new one; None if there is none, or the PV has been forgotten meanwhile.
        """
        with self._lock:
            known = self._shared.infos.get(pv)
            changed = None if known is None else change(known)
            if changed is not None:
                self._shared.put(changed)
            return changed

    def remove(self, pv: str) -> None:
        """Forget a PV and its aliases."""
        with self._lock:
            self._shared.remove(pv)
            for name in [name for name, real in self._shared.aliases.items() if real == pv]:
                self.remove_alias(name)

    def add_alias(self, name: str, pv: str) -> None:
        """Give a PV one more name."""
        with self._lock:
            self._database.execute("INSERT OR REPLACE INTO alias VALUES (?, ?)", (name, pv))
            self._shared.aliases[name] = pv

    def remove_alias(self, name: str) -> None:
        """Take a further name away."""
        with self._lock:
            self._database.execute("DELETE FROM alias WHERE name = ?", (name,))
            self._shared.aliases.pop(name, None)

    @property
    def external_servers(self) -> dict[str, str]:
        """Kinds of external servers, `pbraw` for an archiver appliance, by URL."""
        with self._lock:
            return dict(self._shared.external_servers)

    def add_external_server(self, url: str, kind: str) -> None:
        """Keep an external server; one that is there already keeps its kind until the next start."""
        with self._lock:
            self._database.execute("INSERT OR REPLACE INTO external_server VALUES (?, ?)", (url, kind))
            self._shared.external_servers.setdefault(url, kind)

    def remove_external_server(self, url: str) -> None:
        """Forget an external server."""
        with self._lock:
            self._database.execute("DELETE FROM external_server WHERE url = ?", (url,))
            self._shared.external_servers.pop(url, None)
