"""One embedded appliance."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from starlette.routing import Router

from archredundancy.appliance.clock import SettableClock, Ticker, Timekeeper
from archredundancy.appliance.configuration.archive_requests import ArchiveRequest, ArchiveRequests
from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.configuration.opening import open_configuration
from archredundancy.appliance.configuration.settings import SiteSettings
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.duties import Duties
from archredundancy.appliance.engine.engine import Engine
from archredundancy.appliance.engine.initial_sampling import meta_info_of
from archredundancy.appliance.engine.source import Source
from archredundancy.appliance.engine_control import EngineControl
from archredundancy.appliance.etl.conditions import Conditions
from archredundancy.appliance.etl.runner import Etl
from archredundancy.appliance.management.routes import management_routes
from archredundancy.appliance.remote.failover import PBRAW, FailoverServers
from archredundancy.appliance.remote.readers import merging
from archredundancy.appliance.retrieval.routes import retrieval_routes
from archredundancy.appliance.server.background import BackgroundServer
from archredundancy.appliance.server.depth import CountedRequests
from archredundancy.appliance.server.faults import Faults
from archredundancy.appliance.server.faulty_application import FaultyApplication
from archredundancy.appliance.server.pages import LimitedBodies, with_error_pages
from archredundancy.appliance.server.strict_targets import StrictTargets
from archredundancy.appliance.state import ApplianceState, Members
from archredundancy.appliance.storage.faulty_disk import FaultyDisk
from archredundancy.appliance.storage.storage import Storage
from archredundancy.errors import InputError, StoreError

__all__ = ["Appliance"]

_LAG = 0.05
_MERGED = "?mergeDuringRetrieval=true"
_ANY = ("0.0.0.0", "::")


class Appliance:
    """An archiver appliance in this process: real HTTP on loopback, real PB files, a configuration that outlives it.

    It behaves as the real one does, mistakes included (`appliance.md`), so that what works on it works at the site. Use
    it as a context manager.

    Parameters
    ----------
    identity : str
        What it calls itself, such as `primary0`.
    root : path
        Folder of its stores (`sts`, `mts`, `lts`) and its configuration; made if absent.
    port : int
        0 for one that is free; it stays the same over a stop and start.
    host : str
        Address to answer at. There is no authentication and some calls delete data, so leave it, but on a network where
        nobody else is.
    clock : callable
        Gives the present, ns since 1970 UTC. With a `SettableClock` what is due is done as that one is moved, else in
        a thread as time passes.
    lag : float, seconds
        How long the engine takes to follow a pause or resume, in the real time; no time with a `SettableClock`.
    settings : SiteSettings, optional
        The site's policy, name separators and the like.
    members : Members, optional
        Of the cluster it belongs to (`ApplianceCluster` makes them); without it, it is a cluster of its own.
    redirects : bool
        Whether `getData` of another member's PV is answered with a redirect instead of the data
        (`proxyRetrievalRequest=true`).
    source : Source, optional
        Where the engine gets its PVs from, such as a `SimulatedIoc`. Without one the appliance archives nothing, and
        does only what it is asked for.
    seconds_to_buffer : float
        How long the engine holds samples in memory.

    Attributes
    ----------
    clock : callable
        May be replaced by one that drifts.
    faults : Faults
        Switched on by name, to see what clients make of them.
    settings : SiteSettings

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as root, Appliance("primary0", root) as appliance:
    ...     appliance.url.startswith("http://127.0.0.1:")
    True
    """

    def __init__(
        self,
        identity: str,
        root: str | os.PathLike[str],
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        clock: Callable[[], int] = time.time_ns,
        lag: float = _LAG,
        settings: SiteSettings | None = None,
        members: Members | None = None,
        redirects: bool = False,
        source: Source | None = None,
        seconds_to_buffer: float = 10.0,
    ) -> None:
        self.identity = identity
        self.root = Path(root)
        self.clock = clock
        self._port = port
        self._host = host
        self._lag = 0.0 if isinstance(clock, SettableClock) else lag
        self._source = source
        self._seconds_to_buffer = seconds_to_buffer
        self._timekeeper: Timekeeper = clock if isinstance(clock, SettableClock) else Ticker(clock)
        self._duties = Duties(self._timekeeper, source)
        self.settings = settings or SiteSettings()
        self.faults = Faults()
        self._redirects = redirects
        self._members = Members() if members is None else members
        self._disk = FaultyDisk(self.root, self.faults, self._break_off)
        self._opened = ExitStack()
        self._server: BackgroundServer | None = None
        self._state: ApplianceState | None = None

    def start(self) -> Self:
        """Open the configuration and answer requests.

        Raises
        ------
        InputError
            If it is started already.
        StoreError
            If another appliance uses its root, or its configuration cannot be read.
        OSError
            If its port is taken, its root cannot be made, or the file of its named flags cannot be read.
        """
        if self._server is not None:
            raise InputError(f"the appliance {self.identity!r} is started already; stop it first")
        flags = self.settings.flags()
        self._disk = FaultyDisk(self.root, self.faults, self._break_off)
        storage = Storage(self.root, self._disk)
        router = Router()
        with ExitStack() as opened:
            configuration, requests = open_configuration(
                self.root, self.identity, self._members.shared, self.settings, opened
            )
            self._server = BackgroundServer(self._application(router), self._port, self._host)
            self._opened = opened.pop_all()
        configuration.flags.update(flags)
        self._port = self._server.port
        self._state = self._assemble(storage, configuration, requests)
        self._state.engine.start()
        self._duties.take_up(self._state, self._server.calls)
        router.routes.extend([*retrieval_routes(self._state), *management_routes(self._state)])
        # Before the server answers: whoever waits for it should not meet a cluster without it.
        self._members.join(self._state)
        self._server.start()
        return self

    def begin_to_stop(self) -> None:
        """Take no more requests; `stop` waits for those that are being answered."""
        if self._server is not None:
            self._server.begin_to_stop()

    def stop(self) -> None:
        """Answer no more, and empty stores with `consolidateOnShutdown`.

        A later `start` finds configuration and files as they are then.
        """
        if self._server is not None:
            self._members.leave(self.identity)
            self._server.stop()
            self._duties.lay_down()
            self._running.engine.stop(flush=not self._disk.is_dead)
            if not self._disk.is_dead:
                self._running.etl.shut_down(self._now())
            self._opened.close()
            self._server = self._state = None

    def kill(self) -> None:
        """End the server at once, as a crash would: open connections break off, no file is put in order.

        `stop` and `start` make it answer again.
        """
        if self._server is not None:
            self._break_off()
            self._duties.lay_down()
            self._running.engine.stop(flush=False)

    def _break_off(self) -> None:
        """Answer and write no more; may be called in the middle of any work."""
        self._disk.die()
        self._members.leave(self.identity)
        self._running.configuration.detach()
        if self._server is not None:
            self._server.kill()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where it answers: its scheme, host and port, without a path."""
        host = "127.0.0.1" if self._host in _ANY else f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def engine(self) -> EngineControl:
        """Its engine, to plant outages."""
        return EngineControl(self._running)

    @property
    def management_url(self) -> str:
        """Root of the management calls."""
        return f"{self.url}/mgmt/bpl"

    @property
    def retrieval_url(self) -> str:
        """What the real one calls `data_retrieval_url`."""
        return f"{self.url}/retrieval"

    def add_pv(self, info: Mapping[str, Any]) -> None:
        """Configure a PV without asking the management.

        Parameters
        ----------
        info : mapping
            With the keys of `getPVTypeInfo`, and `pvName` at least. Without `dataStores` it gets what `archivePV` gives
            a PV, but at once: the stores of the site's policy or of `policyName`, type and units of the source's
            record, and the present as creation time.

        Raises
        ------
        InputError
            If there is no name, or a store URL or type cannot be read.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as root, Appliance("primary0", root) as appliance:
        ...     appliance.add_pv({"pvName": "TANK:LEVEL"})
        ...     [store.name for store in appliance.type_info("TANK:LEVEL").stores]
        ['STS', 'MTS', 'LTS']
        """
        given = {"applianceIdentity": self.identity} | dict(info)
        known = {} if "dataStores" in given or not given.get("pvName") else self._as_by_policy(given)
        read = PvTypeInfo(known | given, self.settings.key_of)
        read.check()
        self._running.configuration.put(read)
        self._running.engine.follow(read.pv, at_once=True)

    def _as_by_policy(self, given: Mapping[str, Any]) -> dict[str, Any]:
        pv = str(given["pvName"])
        sampled = meta_info_of(pv, self._source.describe(pv) if self._source else None)
        request = ArchiveRequest(pv=pv, submitted=self._now(), policy=str(given.get("policyName", "")))
        return self._running.requests.type_info(request, sampled, self.identity, self._now()).info

    def knows(self, pv: str) -> bool:
        """Whether the PV is configured, paused or not."""
        return self._running.configuration.type_info(pv) is not None

    def merge_from(self, retrieval_url: str, *, in_place_of: str | None = None) -> None:
        """Merge another appliance's samples into answers, without asking the management.

        Parameters
        ----------
        retrieval_url : str
            The other's `retrieval_url`.
        in_place_of : str, optional
            The one it had before; if that is not merged any more, the other is not, either. By default it is merged in
            the place of all others.
        """
        configuration = self._running.configuration
        known = configuration.external_servers
        replaced = [server for server in known if in_place_of is None or server == f"{in_place_of}{_MERGED}"]
        for server in replaced:
            configuration.remove_external_server(server)
        if replaced or in_place_of is None:
            configuration.add_external_server(f"{retrieval_url}{_MERGED}", PBRAW)
        self._running.failover.reset()

    def type_info(self, pv: str) -> PvTypeInfo:
        """Return what it keeps about a PV.

        Raises
        ------
        InputError
            If it does not know the PV.
        """
        info = self._running.configuration.type_info(pv)
        if info is None:
            raise InputError(f"the appliance {self.identity!r} does not know the PV {pv!r}")
        return info

    def put_file(self, store: str, path: str, data: bytes) -> Path:
        """Write a file into a store.

        Parameters
        ----------
        store : str
            STS, MTS or LTS.
        path : str
            Inside the store, such as `A/B:2024.pb`.
        data : bytes

        Raises
        ------
        StoreError
            If there is no such store, or the path leaves it.
        """
        if Path(path).is_absolute() or ".." in Path(path).parts:
            raise StoreError(f"the path {path!r} leaves the store; give one below it", path=path)
        file = self._running.storage.store_folder(store) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return file

    def files(self) -> dict[str, bytes]:
        """Return the content of all its files, by path below the root, such as `lts/A/B:2024.pb`; also when stopped."""
        return Storage(self.root).files()

    def _now(self) -> int:
        """Ask the clock that is set at this moment; a fault may let it drift."""
        return self.faults.clock(self.clock())

    def _application(self, router: Router) -> FaultyApplication:
        """Return what requests pass on their way to the routes, and their answers on the way back."""
        application = StrictTargets(with_error_pages(LimitedBodies(CountedRequests(router))))
        return FaultyApplication(application, self.faults, self.kill)

    def _assemble(self, storage: Storage, configuration: Configuration, requests: ArchiveRequests) -> ApplianceState:
        return ApplianceState(
            identity=self.identity,
            url=self.url,
            settings=self.settings,
            configuration=configuration,
            requests=requests,
            storage=storage,
            engine=Engine(
                storage=storage,
                identity=self.identity,
                configuration=configuration,
                clock=self._now,
                steady=self._timekeeper,
                source=self._source,
                seconds_to_buffer=self._seconds_to_buffer,
                lag=self._lag,
            ),
            etl=Etl(
                lambda: configuration.infos_of(self.identity),
                storage,
                Conditions(
                    flag=configuration.flag,
                    free_space=self._disk.free_space,
                    out_of_space=self.settings.out_of_space,
                ),
                partial(merging, storage),
            ),
            failover=FailoverServers(lambda: configuration.external_servers, self._now),
            clock=self._now,
            members=self._members,
            redirects=self._redirects,
        )

    @property
    def _running(self) -> ApplianceState:
        if self._state is None:
            raise InputError(f"the appliance {self.identity!r} is not started; use it in a with block, or call start()")
        return self._state
