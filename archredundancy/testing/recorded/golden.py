"""Recordings of what two real appliances did (`tests/golden`), as a place to look things up."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np

from archredundancy.model import DbrType, Extras, Samples

__all__ = ["ManifestEntry", "Recording", "golden_folder", "open_recording", "recording_names"]

_IN_CHECKOUT = Path(__file__).parents[3] / "tests" / "golden"


def golden_folder() -> Path:
    """Return the folder of the recordings: $ARCHREDUNDANCY_GOLDEN if set, else tests/golden of the checkout."""
    return Path(os.environ.get("ARCHREDUNDANCY_GOLDEN", _IN_CHECKOUT))


def recording_names() -> list[str]:
    """Return the names of all recordings, such as "01_types_06", in order."""
    return sorted(path.stem for path in golden_folder().glob("*.zip"))


def open_recording(name: str) -> Recording:
    """Return the recording of this name; a FileNotFoundError names the folder that lacks it."""
    with ZipFile(golden_folder() / f"{name}.zip") as archive:
        return Recording(name=name, data={member: archive.read(member) for member in archive.namelist()})


@dataclass(frozen=True, kw_only=True)
class ManifestEntry:
    """The samples that were written to one store of one PV before the first step.

    Attributes
    ----------
    cluster, pv, store : str
    granularity : str
        Such as "MONTH".
    samples : Samples
    """

    cluster: str
    pv: str
    store: str
    granularity: str
    samples: Samples


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One scenario: PVs and files in place, then requests with their answers.

    Attributes
    ----------
    name : str
    data : dict of str to bytes
        `scenario.json`, and the bodies and files it names.
    """

    name: str
    data: dict[str, bytes]

    @cached_property
    def scenario(self) -> dict[str, Any]:
        """Content of scenario.json; its keys are explained in tests/golden/README.md."""
        scenario: dict[str, Any] = json.loads(self.data["scenario.json"])
        return scenario

    @property
    def pvs(self) -> list[dict[str, Any]]:
        """PVs that exist before the first step."""
        return list(self.scenario["pvs"])

    @property
    def files(self) -> list[dict[str, Any]]:
        """PB files in place before the first step."""
        return list(self.scenario["files"])

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Requests with their answers, and actions, in order."""
        return list(self.scenario["steps"])

    def body(self, entry: dict[str, Any]) -> bytes:
        """Return the bytes of a file, or of a step's answer; an empty answer has none."""
        name = entry.get("data") or entry.get("body")
        return self.data[name] if name else b""

    def manifest(self) -> Iterator[ManifestEntry]:
        """Yield the samples that the files hold; those of files damaged on purpose are not among them."""
        for cluster, pvs in self.scenario["samples"].items():
            for pv, stores in pvs.items():
                for entry in stores:
                    yield ManifestEntry(
                        cluster=cluster,
                        pv=pv,
                        store=entry["store"],
                        granularity=entry["granularity"],
                        samples=_read_samples(DbrType.from_name(entry["type"]), entry["samples"]),
                    )


def _read_samples(dbr_type: DbrType, rows: list[dict[str, Any]]) -> Samples:
    extras = [
        (number, tuple(map(tuple, row.get("fields", ()))), row.get("rep", -1), row.get("fac", -1), row.get("tag", -1))
        for number, row in enumerate(rows)
        if row.keys() & {"fields", "rep", "fac", "tag"}
    ]
    values = [_read_value(dbr_type, row["val"]) for row in rows]
    return Samples.build(
        dbr_type,
        [int(row["t"]) for row in rows],
        values,
        [row.get("sev", 0) for row in rows],
        [row.get("stat", 0) for row in rows],
        Extras.build(extras),
    )


def _read_value(dbr_type: DbrType, value: Any) -> Any:
    """Return a value as `Samples.build` takes it; what JSON cannot hold is in an object with one key."""
    if isinstance(value, list):
        return [_read_value(dbr_type, element) for element in value]
    if isinstance(value, dict) and "f" in value:
        return float(value["f"])
    if not isinstance(value, dict):
        return value
    content = bytes.fromhex(value["hex"])
    if dbr_type is DbrType.SCALAR_BYTE:
        return np.frombuffer(content, np.int8)[0]
    return np.frombuffer(content, np.int8) if dbr_type is DbrType.WAVEFORM_BYTE else content
