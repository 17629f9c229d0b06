"""Each row of appliance.md F.1, F.1b and F.2: what an outage leaves in the samples of both sides."""

from urllib.parse import quote

import pytest

from archredundancy import ClusterPair
from archredundancy.appliance import Given, Periodic, Sampled
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType

START = 1767225600

FIRST = {0: {"cnxlostepsecs": "0", "cnxregainedepsecs": 0, "startup": "true"}}


def startup(second, lost="0"):
    return {"cnxlostepsecs": lost, "cnxregainedepsecs": second, "startup": "true"}


def regained(lost, second):
    return {"cnxlostepsecs": lost, "cnxregainedepsecs": second}


def seconds(bench, appliance):
    return [second for second, _, _ in bench.stored(appliance)]


def slow(*at):
    return Given(
        samples=[
            Sampled(dbr_type=DbrType.SCALAR_DOUBLE, time=(START + each) * NS_PER_SECOND, value=float(each))
            for each in at
        ]
    )


def test_nothing_happens(bench):
    """Both sides archive identical samples; the first one says startup (A.7, K g)."""
    pair = bench()
    pair.at(30)
    assert pair.stored(pair.primary) == pair.stored(pair.secondary)
    assert seconds(pair, pair.primary) == list(range(31))
    assert pair.told(pair.primary) == FIRST


def test_ioc_rebooted(bench):
    """Lost and regained on both sides at about the same seconds, without startup (F.1b)."""
    pair = bench()
    pair.at(10)
    pair.ioc.reboot(seconds=20)
    pair.at(60)
    assert pair.told(pair.primary) == pair.told(pair.secondary) == FIRST | {30: regained(10, 30)}
    assert seconds(pair, pair.primary) == [*range(11), *range(30, 61)]


def test_network_of_one_archiver(bench):
    """Lost and regained there; the other side has nothing to tell, and the samples in between."""
    pair = bench()
    pair.at(10.5)
    pair.primary.engine.disconnect("A:B")
    pair.at(30.5)
    pair.primary.engine.reconnect("A:B")
    pair.at(60)
    assert pair.told(pair.primary) == FIRST | {30: regained(10, 30)}
    assert pair.told(pair.secondary) == FIRST
    assert set(seconds(pair, pair.secondary)) - set(seconds(pair, pair.primary)) == set(range(11, 30))


def test_a_network_that_fails_while_the_ioc_is_down_is_no_second_loss(bench):
    """The connection was lost once, with the IOC, and is regained once, with the network."""
    pair = bench()
    pair.at(10.5)
    pair.ioc.reboot(seconds=20)
    pair.at(15.5)
    pair.primary.engine.disconnect("A:B")
    pair.at(40.5)
    pair.primary.engine.reconnect("A:B")
    pair.at(60)
    assert pair.told(pair.primary) == FIRST | {40: regained(10, 40)}
    assert pair.told(pair.secondary) == FIRST | {30.5: regained(10, 30)}


def test_archiver_shut_down_and_restarted(bench):
    """Startup with lost 0 on the first sample, the IOC's present value; the other side has samples in between."""
    pair = bench()
    pair.at(10.5)
    pair.primary.engine.stop()
    pair.at(30.5)
    pair.primary.engine.start()
    pair.at(60)
    assert pair.told(pair.primary) == FIRST | {30: startup(30)}
    assert seconds(pair, pair.primary) == [*range(11), *range(30, 61)]
    assert pair.told(pair.secondary) == FIRST


def test_archiver_crashed(bench):
    """The end of a crash is told as that of a shutdown; what was in memory is lost besides."""
    pair = bench()
    pair.at(15.5)
    pair.primary.engine.stop(flush=False)
    pair.at(30.5)
    pair.primary.engine.start()
    pair.at(60)
    assert pair.told(pair.primary) == FIRST | {30: startup(30)}
    assert seconds(pair, pair.primary) == [*range(11), *range(30, 61)]


def test_paused(bench):
    """As a restart, and the configuration tells of it while it lasts; what was in memory is written at the pause."""
    pair = bench()
    pair.at(10.5)
    pair.primary.engine.pause("A:B")
    assert pair.primary.type_info("A:B").paused
    pair.at(30.5)
    pair.primary.engine.resume("A:B")
    pair.at(60)
    assert pair.told(pair.primary) == FIRST | {30: startup(30)}
    assert seconds(pair, pair.primary) == [*range(11), *range(30, 61)]


def test_names_outside_ascii_are_paused_too(bench):
    """The management answers in ISO-8859-1 (appliance.md K)."""
    pair = bench()
    pair.primary.add_pv({"pvName": "X:\u00b5", "dataStores": ["blackhole://localhost?name=LTS"], "paused": "false"})
    pair.primary.engine.pause("X:\u00b5")
    assert pair.primary.type_info("X:\u00b5").paused


def test_first_sample_after_a_pause_lies_before_the_resume(bench):
    """It is the IOC's present value (F.1b); samples after it are plain."""
    pair = bench()
    pair.at(10.5)
    pair.primary.engine.pause()
    pair.at(30.75)
    pair.primary.engine.resume()
    pair.at(32)
    assert pair.told(pair.primary)[30] == startup(30)
    assert 31 not in pair.told(pair.primary)


