"""A small embedded pair whose merge touches everything: old gaps, a last second, several stores, ties and fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import numpy as np

from archredundancy.appliance import Appliance, AppliancePair
from archredundancy.client import HttpTransport
from archredundancy.commit import PairUrls, RunFolder, RunSettings
from archredundancy.commit.sides import Side
from archredundancy.demo.certificate import trust_embedded
from archredundancy.model import (
    NS_PER_SECOND,
    DbrType,
    Extras,
    Granularity,
    Partition,
    Samples,
    StoreUrl,
    TimeRange,
    chunk_key,
    parse_time,
    year_of,
)
from archredundancy.plan import MergePlan, build_plan
from archredundancy.plan.forecast.hashing import sample_hashes
from archredundancy.survey import survey_for_merge
from archredundancy.testing.embedded.ports import hold_port
from archredundancy.wire import ChunkHeader, encode_chunk

__all__ = ["NOW", "PV", "QUICK", "STORES", "Bench", "Trial", "open_bench", "put_samples", "record"]

PV = "T:BENCH"
#: What both appliances take for the present.
NOW = parse_time("2024-03-20T12:00:00Z", now=0)
STORES = (
    "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_HOUR&consolidateOnShutdown=true",
    "pb://localhost?name=MTS&rootFolder=${ARCHAPPL_MEDIUM_TERM_FOLDER}&partitionGranularity=PARTITION_DAY&hold=2&gather=1",
    "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_MONTH",
)
#: Nothing here takes longer.
QUICK = RunSettings(pause=5, flush=0.02, consolidate=20, merge=20, patience=1.0, resume=10, alive=0.1, poll=0.02)

#: Times of what the primary has, by store; a sample of its last second in a partition that gains nothing.
PRIMARY = {
    "LTS": [
        "2023-12-31T23:59:59.5", "2024-01-05", "2024-01-06", "2024-02-03", "2024-02-20",
        "2024-03-02T00:00:00.000000001",
    ],
    "MTS": ["2024-03-18T01:00:00", "2024-03-18T05:00:00"],
    "STS": ["2024-03-20T10:00:00", "2024-03-20T11:59:50"],
}  # fmt: skip
#: Times of what the secondary has: four samples to gain, ties, one after the horizon, and partitions without any.
SECONDARY = {
    "LTS": [
        "2024-01-05", "2024-02-03", "2024-02-10", "2024-02-11", "2024-02-20", "2024-03-02T00:00:00.000000002",
        "2024-03-10T10:00:00.5", "2024-03-18T01:00:00", "2024-03-20T11:59:55",
    ],
}  # fmt: skip
_WHOLE = TimeRange(start=parse_time("2021-01-01", now=0), end=parse_time("2026-01-01", now=0))


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A pair, wherever it runs, and where its runs are kept.

    Attributes
    ----------
    urls : PairUrls
    run_dir : Path
    """

    urls: PairUrls
    run_dir: Path

    @cached_property
    def before(self) -> Samples:
        """What the primary had, if it is asked for early enough."""
        return self.samples()

    @cached_property
    def offered(self) -> Samples:
        """What the secondary has."""
        return self.samples("secondary")

    @property
    def gained(self) -> int:
        """How many samples the primary has more than at the beginning."""
        return len(self.samples()) - len(self.before)

    def check_whole(self, recorded: Samples | None = None) -> None:
        """Check that nothing is lost, nothing invented, and that the primary archives the PV.

        Parameters
        ----------
        recorded : Samples, optional
            What the primary has recorded since the beginning.

        Raises
        ------
        AssertionError
            If something is not so.
        """
        after = sample_hashes(self.samples())
        new = Samples.empty(DbrType.SCALAR_DOUBLE) if recorded is None else recorded
        had = sample_hashes(Samples.concatenate([self.before, new]))
        known = np.concatenate([had, sample_hashes(self.offered)])
        told = {
            "lost": int((~np.isin(had, after)).sum()),
            "invented": int((~np.isin(after, known)).sum()),
            "status": self.status(),
        }
        if told != {"lost": 0, "invented": 0, "status": "Being archived"}:
            raise AssertionError(f"the primary is not as it should be: {told}")

    def plan(self, strategy: str, *, pv: str = PV, unaware: bool = False, **options: Any) -> MergePlan:
        """Return the plan of merging the PV, if so unaware of hidden samples; options are those of `build_plan`."""
        with HttpTransport() as transport:
            primary, secondary = (self._side(name, transport) for name in ("primary", "secondary"))
            evidence = survey_for_merge(pv, primary, secondary, NOW)
        hidden = None if unaware else evidence.hidden
        return build_plan([replace(evidence, certified=True, hidden=hidden)], strategy=strategy, **options)

    def samples(self, side: Literal["primary", "secondary"] = "primary") -> Samples:
        """Return all that one of them has."""
        with HttpTransport() as transport:
            return self._side(side, transport).read(PV, _WHOLE).samples

    def status(self) -> str:
        """Return what the primary says of the PV."""
        with HttpTransport() as transport:
            return self._side("primary", transport).status(PV)

    def make_run(self, plan: MergePlan, settings: RunSettings = QUICK) -> RunFolder:
        """Return a run folder, ready for its process."""
        return RunFolder.create(self.run_dir, plan, self.urls, settings)

    def _side(self, name: str, transport: HttpTransport) -> Side:
        return Side.connect(name, getattr(self.urls, name), transport)


