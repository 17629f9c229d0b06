"""An appliance's configuration, in one sqlite file below its root, so that it survives a restart."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from threading import Lock

from archredundancy.appliance.configuration.type_info import PvTypeInfo

__all__ = ["Configuration"]

_TABLES = """
CREATE TABLE IF NOT EXISTS type_info (pv TEXT PRIMARY KEY, info TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS alias (name TEXT PRIMARY KEY, pv TEXT NOT NULL);
"""


class Configuration:
    """Type infos and aliases, kept in memory and written through to a file.

    Named flags are only in memory: they are lost at a restart, as on the real appliance (`appliance.md` A.5).

    Parameters
    ----------
    path : Path
        The sqlite file; made if absent.
    """

    def __init__(self, path: Path) -> None:
        self.flags: dict[str, bool] = {}
        self._lock = Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.executescript(_TABLES)
        rows = self._database.execute("SELECT info FROM type_info ORDER BY rowid")
        self._infos = {info.pv: info for info in (PvTypeInfo(json.loads(text)) for (text,) in rows)}
        self._aliases: dict[str, str] = dict(self._database.execute("SELECT name, pv FROM alias ORDER BY rowid"))

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @property
    def pvs(self) -> list[str]:
        """Names of all PVs, in the order of the alphabet, aliases not included."""
        with self._lock:
            return sorted(self._infos)

    @property
    def infos(self) -> list[PvTypeInfo]:
        """Type infos of all PVs, in the order of the alphabet."""
        with self._lock:
            return [self._infos[pv] for pv in sorted(self._infos)]

    @property
    def aliases(self) -> dict[str, str]:
        """Real names by alias."""
        with self._lock:
            return dict(self._aliases)

    @property
    def names(self) -> list[str]:
        """Names of all PVs, then all aliases."""
        return [*self.pvs, *sorted(self.aliases)]

    def type_info(self, name: str) -> PvTypeInfo | None:
        """Return the type info of a PV, also by alias; None if it is not known."""
        with self._lock:
            return self._infos.get(self._aliases.get(name, name))

    def put(self, info: PvTypeInfo) -> None:
        """Keep a type info, in the place of what there was under its name."""
        with self._lock:
            self._database.execute("INSERT OR REPLACE INTO type_info VALUES (?, ?)", (info.pv, json.dumps(info.info)))
            self._infos[info.pv] = info

    def remove(self, pv: str) -> None:
        """Forget a PV and its aliases."""
        with self._lock:
            self._database.execute("DELETE FROM type_info WHERE pv = ?", (pv,))
            self._database.execute("DELETE FROM alias WHERE pv = ?", (pv,))
            self._infos.pop(pv, None)
            self._aliases = {name: real for name, real in self._aliases.items() if real != pv}

    def add_alias(self, name: str, pv: str) -> None:
        """Give a PV one more name."""
        with self._lock:
            self._database.execute("INSERT OR REPLACE INTO alias VALUES (?, ?)", (name, pv))
            self._aliases[name] = pv

    def remove_alias(self, name: str) -> None:
        """Take a further name away."""
        with self._lock:
            self._database.execute("DELETE FROM alias WHERE name = ?", (name,))
            self._aliases.pop(name, None)
