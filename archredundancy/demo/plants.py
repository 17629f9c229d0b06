"""PVs with planted faults: the truth goes to both appliances, less what each is meant to have missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from archredundancy.appliance import Appliance, AppliancePair
from archredundancy.demo.signals import beam_current, every_type, pressure, valve
from archredundancy.model import (
    NS_PER_SECOND,
    DbrType,
    Extras,
    Granularity,
    Partition,
    Samples,
    StoreUrl,
    chunk_key,
    format_time,
    parse_time,
    year_of,
)
from archredundancy.wire import ChunkHeader, encode_chunk

__all__ = ["CREATED", "plant"]

CREATED = parse_time("2026-05-01T00:00:00Z", now=0)

_STS = "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_HOUR&consolidateOnShutdown=true"
_MTS = "pb://localhost?name=MTS&rootFolder=${ARCHAPPL_MEDIUM_TERM_FOLDER}&partitionGranularity=PARTITION_DAY"
_LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"
# The primary keeps all; the secondary keeps about six months (the stock pattern for a spare archiver).
_PRIMARY_STORES = (_STS, f"{_MTS}&hold=2&gather=1", _LTS)
_SECONDARY_STORES = (_STS, f"{_MTS}&hold=184&gather=1", "blackhole://localhost?name=LTS")


def plant(pair: AppliancePair, seed: int) -> None:
    """Give both appliances PVs whose differences are known beforehand.

    `DEMO:CURRENT` lost six hours and scattered samples at the primary, and has one conflict; `DEMO:VALVE` lost a day
    of set-point changes that the secondary will drop soon; `DEMO:PRESSURE` lost an hour, and has a sample in the last
    second of its month, which a merge would destroy; `DEMO:TYPE:…` lost some minutes in each of the 15 types.
    """
    rng = np.random.default_rng(seed)
    _plant_current(pair, rng)
    _plant_valve(pair, rng)
    _plant_pressure(pair, rng)
    for kind, truth in every_type(parse_time("2026-11-01T00:00:00Z", now=0), 60, rng).items():
        missed = (np.arange(60) >= 20) & (np.arange(60) < 30)
        _plant_pv(pair, f"DEMO:TYPE:{kind.name}", truth, _after_restart(truth, missed), truth)


def _plant_current(pair: AppliancePair, rng: np.random.Generator) -> None:
    truth = beam_current(parse_time("2026-10-01T00:00:00Z", now=0), 3, rng)
    outage = _within(truth, "2026-10-02T03:00:00Z", "2026-10-02T09:00:00Z")
    scattered = np.zeros(len(truth), bool)
    scattered[rng.choice(np.flatnonzero(~outage[1:-1]) + 1, 25, replace=False)] = True
    # The second of two scattered neighbours would make one longer dropout; keep them single.
    scattered[1:] &= ~scattered[:-1]
    value = np.asarray(truth.value).copy()
    value[1000] += 0.5
    _plant_pv(
        pair, "DEMO:CURRENT", truth, _after_restart(truth, outage, scattered), replace(truth, value=value), egu="mA"
    )


def _plant_valve(pair: AppliancePair, rng: np.random.Generator) -> None:
    truth = valve(parse_time("2026-05-20T00:00:00Z", now=0), 10, rng)
    outage = _within(truth, "2026-05-25T00:00:00Z", "2026-05-26T00:00:00Z")
    still_kept = truth.between(parse_time("2026-05-23T00:00:00Z", now=0), int(truth.time[-1]) + 1)
    _plant_pv(pair, "DEMO:VALVE", truth, _after_restart(truth, outage), still_kept)


def _plant_pressure(pair: AppliancePair, rng: np.random.Generator) -> None:
    truth = pressure(parse_time("2026-09-30T00:00:29.5Z", now=0), 2880, rng)
    outage = _within(truth, "2026-09-30T06:00:00Z", "2026-09-30T07:00:00Z")
    by_month = (*_PRIMARY_STORES[:2], _PRIMARY_STORES[2].replace("PARTITION_YEAR", "PARTITION_MONTH"))
    _plant_pv(pair, "DEMO:PRESSURE", truth, _after_restart(truth, outage), truth, egu="mbar", primary_stores=by_month)


def _within(truth: Samples, start: str, end: str) -> npt.NDArray[np.bool_]:
    return (truth.time >= parse_time(start, now=0)) & (truth.time < parse_time(end, now=0))


def _after_restart(
    truth: Samples, outage: npt.NDArray[np.bool_], scattered: npt.NDArray[np.bool_] | None = None
) -> Samples:
    """Return the truth without an outage, with the fields the engine writes beside the first sample after it."""
    after = int(np.flatnonzero(outage)[-1]) + 1
    regained = str(truth.time[after] // NS_PER_SECOND)
    fields = (("cnxlostepsecs", "0"), ("startup", "true"), ("cnxregainedepsecs", regained))
    told = replace(truth, extras=Extras.build([(after, fields, -1, 0, -1)]))
    kept = ~outage if scattered is None else ~(outage | scattered)
    return told.take(np.flatnonzero(kept))


def _plant_pv(
    pair: AppliancePair,
    pv: str,
    truth: Samples,
    primary: Samples,
    secondary: Samples,
    *,
    egu: str = "",
    primary_stores: Sequence[str] = _PRIMARY_STORES,
) -> None:
    for appliance, samples, stores in (
        (pair.primary, primary, primary_stores),
        (pair.secondary, secondary, _SECONDARY_STORES),
    ):
        appliance.add_pv(_type_info(pv, truth.dbr_type, appliance.identity, stores, egu))
        _put_samples(appliance, pv, samples, stores)


def _put_samples(appliance: Appliance, pv: str, samples: Samples, stores: Sequence[str]) -> None:
    """Write samples where ETL would have moved them: the oldest store that holds files."""
    store = [url for url in map(StoreUrl.parse, stores) if url.granularity is not None][-1]
    granularity = store.granularity or Granularity.YEAR
    while len(samples):
        partition = Partition.holding(int(samples.time[0]), granularity)
        inside = samples.between(partition.start, partition.end)
        header = ChunkHeader(dbr_type=samples.dbr_type, pv=pv, year=year_of(partition.start))
        appliance.put_file(store.name, f"{chunk_key(pv)}{partition.name}.pb", encode_chunk(header, inside))
        samples = samples.slice(len(inside), len(samples))


def _type_info(pv: str, kind: DbrType, identity: str, stores: Sequence[str], egu: str) -> dict[str, Any]:
    created = format_time(CREATED)[:23] + "Z"
    return {
        "pvName": pv,
        "DBRType": f"DBR_{kind.name}",
        "scalar": str(not kind.is_waveform).lower(),
        "elementCount": "5" if kind.is_waveform else "1",
        "applianceIdentity": identity,
        "hostName": "127.0.0.1",
        "chunkKey": chunk_key(pv),
        "precision": "2.0",
        "units": egu,
        "creationTime": created,
        "modificationTime": created,
        "paused": "false",
        "samplingMethod": "MONITOR",
        "samplingPeriod": "1.0",
        "policyName": "Default",
        "dataStores": list(stores),
        "archiveFields": [],
        "extraFields": {"NAME": pv},
    }
