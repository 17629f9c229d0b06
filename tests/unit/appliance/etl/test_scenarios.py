"""The appliance's own scenarios of ETL, ported with their results (appliance.md G)."""

import random

import pytest

from archredundancy.appliance.etl.conditions import Conditions
from archredundancy.appliance.etl.stages import A_YEAR, EtlStore, consolidate, run_stage, stages_of
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.pb_file import PbFile
from archredundancy.appliance.storage.pb_lines import read_lines
from archredundancy.appliance.storage.row import Row
from archredundancy.model import NS_PER_SECOND, DbrType, Granularity, StoreUrl

HOUR = 3600 * NS_PER_SECOND
DAY = 24 * HOUR
FINE_TO_COARSE = ["5MIN", "15MIN", "30MIN", "HOUR", "DAY", "MONTH", "YEAR"]
PAIRS = [
    (fine, coarse)
    for place, fine in enumerate(FINE_TO_COARSE)
    for coarse in FINE_TO_COARSE[place + 1 :]
]  # fmt: skip


@pytest.fixture
def store(put):
    """A function that makes an empty store."""

    def make(name, granularity, options=""):
        text = f"pb://localhost?name={name}&rootFolder=/x&partitionGranularity=PARTITION_{granularity}{options}"
        return EtlStore(url=StoreUrl.parse(text), store=put(f"PARTITION_{granularity}", name=name))

    return make


def fill(made, store, times):
    """Append a sample at each time, as an engine would."""
    rows = made.rows(made.samples(*times))
    Appender(store.store, last=store.store.last_time() or 0).append(rows, DbrType.SCALAR_DOUBLE)


def run(stores, now, conditions=None):
    """Run all stages as if it were now."""
    for stage in stages_of(stores):
        run_stage(stage, now, conditions or Conditions())


def times(made, store):
    """Times of all samples of a store, in the order of its files."""
    return [time for path in store.store.paths() for time in made.times(path)]


def readable(store):
    """How many lines of a store are samples."""
    found = 0
    for path in store.store.paths():
        file = PbFile.look_up(path)
        for _, line in read_lines(path, file.begin):
            try:
                found += Row(line, file.header.dbr_type, file.header.year).time > 0
            except DamagedLine:
                continue
    return found


