"""What of a recording can be replayed against a pair that other people use, and why the rest cannot."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from archredundancy.errors import WireError
from archredundancy.model import chunk_key
from archredundancy.testing.recorded.golden import Recording
from archredundancy.wire import Chunk, read_chunks

__all__ = ["Infeasible", "feasible_part"]

#: Calls that change nothing but the PVs that they name.
_CHANGES = {
    "abortArchivingPV", "addAlias", "changeArchivalParameters", "changeStore", "changeTypeForPV",
    "consolidateDataForPV", "deletePV", "importDataFromPlugin", "mergeInData", "modifyStoreURLForPV",
    "pauseArchivingPV", "putPVTypeInfo", "removeAlias", "renamePV", "resumeArchivingPV",
}  # fmt: skip
#: Calls that change more than a PV: the configuration of a cluster, or what its engine connects to.
_FORBIDDEN = {
    "addExternalArchiverServer", "addExternalArchiverServerArchives", "archivePV", "removeExternalArchiverServer",
    "reshardPV", "resetFailoverCaches", "setNamedFlag",
}  # fmt: skip
#: Calls that name PVs and tell the others.
_SHOW_OTHERS = {"archivedPVsNotInList"}
#: Parameters whose values are names of PVs.
_NAMING = ("pv", "regex", "aliasname", "newname")
#: Recordings that need more than two clusters, by how their names begin.
_OTHER_PLACES = {"15_members": "it is about the members of one cluster", "14_live": "it needs an IOC of its own"}
_WHERE = re.compile(r"(?:/|%(?:25)*2F)archive(?:/|%(?:25)*2F)", re.IGNORECASE)


class Infeasible(Exception):
    """Nothing of a recording can be replayed; the text says why."""


def feasible_part(
    recording: Recording, prefix: str, *, files: bool, merging: Collection[str] = ()
) -> tuple[Recording, dict[int, str]]:
    """Return a recording without the steps that cannot be replayed, and why, by their number.

    A step that would change more than the PVs under a prefix is left out, and with it all that follow; so is one that
    would show other PVs. Left out steps become notes, so that the others keep their numbers.

    Parameters
    ----------
    recording : Recording
        Under its scratch names.
    prefix : str
        Of the scratch names.
    files : bool
        Whether files can be put into stores and looked at.
    merging : collection of str
        Clusters that merge another's samples into their answers, which those of the recordings did not.

    Raises
    ------
    Infeasible
        If no step is left, or its data cannot be brought in.
    """
    for names, reason in _OTHER_PLACES.items():
        if recording.name.startswith(names):
            raise Infeasible(reason)
    if not files:
        _check_data(recording)
    left_out: dict[int, str] = {}
    changed = None
    for number, step in enumerate(recording.steps):
        reason = changed or _reason(step, prefix, files=files, merging=merging)
        if reason:
            left_out[number] = reason
        if reason and not changed and _changes(step):
            changed = f"step {number} was left out, which changes what is answered"
    steps = [{"action": "note"} if number in left_out else step for number, step in enumerate(recording.steps)]
    if all("method" not in step for step in steps):
        raise Infeasible(next(iter(left_out.values()), "it asks nothing"))
    return _with_steps(recording, steps), left_out


def _with_steps(recording: Recording, steps: list[dict[str, Any]]) -> Recording:
    changed = replace(recording)
    vars(changed)["scenario"] = recording.scenario | {"steps": steps}
    return changed


def _reason(step: Mapping[str, Any], prefix: str, *, files: bool, merging: Collection[str]) -> str:
    """Return why a step cannot be replayed; empty if it can."""
    if "action" in step:
        return "" if files or step["action"] == "note" else "it needs access to the files"
    call = urlsplit(step["path"]).path.rpartition("/")[2]
    if call in _FORBIDDEN:
        return f"{call} would change more than scratch PVs"
    if step["cluster"] in merging and step["path"].startswith("/retrieval/"):
        return f"{step['cluster']} merges the samples of external servers into its answers"
    if not files and call.endswith(".txt"):
        return "it tells where the files are"
    if not files and _WHERE.search(step["path"]):
        return "it names a folder of the recorded appliance"
    if parse_qs(urlsplit(step["path"]).query).get("limit", ["-1"]) != ["-1"]:
        return "which of several names come first is the order of a hash map"
    if call in _SHOW_OTHERS or not _is_about(step, prefix):
        return "it would show or change PVs that are not ours"
    return ""


def _changes(step: Mapping[str, Any]) -> bool:
    call = urlsplit(step.get("path", "")).path.rpartition("/")[2]
    return call in _CHANGES | _FORBIDDEN or step.get("action") == "write_file"


def _is_about(step: Mapping[str, Any], prefix: str) -> bool:
    """Whether a step names only scratch PVs, or one PV that nobody knows; a data request names no others anyway."""
    parts = urlsplit(step["path"])
    if parts.path.startswith("/retrieval/data") and "ForPVs" not in parts.path and "AtTime" not in parts.path:
        return True
    query = parse_qs(parts.query)
    named = [name for key in _NAMING for text in query.get(key, ()) for name in text.split(",")]
    named += _posted(step.get("request_body") or "")
    ours = [name.partition("(")[2] or name for name in named]
    if not ours:
        return bool(step["status"] != 200 or parts.path.endswith("/ping"))
    call = parts.path.rpartition("/")[2]
    return all(name.startswith(prefix) or (call not in _CHANGES and not re.search(r"[*?.]", name)) for name in ours)


def _posted(body: str) -> list[str]:
    """Return the names in the body of a POST: a list, a type info, or lines and form fields."""
    try:
        value = json.loads(body)
    except ValueError:
        return [name for name in re.split(r"[\s,=&]+", unquote(body)) if ":" in name]
    entries = value if isinstance(value, list) else [value]
    return [
        str(entry.get("pvName", entry.get("pv", ""))) if isinstance(entry, dict) else str(entry) for entry in entries
    ]


def _check_data(recording: Recording) -> None:
    """Refuse files that an import would not write as they are, and what would be left behind.

    Raises
    ------
    Infeasible
        If there are any.
    """
    if any(step.get("action") == "write_file" for step in recording.steps):
        raise Infeasible("it writes files between its steps")
    if any("&pp=" in url for entry in recording.pvs for url in entry["typeinfo"]["dataStores"]):
        raise Infeasible("its stores keep caches of post-processors, which stay when a PV is deleted")
    entries = sorted(recording.files, key=lambda entry: (entry["cluster"], entry["store"], entry["path"]))
    for _, group in groupby(entries, key=lambda entry: (entry["cluster"], entry["store"], _key(entry))):
        chunks = [_whole_file(recording, entry) for entry in group]
        if len({chunk.header.dbr_type for chunk in chunks}) > 1:
            raise Infeasible("files of one PV and store are of different types, which an import does not write")
        times = [time for chunk in chunks for time in chunk.samples.time.tolist()]
        if any(first >= second for first, second in pairwise(times)):
            raise Infeasible("samples of one PV and store are not in order of time, which an import does not write")


def _key(entry: Mapping[str, Any]) -> str:
    return str(entry["path"]).rpartition(":")[0]


def _whole_file(recording: Recording, entry: Mapping[str, Any]) -> Chunk:
    """Return what a file holds.

    Raises
    ------
    Infeasible
        If it is not what an appliance writes for its PV.
    """
    try:
        chunks = read_chunks(recording.body(dict(entry)), strict=True)
    except WireError as damage:
        raise Infeasible(f"the file {entry['path']} is damaged on purpose: {damage}") from None
    infos = [info["typeinfo"] for info in recording.pvs]
    keys = {info["pvName"]: info.get("chunkKey") or chunk_key(info["pvName"]) for info in infos}
    if len(chunks) != 1 or not len(chunks[0].samples) or not entry["path"].endswith(".pb"):
        raise Infeasible(f"the file {entry['path']} is none that an import writes")
    if keys.get(chunks[0].header.pv, "").rstrip(":") != _key(entry):
        raise Infeasible(f"the file {entry['path']} is of another PV")
    return chunks[0]
