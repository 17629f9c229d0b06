"""The folders of an appliance, and the stores that a PV has in them."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import RLock

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.storage.disk import Disk
from archredundancy.appliance.storage.store import PvStore
from archredundancy.errors import StoreError
from archredundancy.model import StoreUrl

__all__ = ["Storage", "plain_url"]

_FOLDERS = {
    "STS": ("ARCHAPPL_SHORT_TERM_FOLDER", "sts"),
    "MTS": ("ARCHAPPL_MEDIUM_TERM_FOLDER", "mts"),
    "LTS": ("ARCHAPPL_LONG_TERM_FOLDER", "lts"),
}


def plain_url(url: StoreUrl) -> StoreUrl:
    """Return the URL of the store that a `merge://` stands for in everything but reading; any other URL as it is.

    Raises
    ------
    InputError
        If a `merge://` names none.

    Examples
    --------
    >>> merge = "merge://h?name=MTS&dest=pb%3A%2F%2Fh%3Fname%3DX%26rootFolder%3D%2Fmts%26hold%3D2&other=pbraw%3A%2F%2Fh"
    >>> url = plain_url(StoreUrl.parse(merge))
    >>> url.scheme, url.name, url.hold
    ('pb', 'MTS', 2)
    """
    if url.scheme != "merge":
        return url
    return replace(StoreUrl.parse(dict(url.options).get("dest", "")), name=url.name)


class Storage:
    """Finds the folders that store URLs name.

    Parameters
    ----------
    root : Path
        Of the appliance. `${ARCHAPPL_SHORT_TERM_FOLDER}` and the like stand for `sts`, `mts` and `lts` in it.
    disk : Disk, optional
        Through which files are changed.
    """

    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        self._root = root
        self._disk = Disk() if disk is None else disk
        self._locks: dict[tuple[str, str], RLock] = {}
        self._folders = {variable: root / folder for variable, folder in _FOLDERS.values()}
        for folder in self._folders.values():
            folder.mkdir(parents=True, exist_ok=True)

    def folder(self, text: str) -> Path:
        """Return the folder that `rootFolder` names; text after a variable is appended to it, as in `${…}_rebuilt_1`.

        An absolute folder that is not in the appliance's root is taken for one below it, as a container would: nothing
        outside is ever touched.

        Raises
        ------
        StoreError
            If the folder climbs out of the root with `..`, or cannot be a path.
        """
        replaced = Path(self.expand(text))
        _check_path(text, replaced)
        return replaced if replaced.is_relative_to(self._root) else self._root / str(replaced).lstrip("/")

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
        """Return one store as a PV sees it; None for a black hole. A `merge://` is the store that it merges into.

        Raises
        ------
        StoreError
            If it is of a kind that this appliance does not have.
        InputError
            If a URL inside its URL cannot be read.
        """
        url = plain_url(url)
        if url.scheme == "blackhole":
            return None
        if url.scheme != "pb" or url.granularity is None:
            raise StoreError(
                f"store {url.text!r} cannot be opened; allowed: pb://… with partitionGranularity, "
                "blackhole://…, merge://… of those; to read from, pbraw://… too",
                path=url.text,
            )
        if url.hold < url.gather:
            raise StoreError(
                f"store {url.text!r} gathers more than it holds; hold {url.gather} at least", path=url.text
            )
        terminator = dict(url.options).get("terminator", "")[:1]
        key = info.key[:-1] + terminator if terminator else info.key
        _check_path(key, Path(key))
        if Path(key).is_absolute():
            raise StoreError(f"the key {key!r} leaves its store; leave out the '/' it begins with", path=key)
        folder = self.folder(url.root_folder)
        return PvStore(
            name=url.name,
            root=folder,
            granularity=url.granularity,
            pv=info.pv,
            key=key,
            disk=self._disk,
            # Of the two that threads may offer at once, all get the same: a look-up by texts is one step.
            lock=self._locks.setdefault((str(folder), key), RLock()),
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
                    with suppress(FileNotFoundError):  # moved on meanwhile
                        found[path.relative_to(self._root).as_posix()] = path.read_bytes()
        return found


def _check_path(text: str, path: Path) -> None:
    """Refuse a path that climbs with `..`, or holds what no file name can.

    Raises
    ------
    StoreError
        If it does.
    """
    if ".." in path.parts or "\0" in text:
        raise StoreError(f"the path {text!r} leaves its folder; leave out '..' and NUL", path=text)
