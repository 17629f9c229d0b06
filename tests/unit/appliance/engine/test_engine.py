"""An engine follows the configuration, and writes what it has in its own time."""

import pytest

from archredundancy.appliance import Periodic, SettableClock, SimulatedIoc, SimulatedPv
from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.engine.engine import Engine
from archredundancy.appliance.storage.pb_file import PbFile
from archredundancy.appliance.storage.storage import Storage
from archredundancy.model import NS_PER_SECOND

START = 1767225600
STORE = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"


@pytest.fixture
def bench(tmp_path):
    """A function that makes an engine without an appliance around it."""
    opened = []

    def make(*pvs, lag=0.0, source=True):
        configuration = Configuration(tmp_path / f"{len(opened)}.sqlite", "p0")
        opened.append(configuration)
        for pv in pvs:
            configuration.put(PvTypeInfo({"pvName": pv, "applianceIdentity": "p0", "dataStores": [STORE]}))
        clock = SettableClock(START * NS_PER_SECOND)
        records = [SimulatedPv(name=pv, series=Periodic(value=float)) for pv in "AB"]
        ioc = SimulatedIoc(records, clock=clock)
        engine = Engine(
            identity="p0",
            storage=Storage(tmp_path),
            configuration=configuration,
            clock=clock,
            source=ioc if source else None,
            lag=lag,
        )
        clock.add(ioc)
        clock.add(engine)
        engine.start()
        return engine, clock

    def pause(number, pv, paused):
        opened[number].change(pv, lambda known: known.replaced(paused=paused))

    make.configurations, make.pause = opened, pause
    yield make
    for configuration in opened:
        configuration.close()


def written(tmp_path, pv="A"):
    """Seconds since the start of the last sample in a PV's file."""
    return PbFile.look_up(tmp_path / "lts" / f"{pv}:2026.pb").last_time() / NS_PER_SECOND - START


def test_a_change_takes_effect_after_the_lag(bench):
    """A pause and a resume are not seen at once (appliance.md D.2 #8)."""
    (slow, _), (quick, _) = bench("A", "B", lag=3600.0), bench("A", "B")
    for number, engine in enumerate((slow, quick)):
        bench.pause(number, "B", "true")
        engine.follow("B", at_once=True)
        bench.pause(number, "A", "true")
        engine.follow("A")
        bench.pause(number, "B", "false")
        engine.follow("B")
    assert (slow.is_archiving("A"), slow.is_archiving("B")) == (True, False)
    assert (quick.is_archiving("A"), quick.is_archiving("B")) == (False, True)


def test_changes_may_overtake_each_other(bench):
    """A pause that is heard of after the resume behind it ends nothing; a PV that was forgotten is not archived."""
    engine, _ = bench("A")
    bench.pause(0, "A", "true")
    bench.pause(0, "A", "false")
    for _ in ("the resume", "the pause"):
        engine.follow("A")
    assert engine.is_archiving("A")
    bench.configurations[0].remove("A")
    engine.follow("A")
    assert not engine.is_archiving("A")


def test_unknown_pvs_are_not_archived(bench):
    """Nor those of other appliances, nor any while the engine is down."""
    engine, _ = bench("A")
    engine.follow("C")
    assert [channel.pv for channel in engine.channels] == ["A"]
    engine.stop()
    engine.follow("A")
    assert not engine.is_archiving("A")
    engine.start()
    assert engine.is_archiving("A")


def test_buffers_are_written_in_whole_periods_since_the_start(bench, tmp_path):
    """Each ten seconds; what came since is in memory (appliance.md A.6)."""
    _, clock = bench("A", "B")
    clock.advance(9.5)
    assert not (tmp_path / "lts" / "A:2026.pb").exists()
    clock.advance(16)
    assert (written(tmp_path), written(tmp_path, "B")) == (20, 20)


def test_a_shutdown_writes_what_a_crash_loses(bench, tmp_path):
    """The last seconds."""
    engine, clock = bench("A")
    clock.advance(15)
    engine.stop(flush=False)
    assert written(tmp_path) == 10
    engine.start()
    clock.advance(12)
    engine.stop()
    assert written(tmp_path) == 27


def test_without_a_source_nothing_ever_connects(bench):
    """The channel waits."""
    engine, clock = bench("A", source=False)
    clock.advance(100)
    assert not engine.channel("A").is_connected
    assert engine.due() is None
    assert engine.describe("A") is None


def test_what_can_be_reached_is_described(bench):
    """Whether it is archived or not."""
    engine, _ = bench("A")
    assert engine.describe("B").host == "simulated-ioc"
    assert engine.describe("C") is None
    engine.stop()
    assert engine.describe("B") is None


@pytest.mark.parametrize(
    "damage", [{"dataStores": ["rtree://localhost?name=X"]}, {"samplingPeriod": "often"}, {"samplingPeriod": "NaN"}]
)
def test_a_pv_that_cannot_be_archived_is_left_out(bench, caplog, damage):
    """The others go on."""
    engine, _ = bench("A")
    good = {"pvName": "B", "applianceIdentity": "p0", "dataStores": [STORE]}
    bench.configurations[0].put(PvTypeInfo(good | damage))
    engine.follow("B")
    assert [channel.pv for channel in engine.channels] == ["A"]
    assert "B cannot be archived" in caplog.text
