"""Compares an appliance's answers and files with recorded ones, by the rule that each recorded step states."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archredundancy.errors import WireError
from archredundancy.testing.recorded.differences import data_difference, json_difference, text_difference
from archredundancy.testing.recorded.golden import Recording
from archredundancy.wire import Chunk, read_chunks

__all__ = ["Reply", "compare_files", "compare_reply"]

#: Headers of an answer that say something about it.
_TELLING = ("Content-Type", "Location")
#: What entries of lists are called by.
_NAMING = ("pvName", "name", "identity", "instance")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An HTTP answer.

    Attributes
    ----------
    status : int
    headers : mapping of str to str
        By names like `Content-Type`.
    body : bytes
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


def compare_reply(step: Mapping[str, Any], recorded: bytes, reply: Reply) -> str:
    """Return how an answer differs from the recorded one; empty if it does not.

    Parameters
    ----------
    step : mapping
        Its `compare` says what counts: `exact` bytes, `json` by meaning with the outermost list in any order,
        `volatile` only the shape, `status`. Of an error page only the status counts and what it says.
    recorded : bytes
        Body of the recorded answer, with hosts and folders of the appliance that is asked now.
    reply : Reply
        What it answered.
    """
    if reply.status != step["status"]:
        return f"status {reply.status} instead of {step['status']}: {reply.body[-300:]!r}"
    if step["compare"] == "status" or step["status"] != 200:
        difference = _compare_message(step["error_message"], reply.body)
    else:
        difference = _compare_body(step["compare"], recorded, reply.body)
    return difference or _compare_headers(dict(step["headers"]), reply.headers)


def _compare_message(recorded: str, page: bytes) -> str:
    """Compare what error pages say; where Java itself speaks, its words do not count.

    Of the page of another member of the cluster, passed on as a message, only the title counts.
    """
    if not recorded or re.search(r"java|org\.apache", recorded):
        return ""
    found = re.search(r"<b>Message</b> (.*?)</p>", page.decode(errors="replace"), re.DOTALL)
    said = html.unescape(found[1]) if found else ""
    if recorded.startswith("<!doctype html>"):
        said, recorded = (
            re.sub(r".*<title>(.*?)</title>.*", r"\1", text, flags=re.DOTALL) for text in (said, recorded)
        )
    return "" if said == recorded else f"message {said!r} instead of {recorded!r}"


def _compare_body(rule: str, recorded: bytes, body: bytes) -> str:
    if rule == "exact" or body == recorded:
        return data_difference(body, recorded)
    try:
        theirs = _read_json(recorded)
    except ValueError:
        return (
            _compare_data_shape(body, recorded)
            if rule == "volatile"
            else text_difference(body.strip(), recorded.strip())
        )
    try:
        ours = _read_json(body)
    except ValueError as damage:
        return f"not JSON ({damage}): {body[:1000]!r} instead of {recorded[:1000]!r}"
    if rule == "volatile":
        ours, theirs = _shape(ours), _shape(theirs)
    return json_difference(_without_order(ours), _without_order(theirs))


def _compare_headers(recorded: Mapping[str, str], headers: Mapping[str, str]) -> str:
    return "\n".join(
        f"{name} {headers.get(name)} instead of {recorded[name]}"
        for name in _TELLING
        if name in recorded and headers.get(name) != recorded[name]
    )


def _compare_data_shape(body: bytes, recorded: bytes) -> str:
    """Compare type and PV of the chunks of raw answers whose samples were there only once."""
    ours, theirs = (
        sorted({(chunk.header.pv, chunk.header.dbr_type) for chunk in _chunks(data)}) for data in (body, recorded)
    )
    return "" if ours == theirs else f"chunks of {ours} instead of {theirs}"


def _chunks(data: bytes) -> list[Chunk]:
    try:
        return read_chunks(data)
    except WireError:
        return []


def _read_json(body: bytes) -> Any:
    """Read JSON, NaN and Infinity included; an empty body is None.

    Raises
    ------
    ValueError
        If it is no JSON.
    """
    text = body.decode("latin-1")
    value = json.loads(text, parse_constant=lambda bare: f"bare {bare}") if text.strip() else None
    return _without_cluster_port(value)


def _without_order(value: Any) -> Any:
    """Return the outermost list as a mapping by what its entries are called: it comes in the order of a hash map."""
    if not isinstance(value, list):
        return value
    found: dict[str, Any] = {}
    for item in sorted(value, key=lambda item: json.dumps(item, sort_keys=True)):
        name = next((item[key] for key in _NAMING if key in item), None) if isinstance(item, dict) else item
        key = str(json.dumps(item, sort_keys=True) if name is None else name)
        found[key if key not in found else f"{key} again ({len(found)})"] = item
    return found


def _without_cluster_port(value: Any) -> Any:
    """Leave out where the members of a cluster meet, which is each site's own."""
    if isinstance(value, dict):
        return {key: _without_cluster_port(item) for key, item in value.items() if key != "clusterInetPort"}
    return [_without_cluster_port(item) for item in value] if isinstance(value, list) else value


def _shape(value: Any) -> Any:
    """Return the keys of a value and what kinds its entries are, without what changes from one time to the next."""
    if isinstance(value, dict):
        return {key: item if key in _NAMING else _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        kinds = {json.dumps(_shape(item), sort_keys=True) for item in value}
        return [json.loads(kind) for kind in sorted(kinds)]
    return type(value).__name__


def compare_files(recording: Recording, step: Mapping[str, Any], found: Mapping[str, Mapping[str, bytes]]) -> str:
    """Return how files differ from those that a step expects; empty if they do not.

    Parameters
    ----------
    recording : Recording
    step : mapping
        Which expects files.
    found : mapping of str to mapping of str to bytes
        By cluster, then by path. Files of PVs that the step does not mean are left out.
    """
    expected: dict[str, dict[str, bytes]] = {cluster: {} for cluster in found}
    for entry in step["files"]:
        expected[entry["cluster"]][entry["path"]] = recording.body(entry)
    keys = _keys_until(recording, step)
    differences = []
    for cluster, files in expected.items():
        there = {path: data for path, data in found[cluster].items() if path.partition("/")[2].startswith(keys)}
        differences += [f"{cluster} {path} is missing" for path in sorted(files.keys() - there.keys())]
        differences += [f"{cluster} {path} should not be there" for path in sorted(there.keys() - files.keys())]
        differences += [
            f"{cluster} {path}: {data_difference(there[path], files[path])}"
            for path in sorted(files.keys() & there.keys())
            if files[path] != there[path]
        ]
    return "\n".join(differences)


def _keys_until(recording: Recording, step: Mapping[str, Any]) -> tuple[str, ...]:
    """Return how the paths of the PVs begin whose files a step means.

    A PV that only later steps mean was not there yet when this one was recorded.
    """
    expecting = [other for other in recording.steps if other.get("action") == "expect_files"]
    place = next(number for number, other in enumerate(expecting) if other is step)
    seen, later = _keys(expecting[: place + 1]), _keys(expecting[place:])
    configured = {entry["typeinfo"]["chunkKey"] for entry in recording.pvs if "chunkKey" in entry["typeinfo"]}
    return tuple((configured | seen) - (later - seen))


def _keys(steps: list[dict[str, Any]]) -> set[str]:
    paths = [entry["path"] for step in steps for entry in step["files"]]
    return {path.partition("/")[2].rpartition(":")[0] + ":" for path in paths}
