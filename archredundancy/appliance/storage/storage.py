"""The folders of an appliance, and the stores that a PV has in them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.storage.store import PvStore
from archredundancy.errors import StoreError
from archredundancy.model import StoreUrl

__all__ = ["Storage"]

_FOLDERS = {
    "STS": ("ARCHAPPL_SHORT_TERM_FOLDER", "sts"),
    "MTS": ("ARCHAPPL_MEDIUM_TERM_FOLDER", "mts"),
    "LTS": ("ARCHAPPL_LONG_TERM_FOLDER", "lts"),
}


class Storage:
    """Finds the folders that store URLs name.

    Parameters
    ----------
    root : Path
        Of the appliance. `${ARCHAPPL_SHORT_TERM_FOLDER}` and the like stand for `sts`, `mts` and `lts` in it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders = {variable: root / folder for variable, folder in _FOLDERS.values()}
        for folder in self._folders.values():
            folder.mkdir(parents=True, exist_ok=True)

    def folder(self, text: str) -> Path:
        """Return the folder that `rootFolder` names; text after a variable is appended to it, as in `${…}_rebuilt_1`.

        A relative folder lies below the appliance's root, an absolute one anywhere.

        Raises
        ------
        StoreError
            If the folder climbs out of the root with `..`.
        """
        replaced = self.expand(text)
        if ".." in Path(replaced).parts:
            raise StoreError(f"the folder {text!r} climbs out of its root; leave out the '..'", path=text)
        return self._root / replaced

    def expand(self, text: str) -> str:
        """Replace each `${NAME}`: by a folder of this appliance, else by the environment's value, else by NAME."""
        return re.sub(
            r"\$\{(\w+)\}", lambda match: str(self._folders.get(match[1], os.environ.get(match[1], match[1]))), text
        )

    def store_folder(self, store: str) -> Path:
        """Return the folder of a store by its usual name: STS, MTS or LTS.

        Raises
        ------
        StoreError
            If there is no such store.
        """
        if store not in _FOLDERS:
            raise StoreError(f"no store is called {store!r}; allowed: {', '.join(_FOLDERS)}", path=store)
        return self._folders[_FOLDERS[store][0]]

    def stores(self, info: PvTypeInfo) -> list[PvStore | None]:
        """Return a PV's stores, youngest samples first; None for a black hole.

        Raises
        ------
        StoreError
            If a store is of a kind that this appliance does not have.
        """
        return [self.store(info, url) for url in info.stores]

    def store(self, info: PvTypeInfo, url: StoreUrl) -> PvStore | None:
        """Return one store as a PV sees it; None for a black hole.

        Raises
        ------
        StoreError
            If it is of a kind that this appliance does not have.
        """
        if url.scheme == "blackhole":
            return None
        if url.scheme != "pb" or url.granularity is None:
            raise StoreError(
                f"store {url.text!r} cannot be opened; allowed: pb://… with partitionGranularity, blackhole://…",
                path=url.text,
            )
        terminator = dict(url.options).get("terminator", "")[:1]
        key = info.info["chunkKey"][:-1] + terminator if terminator else info.info["chunkKey"]
        if ".." in Path(key).parts or Path(key).is_absolute():
            raise StoreError(f"the key {key!r} leaves its store; leave out the '..'", path=key)
        return PvStore(
            name=url.name, root=self.folder(url.root_folder), granularity=url.granularity, pv=info.pv, key=key
        )

    def files(self) -> dict[str, bytes]:
        """Return all files of the appliance's own stores by their path below its root.

        Cost: reads everything; for tests.
        """
        found: dict[str, bytes] = {}
        for folder in sorted(path for path in self._root.iterdir() if path.is_dir()):
            for where, _, names in os.walk(folder):
                for name in names:
                    path = Path(where) / name
                    found[path.relative_to(self._root).as_posix()] = path.read_bytes()
        return found
