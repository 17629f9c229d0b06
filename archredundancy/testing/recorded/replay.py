"""Replays what two real appliances answered against two others, embedded or real, and says where they differ."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from archredundancy.testing.recorded.answers import Reply, compare_files, compare_reply
from archredundancy.testing.recorded.golden import Recording

__all__ = ["Outcome", "Target", "replay"]

#: Where the recorded appliances answered.
_RECORDED_HOSTS = {
    "P": "127.0.0.1:17665", "S": "127.0.0.1:17669", "q0": "127.0.0.1:17680", "q1": "127.0.0.1:17690",
}  # fmt: skip
_SECONDS = 60.0
_DEPTH_OF_ENCODING = 4


class Target(Protocol):
    """The appliances to replay against: P and S, or the members q0 and q1 of one cluster, and S."""

    @property
    def clusters(self) -> Collection[str]:
        """Return what the appliances are called in the recording."""

    def host(self, cluster: str, webapp: str) -> str:
        """Return `host:port` of one of them, where its webapp `mgmt` or `retrieval` answers."""

    def folder(self, cluster: str) -> str:
        """Return the folder that stands for `/archive/P`, or another letter, in store URLs."""

    def add_pv(self, cluster: str, info: dict[str, Any]) -> None:
        """Configure a PV."""

    def put_file(self, cluster: str, store: str, path: str, data: bytes) -> None:
        """Put a file into a store."""

    def files(self, cluster: str) -> dict[str, bytes]:
        """Return all files of the stores, by path such as `lts/A/B:2024.pb`."""

    def stop(self, cluster: str, signal: str) -> None:
        """Stop one of them with a signal: TERM or KILL."""

    def start(self, cluster: str) -> None:
        """Start one of them that was stopped."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one step.

    Attributes
    ----------
    step : int
        Its number in the recording, from 0, actions included.
    kind : str
        What was asked, without the particulars: `getData.raw`, `getData.json(mean)`, `mgmt/getPVStatus`, `files`.
    request : str
        Cluster, method and path.
    difference : str
        Empty if the answer was as recorded.
    """

    step: int
    kind: str
    request: str
    difference: str


def replay(recording: Recording, target: Target) -> Iterator[Outcome]:
    """Put PVs and files of a recording in place, then ask what was asked; yield what came of each step, in order."""
    for entry in recording.files:
        target.put_file(entry["cluster"], entry["store"], entry["path"], recording.body(entry))
    waiting = recording.pvs
    for number, step in enumerate(recording.steps):
        for entry in [entry for entry in waiting if _names(step, entry) or not _came_later(recording, entry)]:
            waiting.remove(entry)
            target.add_pv(entry["cluster"], _placed(entry["typeinfo"], target))
        if step.get("action") == "write_file":
            target.put_file(step["cluster"], step["store"], step["path"], recording.body(step))
        elif step.get("action") == "expect_files":
            difference = compare_files(recording, step, {name: target.files(name) for name in target.clusters})
            yield Outcome(step=number, kind="files", request=step.get("note", ""), difference=difference)
        elif step.get("action") == "stop":
            target.stop(step["cluster"], step["signal"])
        elif step.get("action") == "start":
            target.start(step["cluster"])
        elif "method" in step:
            request = f"{step['cluster']} {step['method']} {step['path']}"
            recorded = _placed(recording.body(step).decode("latin-1"), target).encode("latin-1")
            said = {"error_message": step.get("error_message") or "", "headers": step["headers"]}
            difference = compare_reply(step | _placed(said, target), recorded, _ask(step, target))
            yield Outcome(step=number, kind=_kind(step), request=request, difference=difference)


def _came_later(recording: Recording, entry: Mapping[str, Any]) -> bool:
    """Whether a PV was made after the first step: the first list of files has none of its files."""
    first = next((step["files"] for step in recording.steps if step.get("action") == "expect_files"), None)
    key = entry["typeinfo"].get("chunkKey")
    own = [file["path"] for file in recording.files if key and file["path"].startswith(key)]
    there = [] if first is None else [file["path"].partition("/")[2] for file in first]
    return first is not None and bool(own) and not set(own) & set(there)


def _names(step: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """Whether a step is about a PV, by its name."""
    return re.search(re.escape(entry["typeinfo"]["pvName"]) + r"(?![\w:])", unquote(step.get("path", ""))) is not None


def _kind(step: Mapping[str, Any]) -> str:
    parts = urlsplit(step["path"])
    query = parse_qs(parts.query, keep_blank_values=True)
    kind = re.sub("^/(retrieval/data|(?=mgmt)|(?=retrieval/bpl))/?", "", parts.path).replace("/bpl/", "/")
    in_name = re.match(r"([A-Za-z]+)[\w-]*\(", query.get("pv", [""])[0])
    function = in_name or re.match("([A-Za-z]+)", query.get("pp", [""])[0])
    return f"{kind}({function[1]})" if function else kind


def _ask(step: Mapping[str, Any], target: Target) -> Reply:
    webapp = "retrieval" if step["path"].startswith("/retrieval") else "mgmt"
    connection = HTTPConnection(target.host(step["cluster"], webapp), timeout=_SECONDS)
    try:
        content_type = step.get("request_content_type")
        body = step.get("request_body")
        connection.request(
            step["method"],
            _placed_path(step["path"], target),
            None if body is None else _placed(body, target).encode(),
            {"Content-Type": content_type} if content_type else {},
        )
        answer = connection.getresponse()
        return Reply(
            status=answer.status, headers={name.title(): text for name, text in answer.getheaders()}, body=answer.read()
        )
    finally:
        connection.close()


def _placed(content: Any, target: Target) -> Any:
    """Return text, or what holds text, with the recorded hosts and folders replaced by the target's."""
    if isinstance(content, str):
        for cluster in target.clusters:
            for recorded, present in _hosts(cluster, target).items():
                content = content.replace(recorded, present)
            for folder in (f"/archive/{cluster}", f"\\/archive\\/{cluster}"):
                content = content.replace(folder, target.folder(cluster))
        return content
    if isinstance(content, dict):
        return {key: _placed(item, target) for key, item in content.items()}
    return [_placed(item, target) for item in content] if isinstance(content, list) else content


def _placed_path(path: str, target: Target) -> str:
    """Return a request's path with hosts and folders replaced, also where they are percent-encoded, even repeatedly."""
    for cluster in target.clusters:
        replacements = _hosts(cluster, target) | {f"/archive/{cluster}/": f"{target.folder(cluster)}/"}
        for _ in range(_DEPTH_OF_ENCODING):
            for old, new in replacements.items():
                path = path.replace(old, new)
            replacements = {_percent(old): _percent(new) for old, new in replacements.items()}
    return path


def _hosts(cluster: str, target: Target) -> dict[str, str]:
    """Return what stands for a recorded host: that of one webapp before its path, that of the other elsewhere."""
    recorded, retrieval = _RECORDED_HOSTS[cluster], target.host(cluster, "retrieval")
    paths = {f"{recorded}{slash}retrieval": f"{retrieval}{slash}retrieval" for slash in ("/", "\\/")}
    return paths | {recorded: target.host(cluster, "mgmt")}


def _percent(text: str) -> str:
    return text.replace("%", "%25").replace(":", "%3A").replace("/", "%2F")
