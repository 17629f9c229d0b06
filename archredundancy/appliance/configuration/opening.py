"""The file that an appliance's configuration outlives it in, opened."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from pathlib import Path

from archredundancy.appliance.configuration.archive_requests import ArchiveRequests
from archredundancy.appliance.configuration.configuration import Configuration, SharedMaps
from archredundancy.appliance.configuration.root_lock import RootLock
from archredundancy.appliance.configuration.settings import SiteSettings
from archredundancy.errors import StoreError

__all__ = ["open_configuration"]


def open_configuration(
    root: Path, identity: str, shared: SharedMaps, settings: SiteSettings, opened: ExitStack
) -> tuple[Configuration, ArchiveRequests]:
    """Return what an appliance knows of PVs, and of those it was asked to archive.

    Parameters
    ----------
    root : Path
        Folder of the appliance.
    identity : str
    shared : SharedMaps
        What all members of its cluster know.
    settings : SiteSettings
    opened : ExitStack
        What is to be closed at the end is entered here.

    Raises
    ------
    StoreError
        If another appliance uses the root, or the file is none of an appliance.
    """
    opened.callback(RootLock(root).release)
    path = root / "configuration.sqlite"
    try:
        configuration = Configuration(path, identity, shared, settings.key_of)
        opened.callback(configuration.close)
        requests = ArchiveRequests(path, settings)
        opened.callback(requests.close)
    except sqlite3.DatabaseError as damage:
        raise StoreError(f"the configuration {path} cannot be read: {damage}", path=str(path)) from damage
    return configuration, requests
