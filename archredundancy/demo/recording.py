"""Four minutes of one IOC under two real clusters: the files they wrote, shipped with this package."""

from __future__ import annotations

import json
from importlib.resources import files
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from archredundancy.appliance import AppliancePair

__all__ = ["put_recording", "recorded_events"]


def put_recording(pair: AppliancePair) -> None:
    """Give both appliances the recorded PVs and files.

    The PVs were paused to freeze the recording; here they count as archived, as they did while it ran.
    """
    appliances = {"primary": pair.primary, "secondary": pair.secondary}
    with _archive() as archive:
        for entry in json.loads(archive.read("pvs.json")):
            appliance = appliances[entry["cluster"]]
            appliance.add_pv(entry["typeinfo"] | {"paused": "false", "applianceIdentity": appliance.identity})
        for name in archive.namelist():
            cluster, _, rest = name.partition("/")
            if rest:
                store, _, path = rest.partition("/")
                appliances[cluster].put_file(store, path, archive.read(name))


def recorded_events() -> list[dict[str, Any]]:
    """Return what was done while the recording ran: `time` (int, ns since 1970 UTC) and `event`, in order."""
    with _archive() as archive:
        events: list[dict[str, Any]] = json.loads(archive.read("events.json"))
        return events


def _archive() -> ZipFile:
    return ZipFile(BytesIO((files("archredundancy.demo") / "data" / "live.zip").read_bytes()))