def test_pv_that_does_not_change_over_a_pause(bench):
    """No trace until its next new sample, which tells the pause and a later loss together (F.1b)."""
    pair = bench(series=slow(-100, 90))
    pair.at(10)
    pair.primary.engine.pause()
    pair.at(20)
    pair.primary.engine.resume()
    pair.at(30)
    assert pair.told(pair.primary) == {-100: startup(0)}
    pair.ioc.reboot(seconds=15)
    pair.at(100)
    assert pair.told(pair.primary)[45] == startup(45, lost=30)
    assert pair.told(pair.secondary)[45] == regained(30, 45)


def test_slow_pv_and_reconnect_without_new_value(bench):
    """Nothing at all: the old sample is dropped as not newer, and the loss forgotten (F.1)."""
    pair = bench(series=slow(-100, 90))
    pair.at(10)
    pair.primary.engine.disconnect()
    pair.at(20)
    pair.primary.engine.reconnect()
    pair.at(100)
    assert pair.told(pair.primary) == pair.told(pair.secondary) == {-100: startup(0)}
    assert seconds(pair, pair.primary) == [-100, 90]


def test_pv_does_not_change(bench):
    """No fields, no samples in between, the same on both sides."""
    pair = bench(series=slow(0, 50))
    pair.at(60)
    assert pair.stored(pair.primary) == pair.stored(pair.secondary)
    assert seconds(pair, pair.primary) == [0, 50]


def test_both_archivers_down(bench):
    """Startup at both."""
    pair = bench()
    pair.at(10.5)
    for appliance in (pair.primary, pair.secondary):
        appliance.engine.stop()
    pair.at(30.5)
    for appliance in (pair.primary, pair.secondary):
        appliance.engine.start()
    pair.at(60)
    assert pair.told(pair.primary) == pair.told(pair.secondary) == FIRST | {30: startup(30)}


def test_the_disconnect_itself_leaves_nothing(bench):
    """As long as no sample follows."""
    pair = bench()
    pair.at(10.5)
    pair.primary.engine.disconnect()
    pair.at(60)
    assert pair.told(pair.primary) == FIRST
    assert pair.primary.engine.metrics("A:B").last_lost == START + 10


def test_another_type(bench):
    """Its samples are dropped and counted; nothing in the data (F.1)."""
    pair = bench()
    pair.at(10)
    pair.ioc.change_type("A:B", DbrType.SCALAR_INT)
    pair.at(20)
    pair.ioc.change_type("A:B", DbrType.SCALAR_DOUBLE)
    pair.at(30)
    assert pair.told(pair.primary) == FIRST
    assert seconds(pair, pair.primary) == [*range(11), *range(21, 31)]
    assert pair.primary.engine.metrics("A:B").other_type == 10


def test_overflow(bench):
    """The oldest samples in memory are lost and counted; nothing in the data."""
    pair = bench()
    pair.at(10.5)
    pair.primary.engine.overflow("A:B")
    pair.at(60)
    lost = set(seconds(pair, pair.secondary)) - set(seconds(pair, pair.primary))
    assert lost == set(range(11, 40))
    assert pair.primary.engine.metrics("A:B").buffer_full == len(lost)
    assert pair.told(pair.primary) == FIRST


@pytest.mark.parametrize("ahead", [1801, -20, -40 * 365 * 86400])
def test_wrong_stamps(bench, ahead):
    """Too far ahead, before the last one, before 1991: dropped, and counted once however often they come (F.1)."""
    pair = bench(series=slow(0))
    pair.at(10)
    pair.ioc.put("A:B", 1.0, time=(START + 10 + ahead) * NS_PER_SECOND)
    pair.ioc.put("A:B", 2.0, time=(START + 10 + ahead) * NS_PER_SECOND)
    pair.at(20)
    assert seconds(pair, pair.primary) == [0]
    assert pair.primary.engine.metrics("A:B").wrong_time == 1


def test_a_stamp_half_an_hour_ahead_is_taken(bench):
    """And hides what comes after it, until the present has caught up (D.2 #9)."""
    pair = bench()
    pair.at(10.5)
    pair.ioc.put("A:B", 1.0, time=(START + 30) * NS_PER_SECOND)
    pair.at(40)
    assert seconds(pair, pair.primary) == [*range(11), *range(30, 41)]


def test_a_clock_that_drifts_shows_in_the_fields(bench):
    """Lost and regained are the server's time, stamps are the IOC's (F.1)."""
    pair = bench()
    pair.primary.clock = lambda: pair.clock() + 100 * NS_PER_SECOND
    pair.at(10.5)
    pair.ioc.reboot(seconds=20)
    pair.at(40)
    assert pair.told(pair.primary)[30.5] == regained(110, 130)
    assert pair.told(pair.secondary)[30.5] == regained(10, 30)


def test_changed_parameters(bench):
    """The new channel takes the present value again as its first, which the store refuses: its startup is lost."""
    pair = bench()
    pair.at(10.5)
    pair.ask(pair.primary, "/mgmt/bpl/changeArchivalParameters?pv=A:B&samplingperiod=1.0")
    pair.at(20)
    assert pair.told(pair.primary) == FIRST
    assert seconds(pair, pair.primary) == list(range(21))


