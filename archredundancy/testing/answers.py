"""Compares an appliance's answers and files with recorded ones, by the rule that each recorded step states."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archredundancy.testing.golden import Recording

__all__ = ["Reply", "compare_files", "compare_reply"]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An HTTP answer.

    Attributes
    ----------
    status : int
    content_type : str or None
    body : bytes
    """

    status: int
    content_type: str | None
    body: bytes


def compare_reply(step: Mapping[str, Any], recorded: bytes, reply: Reply) -> str:
    """Return how an answer differs from the recorded one; empty if it does not.

    Parameters
    ----------
    step : mapping
        Its `compare` says what counts: `exact` bytes, `json` by meaning with lists in any order, `volatile` only the
        keys, `status`. Of an error page only the status counts and what it says.
    recorded : bytes
        Body of the recorded answer, with hosts and folders of the appliance that is asked now.
    reply : Reply
        What it answered.
    """
    if reply.status != step["status"]:
        return f"status {reply.status} instead of {step['status']}: {reply.body[-300:]!r}"
    if step["compare"] == "status" or step["status"] != 200:
        return _compare_message(step["error_message"], reply.body)
    return _compare_body(step["compare"], recorded, reply.body) or _compare_type(step, reply)


def _compare_message(recorded: str, page: bytes) -> str:
    """Compare what error pages say; where Java itself speaks, its words do not count."""
    if not recorded or re.search(r"java|org\.apache", recorded):
        return ""
    found = re.search(r"<b>Message</b> (.*?)</p>", page.decode(errors="replace"), re.DOTALL)
    said = html.unescape(found[1]) if found else ""
    return "" if said == recorded else f"message {said!r} instead of {recorded!r}"


def _compare_body(rule: str, recorded: bytes, body: bytes) -> str:
    if body == recorded:
        return ""
    if rule == "exact":
        return f"body\n   {body!r}\ninstead of\n   {recorded!r}"
    try:
        ours, theirs = _read_json(body), _read_json(recorded)
    except ValueError as damage:
        return "" if body.strip() == recorded.strip() else f"not JSON ({damage}): {body!r} instead of {recorded!r}"
    if rule == "volatile":
        ours, theirs = _shape(ours), _shape(theirs)
    return "" if ours == theirs else f"{ours!r}\ninstead of\n{theirs!r}"


def _compare_type(step: Mapping[str, Any], reply: Reply) -> str:
    recorded = dict(step["headers"]).get("Content-Type")
    if recorded is None or reply.content_type == recorded:
        return ""
    return f"Content-Type {reply.content_type} instead of {recorded}"


def _read_json(body: bytes) -> Any:
    """Read JSON; lists come in an order that does not depend on a hash map's."""
    text = body.decode("latin-1")
    return _ordered(json.loads(text)) if text.strip() else None


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        # Where the members of a cluster meet is each site's own.
        return {key: _ordered(item) for key, item in value.items() if key != "clusterInetPort"}
    if isinstance(value, list):
        return sorted(map(_ordered, value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


def _shape(value: Any) -> Any:
    """Return the keys of a value, without what changes from one time to the next."""
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return _shape(value[0]) if value else []
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
    expected: dict[str, dict[str, bytes]] = {"P": {}, "S": {}}
    for entry in step["files"]:
        expected[entry["cluster"]][entry["path"]] = recording.body(entry)
    keys = _keys_until(recording, step)
    differences = []
    for cluster, files in expected.items():
        there = {path: data for path, data in found[cluster].items() if path.partition("/")[2].startswith(keys)}
        differences += [f"{cluster} {path} is missing" for path in sorted(files.keys() - there.keys())]
        differences += [f"{cluster} {path} should not be there" for path in sorted(there.keys() - files.keys())]
        differences += [
            f"{cluster} {path} is {there[path]!r}\ninstead of {files[path]!r}"
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