@dataclass(frozen=True, kw_only=True)
class Bench(Trial):
    """The same with an embedded pair that runs in this process.

    Attributes
    ----------
    pair : AppliancePair
    """

    pair: AppliancePair

    def record(self, *times: str) -> Samples:
        """Let the primary have samples in its youngest store, as after recording, and return them.

        Parameters
        ----------
        *times : str
            Of one hour of 2024, later than all that it has.
        """
        return record(self.pair.primary, self.pair.primary.files(), times, Granularity.HOUR)

    @contextmanager
    def moved(self) -> Iterator[Appliance]:
        """Serve the primary's files and configuration under another address; nobody answers at the old one any more."""
        primary = self.pair.primary
        primary.kill()
        primary.stop()
        with (
            closing(hold_port(urlsplit(primary.url).port or 0)),
            Appliance(primary.identity, primary.root, clock=primary.clock, lag=0.05) as appliance,
        ):
            yield appliance


class Recorder(Protocol):
    """An appliance whose files can be written, in whatever process."""

    def put_file(self, store: str, path: str, content: bytes) -> object:
        """Put a file into the folder of a store."""


def record(appliance: Recorder, files: Mapping[str, bytes], times: Sequence[str], granularity: Granularity) -> Samples:
    """Let an appliance have samples in its youngest store, as after recording, and return them.

    Parameters
    ----------
    appliance : Recorder
    files : mapping of str to bytes
        What it has of the PV, by path.
    times : sequence of str
        Of one partition of that store in 2024, later than all that it has.
    granularity : Granularity
        Of that store.
    """
    moments = [parse_time(time, now=0) for time in times]
    samples = Samples.build(DbrType.SCALAR_DOUBLE, moments, [1.0] * len(moments))
    name = f"{chunk_key(PV)}{Partition.holding(moments[0], granularity).name}.pb"
    content = encode_chunk(ChunkHeader(dbr_type=samples.dbr_type, pv=PV, year=2024), samples)
    old = files.get(f"sts/{name}")
    appliance.put_file("STS", name, content if old is None else old + content.split(b"\n", 1)[1])
    return samples


@contextmanager
def open_bench(
    root: Path,
    primary: Mapping[str, Sequence[str]] | None = None,
    secondary: Mapping[str, Sequence[str]] | None = None,
    *,
    lag: float = 0.05,
    primary_members: Sequence[str] = ("primary0",),
    stores: Sequence[str] = STORES,
) -> Iterator[Bench]:
    """Start a pair whose clock stands still.

    Parameters
    ----------
    root : Path
        Folder for its files and runs.
    primary, secondary : mapping of str to sequence of str, optional
        Times of the samples by store, instead of `PRIMARY` and `SECONDARY`.
    lag : float, seconds
        How long the engines take to follow a pause or resume.
    primary_members : sequence of str
        Identities of the primary's members; the last one archives the PV, and the first one is asked.
    stores : sequence of str
        URLs of both sides' stores, youngest first.
    """
    with AppliancePair(root=root / "pair", clock=lambda: NOW, lag=lag, primary_members=primary_members) as pair:
        put_samples(pair.primary_cluster[primary_members[-1]], primary or PRIMARY, stores=stores)
        put_samples(pair.secondary, secondary or SECONDARY, offset=100, stores=stores)
        urls = PairUrls(primary=pair.primary.url, secondary=pair.secondary.url, fixed_now=NOW)
        trust_embedded(root / "runs")
        bench = Bench(pair=pair, urls=urls, run_dir=root / "runs")
        bench.before, bench.offered  # noqa: B018 - remembered from now on
        yield bench


def put_samples(
    appliance: Appliance,
    times: Mapping[str, Sequence[str]],
    *,
    pv: str = PV,
    offset: int = 0,
    stores: Sequence[str] = STORES,
) -> None:
    """Let an appliance archive a PV, and have samples of it in its files.

    Parameters
    ----------
    appliance : Appliance
    times : mapping of str to sequence of str
        Of the samples, by store.
    pv : str
    offset : int
        What values of the 5th of a month are greater by.
    stores : sequence of str
        URLs.
    """
    appliance.add_pv(_type_info(appliance.identity, pv, stores))
    granularities = {store.name: store.granularity or Granularity.YEAR for store in map(StoreUrl.parse, stores)}
    for store, texts in times.items():
        moments = [parse_time(text, now=0) for text in texts]
        for partition in sorted({Partition.holding(moment, granularities[store]) for moment in moments}):
            samples = _samples([moment for moment in moments if partition.start <= moment < partition.end], offset)
            header = ChunkHeader(dbr_type=samples.dbr_type, pv=pv, year=year_of(partition.start))
            appliance.put_file(store, f"{chunk_key(pv)}{partition.name}.pb", encode_chunk(header, samples))


def _samples(moments: Sequence[int], offset: int) -> Samples:
    """Return samples of equal values at equal times, but for those of the 5th of a month, and fields at the first."""
    values = [_value(moment, offset) for moment in moments]
    extras = Extras.build([(0, (("HIHI", "10.0"),), -1, 0, -1)])
    return Samples.build(DbrType.SCALAR_DOUBLE, moments, values, extras=extras)


def _value(moment: int, offset: int) -> int:
    fifth = Partition.holding(moment, Granularity.DAY).name.endswith("_05")
    return moment // NS_PER_SECOND % 1000 + (offset if fifth else 0)


def _type_info(identity: str, pv: str, stores: Sequence[str]) -> dict[str, Any]:
    return {
        "pvName": pv,
        "DBRType": "DBR_SCALAR_DOUBLE",
        "scalar": "true",
        "elementCount": "1",
        "applianceIdentity": identity,
        "chunkKey": chunk_key(pv),
        "creationTime": "2023-12-01T00:00:00.000Z",
        "modificationTime": "2023-12-01T00:00:00.000Z",
        "paused": "false",
        "samplingMethod": "MONITOR",
        "samplingPeriod": "1.0",
        "dataStores": list(stores),
    }
