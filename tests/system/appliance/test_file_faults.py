"""Faults inside the work: full disks, and crashes while a pair merges, moves and archives."""

from http.client import RemoteDisconnected
from urllib.parse import quote

import pytest

from archredundancy.appliance import AppliancePair, Periodic, SettableClock, SimulatedIoc, SimulatedPv
from archredundancy.model import DbrType, Samples, parse_time, year_of
from archredundancy.testing.embedded.asking import ask
from archredundancy.wire import ChunkHeader, encode_chunk, read_chunks

PV = "X:Y"
STORES = [
    "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_HOUR",
    "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_MONTH",
]
#: Samples of a month, on both sides by turns.
DAYS = {"primary": ("03", "05", "07"), "secondary": ("04", "06", "08")}
MONTHS = ("2024-01", "2024-02", "2024-03")
WHOLE = [f"{month}-{day}" for month in MONTHS for day in sorted(DAYS["primary"] + DAYS["secondary"])]


def instant(text):
    return parse_time(text, now=0)


def put(appliance, store, slot, *times):
    """Put a file of some samples into a store."""
    stamps = [instant(time) for time in times]
    content = Samples.build(DbrType.SCALAR_DOUBLE, stamps, range(len(stamps)))
    header = ChunkHeader(dbr_type=content.dbr_type, pv=PV, year=year_of(stamps[0]))
    appliance.put_file(store, f"X/Y:{slot}.pb", encode_chunk(header, content))


@pytest.fixture
def pair(tmp_path):
    """A pair with three months of samples, by turns on one side and the other, and the PV paused."""
    with AppliancePair(tmp_path, lag=0.0) as running:
        for side, days in DAYS.items():
            appliance = getattr(running, side)
            appliance.add_pv({"pvName": PV, "dataStores": STORES, "paused": "true"})
            for month in MONTHS:
                put(appliance, "LTS", month.replace("-", "_"), *(f"{month}-{day}" for day in days))
        yield running


def command(appliance, call, **parameters):
    """Return status and body of a call of the management about the PV."""
    return ask(appliance, f"/mgmt/bpl/{call}", **{"pv": PV} | parameters)


def merge(pair):
    return command(pair.primary, "mergeInData", storage="LTS", other=pair.secondary.retrieval_url)


def times(appliance, store="lts"):
    """Return the times of all samples in a store's files, and the names of other files in it."""
    found, others = [], []
    for path, content in appliance.files().items():
        if path.startswith(store) and path.endswith(".pb"):
            found += [int(time) for chunk in read_chunks(content) for time in chunk.samples.time]
        elif path.startswith(store):
            others.append(path)
    return sorted(found), sorted(others)


def test_a_crash_between_renames_leaves_some_partitions_merged(pair):
    """What was renamed is merged, the rest and the temporary files are as they were; a rerun completes it (D.2 #15)."""
    fault = pair.primary.faults.switch_on("crash-at-rename", "lts/*", skip=1)
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        merge(pair)
    assert fault.fired == 1
    pair.primary.stop()
    had, left = times(pair.primary)
    assert [path.partition("_tmp_")[0] for path in left] == ["lts/X/Y:2024_02.pb", "lts/X/Y:2024_03.pb"]
    assert len(had) == 6 + 3 + 3
    pair.primary.start()
    assert merge(pair) == (200, b'{"status":"ok"}\n')
    assert times(pair.primary) == ([instant(day) for day in WHOLE], left)


def test_a_merge_on_a_full_disk_changes_nothing(pair):
    """500; no temporary file is left, whichever of them was too much."""
    before = pair.primary.files()
    fault = pair.primary.faults.switch_on("disk-full", "lts/*_tmp_*", skip=1, after_bytes=40)
    status, page = merge(pair)
    assert (status, b"No space left on device" in page, fault.fired) == (500, True, 1)
    assert pair.primary.files() == before
    assert merge(pair)[0] == 200
    assert times(pair.primary) == ([instant(day) for day in WHOLE], [])


def test_a_consolidation_on_a_full_disk_keeps_the_source(pair):
    """The reply is ok all the same; what did not fit is still where it was, and comes the next time (A.6)."""
    put(pair.primary, "STS", "2024_04_01_10", "2024-04-01T10:01", "2024-04-01T10:02")
    put(pair.primary, "LTS", "2024_04", "2024-04-01")
    fault = pair.primary.faults.switch_on("disk-full", "lts/*_04.pb", after_bytes=10)
    before = times(pair.primary)[0]
    for expected in (before, [*before, instant("2024-04-01T10:01"), instant("2024-04-01T10:02")]):
        assert command(pair.primary, "consolidateDataForPV", storage="LTS")[0] == 200
        assert times(pair.primary)[0] == expected
    assert fault.fired == 1
    assert times(pair.primary, "sts") == ([], [])


