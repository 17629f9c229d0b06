"""Two real clusters as they were recorded (`tests/golden`), to be asked as if they still answered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl, urlsplit

from archredundancy.appliance.messages.message import decode_header, decode_sample
from archredundancy.client import ManagementClient, RetrievalClient
from archredundancy.client.http.transport import Params, Reply, StreamReply
from archredundancy.model import TimeRange
from archredundancy.pair import Cluster, ClusterPair
from archredundancy.testing.recorded.golden import Recording

__all__ = ["RecordedTransport", "recorded_pair"]


class RecordedTransport:
    """Answers what a cluster of a recording was asked, as it did the first time, and nothing else.

    Samples are cut out of what was answered about a longer window, as the server would: those of the window, both ends
    included, and the one before where none lies at its start (`appliance.md` B.4).

    Parameters
    ----------
    recording : Recording
    cluster : str
        What it is called there, such as "P".
    """

    def __init__(self, recording: Recording, cluster: str) -> None:
        self._recording = recording
        self._infos = {
            entry["typeinfo"]["pvName"]: entry["typeinfo"] for entry in recording.pvs if entry["cluster"] == cluster
        }
        self._steps = [
            (parts.path, dict(parse_qsl(parts.query)), step)
            for step in recording.steps
            if step.get("cluster") == cluster and step.get("method") == "GET" and step["status"] == 200
            for parts in [urlsplit(step["path"])]
        ]

    def get(self, url: str, params: Params = (), *, timeout: float | None = None) -> Reply:
        """Return what was recorded; 404 for what was not."""
        path, query = urlsplit(url).path, dict(params)
        body = self._answer(path, query)
        return Reply(404 if body is None else 200, {}, body or b"")

    @contextmanager
    def stream(self, url: str, params: Params = (), *, timeout: float | None = None) -> Iterator[StreamReply]:
        """Return what was recorded, in one block."""
        reply = self.get(url, params)
        yield StreamReply(reply.status, reply.headers, iter([reply.body]))

    def send_names(self, url: str, names: Iterable[str]) -> Reply:
        """Return 404: only requests that fit into a URL are recorded."""
        return Reply(404, {}, b"")

    def _answer(self, path: str, query: Mapping[str, str]) -> bytes | None:
        call = path.rpartition("/")[2]
        if call == "getPVTypeInfo":
            info = self._infos.get(query["pv"])
            return None if info is None else json.dumps(info).encode("latin-1")
        for _, asked, step in (each for each in self._steps if each[0] == path):
            body = self._recording.body(step)
            if call == "getPVStatus" and fnmatchcase(query["pv"], asked["pv"]):
                return _only(body, query["pv"])
            if call == "getData.raw" and _is_part(query, asked):
                return _cut(body, _window(query))
            if asked == query:
                return body
        return None


def recorded_pair(recording: Recording, now: int) -> ClusterPair:
    """Return the two clusters of a recording, to be read and compared as they then were.

    Parameters
    ----------
    recording : Recording
        Of clusters P and S, such as `open_recording("20_live")`.
    now : int, ns since 1970 UTC
        What they take for the present.

    Examples
    --------
    >>> from archredundancy.testing import open_recording
    >>> with recorded_pair(open_recording("20_live"), now=1795383472 * 10**9) as pair:
    ...     pair.compare("LIVE:COUNT", "2026-11-22T21:33:00Z", "2026-11-22T21:37:00Z").summary.primary.samples_to_gain
    135
    """
    return ClusterPair(_cluster(recording, "P", "primary"), _cluster(recording, "S", "secondary"), fixed_now=now)


def _cluster(recording: Recording, letter: str, name: str) -> Cluster:
    transport, url = RecordedTransport(recording, letter), f"http://{name}.recorded"
    reader = RetrievalClient(f"{url}/retrieval", transport, name=name)
    return Cluster(name, {"": reader}, ManagementClient(f"{url}/mgmt/bpl", transport), url=url)


def _only(statuses: bytes, pv: str) -> bytes:
    """Return the statuses of one PV."""
    entries = json.loads(statuses.decode("latin-1"))
    return json.dumps([entry for entry in entries if entry["pvName"] == pv]).encode("latin-1")


def _window(query: Mapping[str, str]) -> TimeRange:
    return TimeRange.parse(query["from"], query["to"], now=0)


def _is_part(query: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """Return whether a request differs from a recorded one only in that its window is inside that one's."""
    inner, outer = _window(query), _window(asked)
    is_same = all(asked.get(name) == text for name, text in query.items() if name not in ("from", "to"))
    return is_same and len(asked) == len(query) and outer.start <= inner.start and inner.end <= outer.end


def _cut(body: bytes, window: TimeRange) -> bytes:
    """Return the lines of an answer that the server gives for a shorter window; headers stay."""
    stamps = [stamp for _, stamp in _lines(body) if stamp is not None]
    first = max((stamp for stamp in stamps if stamp <= window.start), default=window.start)
    return b"\n".join(line for line, stamp in _lines(body) if stamp is None or first <= stamp <= window.end)


def _lines(body: bytes) -> Iterator[tuple[bytes, int | None]]:
    """Yield the lines of a raw answer, samples with their time."""
    header = None
    for line in body.split(b"\n"):
        if header is None and line:
            header = decode_header(line)
            yield line, None
        elif header is None or not line:
            header = None
            yield line, None
        else:
            yield line, decode_sample(line, header.dbr_type).time(header.year)
