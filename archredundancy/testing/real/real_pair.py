"""Two running clusters, perhaps in operation, as a place to replay recordings: under scratch names, by stock calls."""

from __future__ import annotations

import json
import logging
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from archredundancy.model import Samples, chunk_key, format_time
from archredundancy.relay import serve_relay
from archredundancy.testing.real.scratch import ScratchNames
from archredundancy.wire import read_chunks

__all__ = ["PairUnfit", "RealPair"]

logger = logging.getLogger(__name__)

_SECONDS = 120.0
_MILLISECOND = 1_000_000


class PairUnfit(Exception):
    """The pair does not answer as it must for scratch PVs; the text says what was asked and answered."""


@dataclass(kw_only=True)
class RealPair:
    """A pair that others may use; everything is done under scratch names, and deleted at the end.

    Use it as a context manager, and as a target of `replay` for recordings under `names`.

    Attributes
    ----------
    primary, secondary : str
        Management URLs, such as `http://host:17665/mgmt/bpl`.
    roots : mapping of str to Path
        For P and S, the folder that has its stores' folders `sts`, `mts` and `lts`, named as the appliance names it;
        without both, samples are brought in by `importDataFromPlugin`, and files cannot be looked at.
    prefix : str
        What scratch names begin with; a part that nobody can guess is added.
    interface : str
        Own address that the pair can connect to.
    """

    primary: str
    secondary: str
    roots: Mapping[str, Path] = field(default_factory=dict)
    prefix: str = "ARCHREDUNDANCY:SCRATCH"
    interface: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self.prefix = f"{self.prefix}:{secrets.token_hex(4)}"
        self._urls = {"P": self.primary.rstrip("/"), "S": self.secondary.rstrip("/")}
        self._waiting: dict[tuple[str, str], list[tuple[str, bytes]]] = {}
        self._infos = {cluster: self._call(cluster, "getApplianceInfo") for cluster in self._urls}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete what was made."""
        with ExitStack() as stack:
            for cluster in self._urls:
                stack.callback(self._delete_all, cluster)

    @property
    def names(self) -> ScratchNames:
        """Names that recordings must have here."""
        recorded = {"P": "primary0", "S": "secondary0"}
        return ScratchNames(
            prefix=self.prefix,
            identities={name: self._infos[cluster]["identity"] for cluster, name in recorded.items()},
        )

    @property
    def has_files(self) -> bool:
        """Whether the files of both can be reached."""
        return len(self.roots) == len(self._urls)

    @property
    def merging(self) -> list[str]:
        """Those that merge the samples of external servers into their answers."""
        return [cluster for cluster in self._urls if self._call(cluster, "getExternalArchiverServers")]

    @property
    def clusters(self) -> list[str]:
        """What the two are called in recordings."""
        return list(self._urls)

    def host(self, cluster: str, webapp: str) -> str:
        """Return `host:port` of a webapp."""
        url = self._infos[cluster]["dataRetrievalURL"] if webapp == "retrieval" else self._urls[cluster]
        return urlsplit(url).netloc

    def folder(self, cluster: str) -> str:
        """Return the folder with its stores' folders; one that is not there if it cannot be reached."""
        return str(self.roots.get(cluster, f"/archive/{cluster}"))

    def put_file(self, cluster: str, store: str, path: str, data: bytes) -> None:
        """Write a file, or keep it until its PV is made and its samples can be imported."""
        if cluster not in self.roots:
            self._waiting.setdefault((cluster, path.rpartition(":")[0] + ":"), []).append((store, data))
            return
        file = self.roots[cluster] / store.lower() / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def add_pv(self, cluster: str, info: dict[str, Any]) -> None:
        """Make a PV, paused, and import the samples of its files.

        Raises
        ------
        PairUnfit
            If the appliance refuses.
        """
        pv = info["pvName"]
        self._call(cluster, "putPVTypeInfo", json.dumps(info), pv=pv, createnew="true")
        files = self._waiting.pop((cluster, info.get("chunkKey") or chunk_key(pv)), [])
        for store in dict.fromkeys(store for store, _ in files):
            chunks = [chunk for name, data in files if name == store for chunk in read_chunks(data)]
            samples = Samples.concatenate([chunk.samples for chunk in chunks]).in_order()
            self._import(cluster, pv, store, samples)

    def files(self, cluster: str) -> dict[str, bytes]:
        """Return the scratch PVs' files, by path such as `lts/A/B:2024.pb`."""
        return {
            path.relative_to(self.roots[cluster]).as_posix(): path.read_bytes()
            for folder in self._own_folders(cluster)
            for path in folder.rglob("*")
            if path.is_file()
        }

    def stop(self, cluster: str, signal: str) -> None:
        """Refuse: nobody stops a real appliance from here.

        Raises
        ------
        PairUnfit
            Always.
        """
        raise PairUnfit(f"{cluster} is not to be stopped")

    def start(self, cluster: str) -> None:
        """Refuse: nobody starts a real appliance from here.

        Raises
        ------
        PairUnfit
            Always.
        """
        raise PairUnfit(f"{cluster} is not to be started")

    def _import(self, cluster: str, pv: str, store: str, samples: Samples) -> None:
        with serve_relay({pv: samples}, interface=self.interface, on_request=logger.debug) as relay:
            source = urlencode({"name": "R", "rawURL": f"{relay.url}/data/getData.raw", "skipExternalServers": "true"})
            window = {
                "from": format_time(int(samples.time[0]) // _MILLISECOND * _MILLISECOND),
                "to": format_time((int(samples.time[-1]) // _MILLISECOND + 1) * _MILLISECOND),
            }
            self._call(cluster, "importDataFromPlugin", pv=pv, src=f"pbraw://localhost?{source}", dest=store, **window)

    def _delete_all(self, cluster: str) -> None:
        """Delete all PVs under the prefix, and all files; the prefix is this run's own."""
        for pv in self._call(cluster, "getAllPVs", pv=f"{self.prefix}:*", limit="-1"):
            self._call(cluster, "pauseArchivingPV", pv=pv)
            self._call(cluster, "deletePV", pv=pv, deleteData="true")
        for folder in self._own_folders(cluster):
            shutil.rmtree(folder)

    def _own_folders(self, cluster: str) -> Iterator[Path]:
        below = chunk_key(self.prefix).rstrip(":")
        stores = self.roots[cluster].iterdir() if cluster in self.roots else ()
        yield from [store / below for store in stores if (store / below).is_dir()]

    def _call(self, cluster: str, call: str, body: str | None = None, **parameters: str) -> Any:
        url = urlsplit(self._urls[cluster])
        connection = HTTPConnection(url.netloc, timeout=_SECONDS)
        try:
            headers = {} if body is None else {"Content-Type": "application/json"}
            target = f"{url.path}/{call}?{urlencode(parameters)}"
            connection.request("GET" if body is None else "POST", target, body, headers)
            answer = connection.getresponse()
            content = answer.read().decode("latin-1")
        finally:
            connection.close()
        if answer.status != 200:
            raise PairUnfit(f"{cluster} {target} is answered {answer.status}: {content[-500:]}")
        return json.loads(content) if content.strip() else None