@pytest.mark.parametrize(("fine", "coarse"), PAIRS)
def test_simple_etl(store, made, fine, coarse):
    """From any granularity into any coarser one, nothing is lost and nothing stays behind."""
    length = Granularity.parse(f"PARTITION_{fine}").approximate_ns
    source, destination = store("STS", fine), store("MTS", coarse)
    begin = made.instant("2024-11-03T10:07")
    given = [begin + number * length // 3 for number in range(18)]
    fill(made, source, given)
    run([source, destination], given[-1] + 2 * length)
    assert (times(made, source), times(made, destination)) == ([], given)


@pytest.mark.parametrize("options", ["", "&hold=2&gather=1", "&hold=7&gather=5"])
def test_gradual_accumulation(store, made, options):
    """Day by day samples come in and move on; at each moment all of them are there, in order."""
    stores = [store("STS", "HOUR"), store("MTS", "DAY", options), store("LTS", "YEAR")]
    begin, given = made.instant("2024-12-20"), []
    for day in range(20):
        fresh = [begin + day * DAY + hour * HOUR for hour in range(0, 24, 2)]
        fill(made, stores[0], fresh)
        given += fresh
        run(stores, begin + (day + 1) * DAY + HOUR)
        assert [time for part in reversed(stores) for time in times(made, part)] == given
    assert len(stores[0].store.paths()) == 0
    assert len(stores[2].store.paths()) == 2


@pytest.mark.parametrize("granularity", FINE_TO_COARSE[:-1])
def test_black_hole_etl(store, made, granularity):
    """As time goes on, each run leaves fewer files, until there is none."""
    length = Granularity.parse(f"PARTITION_{granularity}").approximate_ns
    source = store("STS", granularity)
    hole = EtlStore(url=StoreUrl.parse("blackhole://localhost?name=LTS"), store=None)
    begin = made.instant("2024-02-01")
    fill(made, source, [begin + number * length for number in range(8)])
    left = len(source.store.paths())
    for number in range(2, 11):
        run([source, hole], begin + number * length)
        assert len(source.store.paths()) <= left
        left = len(source.store.paths())
    assert left == 0


@pytest.mark.parametrize(("hold", "gather"), [(7, 5), (5, 3), (2, 1)])
def test_hold_and_gather(store, made, hold, gather):
    """With a new file each day, each run moves none or as many as are gathered."""
    source, destination = store("MTS", "DAY", f"&hold={hold}&gather={gather}"), store("LTS", "YEAR")
    begin, moved = made.instant("2024-03-01"), set()
    for day in range(60):
        fill(made, source, [begin + day * DAY + 12 * HOUR])
        before = len(source.store.paths())
        run([source, destination], begin + day * DAY + 13 * HOUR)
        moved.add(before - len(source.store.paths()))
        assert hold - gather <= len(source.store.paths()) <= hold + 1 or day < hold
    assert moved == {0, gather} if gather > 1 else moved == {0, 1}


def test_consolidate_etl_jobs_for_one_pv(store, made):
    """Ten days, five of which are held: all of them go when they are consolidated."""
    stores = [store("STS", "HOUR"), store("MTS", "DAY", "&hold=5&gather=3"), store("LTS", "YEAR")]
    begin = made.instant("2024-03-01")
    given = [begin + number * 3 * HOUR for number in range(80)]
    fill(made, stores[0], given)
    now = given[-1] + HOUR
    run(stores, now)
    consolidate(stores, "LTS", now + A_YEAR, now, Conditions())
    assert [times(made, part) for part in stores] == [[], [], given]


def test_etl_with_recurring_files(store, made):
    """Files that come back, as after a crash, are moved again, and nothing is added."""
    source, destination = store("STS", "DAY"), store("LTS", "YEAR")
    begin = made.instant("2024-03-01")
    given = [begin + number * 6 * HOUR for number in range(20)]
    fill(made, source, given)
    kept = {path: path.read_bytes() for path in source.store.paths()}
    for _ in range(3):
        run([source, destination], given[-1] + 2 * DAY)
        assert (times(made, source), times(made, destination)) == ([], given)
        for path, data in kept.items():
            path.write_bytes(data)


FLAGS = [
    ("etlIntoStoreIf", {"f": True}, [], "all"),
    ("etlIntoStoreIf", {"f": False}, [], "none"),
    ("etlIntoStoreIf", {}, [], "none"),
    ("etlOutofStoreIf", {"f": True}, [], "all"),
    ("etlOutofStoreIf", {"f": False}, "all", "none"),
    ("etlOutofStoreIf", {}, "all", "none"),
]


@pytest.mark.parametrize(("option", "flags", "stay", "arrive"), FLAGS)
def test_named_flag_etl(store, made, option, flags, stay, arrive):
    """A flag that is false lets nothing out; or lets it out of the source, and nowhere in. Unset is false."""
    source = store("STS", "DAY", "&etlOutofStoreIf=f" if option == "etlOutofStoreIf" else "")
    destination = store("LTS", "YEAR", "&etlIntoStoreIf=f" if option == "etlIntoStoreIf" else "")
    given = [made.instant("2024-03-01") + number * DAY for number in range(5)]
    fill(made, source, given)
    run([source, destination], given[-1] + 2 * DAY, Conditions(flag=lambda name: flags.get(name, False)))
    assert times(made, source) == (given if stay == "all" else [])
    assert times(made, destination) == (given if arrive == "all" else [])


@pytest.mark.parametrize("where", ["before", "between", "after", "in the destination"])
def test_zero_byte_files(store, made, where):
    """Files of no bytes lie about in the source, or where the samples are to go: the samples arrive."""
    source, destination = store("STS", "DAY"), store("LTS", "YEAR")
    begin = made.instant("2024-03-10")
    given = [begin + number * HOUR for number in range(0, 96, 2) if number // 24 not in (1, 2)]
    fill(made, source, given)
    empty = {"before": (-3, -2), "between": (1, 2), "after": (4, 5)}.get(where, ())
    for path in [source.store.path_of(begin + day * DAY) for day in empty] or [destination.store.path_of(begin)]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    run([source, destination], begin + 20 * DAY)
    assert times(made, destination) == given
    assert [path for path in source.store.paths() if path.stat().st_size] == []


@pytest.mark.parametrize("junk", ["zeros", "noise"])
def test_zeroed_ends_in_the_source(store, made, junk):
    """The last hundred bytes of each month are overwritten: the others arrive, from all months, and stay in order."""
    source, destination = store("STS", "MONTH"), store("LTS", "YEAR")
    begin = made.instant("2024-01-01")
    given = [begin + number * DAY // 10 for number in range(3650)]
    fill(made, source, given)
    noise = random.Random(5)
    for path in source.store.paths():
        with path.open("r+b") as file:
            file.seek(-100, 2)
            file.write(bytes(100) if junk == "zeros" else noise.randbytes(100))
    run([source, destination], begin + 2 * A_YEAR)
    assert source.store.paths() == []
    assert readable(destination) >= 0.85 * len(given)
    assert PbFile.look_up(destination.store.paths()[0]).last_time() > begin + 360 * DAY


def test_a_zeroed_end_in_the_destination(store, made):
    """What comes later is appended behind the last sample that can be read; the torn line is cut off."""
    source, destination = store("STS", "DAY"), store("LTS", "YEAR")
    begin = made.instant("2024-01-01")
    fill(made, destination, [begin + number * DAY for number in range(60)])
    (path,) = destination.store.paths()
    with path.open("r+b") as file:
        file.seek(-100, 2)
        file.write(bytes(100))
    later = [begin + number * DAY for number in range(70, 80)]
    fill(made, source, later)
    run([source, destination], later[-1] + 2 * DAY)
    assert times(made, source) == []
    assert readable(destination) >= 60 - 8 + len(later)
    assert PbFile.look_up(path).last_time() == later[-1]


def test_pb_append_crash_recovery(store, made):
    """Half a sample at the end, without a line end, is cut off; appending goes on, and every line can be read."""
    kept = store("LTS", "YEAR")
    begin = made.instant("2024-01-01")
    given = [begin + number * 60 * NS_PER_SECOND for number in range(8)]
    fill(made, kept, given[:5])
    (path,) = kept.store.paths()
    clean = path.stat().st_size
    with path.open("ab") as file:
        file.write(made.rows(made.samples(begin + 60000 * NS_PER_SECOND))[0].line[:-3])
    assert PbFile.look_up(path).last_time() == given[4]
    fill(made, kept, given[5:])
    assert path.stat().st_size > clean
    assert times(made, kept) == given