def test_a_crash_in_a_consolidation_loses_nothing(pair):
    """The destination is cut in the middle of a line; after a start the next consolidation goes on there."""
    minutes = [f"2024-04-01T10:0{minute}" for minute in range(1, 6)]
    put(pair.primary, "STS", "2024_04_01_10", *minutes)
    put(pair.primary, "LTS", "2024_04", "2024-04-01")
    fault = pair.primary.faults.switch_on("crash-while-writing", "lts/*_04.pb", after_bytes=40)
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        command(pair.primary, "consolidateDataForPV", storage="LTS")
    pair.primary.stop()
    assert fault.fired == 1
    assert times(pair.primary, "sts")[0] == [instant(minute) for minute in minutes]
    pair.primary.start()
    assert command(pair.primary, "consolidateDataForPV", storage="LTS")[0] == 200
    assert times(pair.primary)[0][-5:] == [instant(minute) for minute in minutes]
    assert times(pair.primary, "sts") == ([], [])


def test_a_store_without_room_costs_the_youngest_samples(pair):
    """What ETL would move out of the first store is thrown away, as is the default (A.6)."""
    put(pair.primary, "STS", "2024_04_01_10", "2024-04-01T10:01")
    before = times(pair.primary)
    fault = pair.primary.faults.switch_on("no-room", "lts")
    assert command(pair.primary, "consolidateDataForPV", storage="LTS")[0] == 200
    assert fault.fired == 1
    assert (times(pair.primary), times(pair.primary, "sts")) == (before, ([], []))


def test_an_import_on_a_full_disk_goes_on_later(pair):
    """500 and what fitted; the same call completes it, since it begins behind the last whole line."""
    put(pair.secondary, "LTS", "2024_04", *(f"2024-04-01T10:0{minute}" for minute in range(5)))
    source = f"pbraw://localhost?name=O&rawURL={quote(pair.secondary.retrieval_url, safe='')}%2Fdata%2FgetData.raw"
    window = {"src": source, "dest": "LTS", "from": "2024-04-01T00:00:00Z", "to": "2024-05-01T00:00:00Z"}
    fault = pair.primary.faults.switch_on("disk-full", "lts/*_04.pb", after_bytes=60)
    status, page = command(pair.primary, "importDataFromPlugin", **window)
    assert (status, b"No space left" in page, fault.fired) == (500, True, 1)
    assert command(pair.primary, "importDataFromPlugin", **window)[0] == 200
    assert times(pair.primary)[0][-5:] == [instant(f"2024-04-01T10:0{minute}") for minute in range(5)]


@pytest.fixture
def archiving(tmp_path):
    """A pair that archives a counter each second, and its clock."""
    clock = SettableClock("2024-05-01T00:00:00Z")
    ioc = SimulatedIoc([SimulatedPv(name=PV, series=Periodic(value=float))], clock=clock)
    with AppliancePair(tmp_path, clock=clock, lag=0.0, source=ioc) as running:
        for appliance in (running.primary, running.secondary):
            appliance.add_pv({"pvName": PV, "dataStores": STORES})
        yield running, clock


def test_the_engine_loses_what_a_full_disk_does_not_take(archiving):
    """It goes on with what comes later; the file is whole (`WriterRunnable` only logs)."""
    pair, clock = archiving
    clock.advance(30)
    fault = pair.primary.faults.switch_on("disk-full", "sts/*", after_bytes=30)
    clock.advance(60)
    assert fault.fired == 1
    (mine, _), (others, _) = times(pair.primary, "sts"), times(pair.secondary, "sts")
    assert set(mine) < set(others)
    assert max(mine) == max(others)


def test_an_engine_may_die_while_it_writes(archiving):
    """The clock goes on, the other appliance too; after a start the file is cut and extended."""
    pair, clock = archiving
    clock.advance(30)
    fault = pair.primary.faults.switch_on("crash-while-writing", "sts/*", after_bytes=30)
    clock.advance(30)
    assert fault.fired == 1
    with pytest.raises(ConnectionError):
        command(pair.primary, "getVersions")
    pair.primary.stop()
    pair.primary.start()
    clock.advance(30)
    (mine, _), (others, _) = times(pair.primary, "sts"), times(pair.secondary, "sts")
    assert set(mine) < set(others)
    assert max(mine) == max(others)