def test_changed_parameters_of_a_pv_that_changes_meanwhile(bench):
    """The startup is told where the present value is newer than what was archived."""
    pair = bench(series=Periodic(value=float, period=0.5), info={"samplingMethod": "SCAN", "samplingPeriod": "8.0"})
    pair.at(10)
    path = "/mgmt/bpl/changeArchivalParameters?pv=A:B&samplingperiod=0.5&samplingmethod=MONITOR"
    assert pair.ask(pair.primary, path)["status"] == "ok"
    pair.at(20)
    assert pair.told(pair.primary) == FIRST | {10: startup(10)}


def test_scanned(bench):
    """The latest value of each period, and the first one at once."""
    pair = bench(series=Periodic(value=float, period=0.25), info={"samplingMethod": "SCAN", "samplingPeriod": "5.0"})
    pair.at(21)
    assert seconds(pair, pair.primary) == [0, 5, 10, 15, 20]


def test_fields_of_the_record_are_stored(bench):
    """Once they are connected, on change, and once a day, with the last sample of a batch (F.1)."""
    pair = bench(info={"archiveFields": ["HIHI"]}, fields={"HIHI": "9.0", "EGU": "mm", "DESC": "level"}, series=slow(0))
    pair.at(1300)
    for second in (1300, 1400, 1500, 1500 + 86400):
        pair.at(second)
        pair.ioc.put("A:B", float(second))
        if second == 1400:
            pair.ioc.put_field("A:B", "HIHI", "8.0")
    pair.at(90000)
    told = {second: fields for second, _, fields in pair.stored(pair.primary) if second and fields}
    assert told == {
        1300: {"HIHI": "9.0", "EGU": "mm", "DESC": "level"},
        1400: {"HIHI": "8.0"},
        1500 + 86400: {"HIHI": "8.0", "EGU": "mm", "DESC": "level"},
    }


def test_what_is_connected_or_lost_already_stays_so(bench):
    """Each sample is archived once, and the loss told as of its beginning."""
    pair = bench()
    pair.at(10.5)
    pair.primary.engine.reconnect("A:B")
    pair.at(20.5)
    pair.primary.engine.disconnect("A:B")
    pair.at(25.5)
    pair.primary.engine.disconnect("A:B")
    pair.at(30.5)
    pair.primary.engine.reconnect("A:B")
    pair.at(40)
    assert pair.told(pair.primary) == FIRST | {30: regained(20, 30)}
    assert pair.primary.engine.metrics("A:B").wrong_time == 0


def test_refused_outages_are_said(bench):
    """Pausing twice is refused, as by the management."""
    pair = bench()
    pair.primary.engine.pause("A:B")
    with pytest.raises(InputError, match="PV A:B is already paused"):
        pair.primary.engine.pause("A:B")
    pair.primary.engine.resume("A:B")
    with pytest.raises(InputError, match="PV A:B is not paused"):
        pair.primary.engine.resume("A:B")


def test_filled_gap(bench):
    """The secondary's samples come in with its fields; the primary's startup stays, and none tells whose it is."""
    pair = bench()
    pair.at(10.5)
    pair.primary.engine.stop()
    pair.at(15)
    pair.ioc.reboot(seconds=5)
    pair.at(30.5)
    pair.primary.engine.start()
    pair.at(60)
    pair.primary.engine.pause()
    for call in ("consolidateDataForPV?", f"mergeInData?other={quote(pair.secondary.retrieval_url, safe='')}&"):
        assert pair.ask(pair.primary, f"/mgmt/bpl/{call}pv=A:B&storage=LTS")["status"] == "ok"
    assert pair.told(pair.primary) == FIRST | {20: regained(15, 20), 30: startup(30)}
    assert seconds(pair, pair.primary) == [*range(16), *range(20, 61)]


@pytest.mark.parametrize("plant", ["disconnect", "reconnect", "overflow", "pause", "resume"])
@pytest.mark.parametrize("pv", ["A:C", "X*"])
def test_an_outage_of_a_pv_that_is_not_there_is_refused(bench, plant, pv):
    """Else a wrong name would make a test of nothing."""
    with pytest.raises(InputError, match="'primary0' has no PV"):
        getattr(bench().primary.engine, plant)(pv)


def test_what_an_outage_lost_can_be_merged_while_archiving_goes_on(bench):
    """That the newest samples are in the engines' memory, for which no request vouches, does not refuse the plan."""
    pair = bench()
    pair.at(100)
    pair.primary.engine.disconnect("A:B")
    pair.at(160)
    pair.primary.engine.reconnect("A:B")
    pair.at(335.5)
    with ClusterPair(primary=pair.primary.url, secondary=pair.secondary.url, fixed_now=pair.clock()) as clusters:
        plan = clusters.plan_merge("A:B", uncertified=True)
    assert not [hazard for hazard in plan.hazards if hazard.refuses]
    assert sum(each.gain for each in plan.pvs[0].partitions) == 59
