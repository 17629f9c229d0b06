"""Faults that are switched on: what a client sees, and what was done all the same."""

import time
from http.client import IncompleteRead, RemoteDisconnected

import pytest

from archredundancy.appliance import Appliance
from archredundancy.testing.embedded.asking import ask

PV = "X:Y"
LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"
PAUSE = f"/mgmt/bpl/pauseArchivingPV?pv={PV}"
PAUSED = b'{"pvName":"X:Y","status":"ok"}\n'


@pytest.fixture
def appliance(tmp_path):
    """A running appliance that archives one PV."""
    with Appliance("primary0", tmp_path, lag=0.0) as running:
        running.add_pv({"pvName": PV, "dataStores": [LTS]})
        yield running


def pause(appliance, timeout=10.0):
    """Pause the PV and return status and body of the answer."""
    return ask(appliance, PAUSE, timeout=timeout)


def test_a_slow_answer_comes_late(appliance):
    """It is the right one."""
    fault = appliance.faults.switch_on("slow", "/mgmt/bpl/pause*", seconds=0.2)
    start = time.monotonic()
    assert pause(appliance) == (200, PAUSED)
    assert time.monotonic() - start >= 0.2
    assert fault.fired == 1


def test_a_torn_answer_breaks_off_after_the_work(appliance):
    """The client gets the first bytes; the PV is paused."""
    fault = appliance.faults.switch_on("torn", "/mgmt/bpl/pause*", after_bytes=5)
    with pytest.raises(IncompleteRead) as torn:
        pause(appliance)
    assert torn.value.partial == PAUSED[:5]
    assert (fault.fired, appliance.type_info(PV).paused) == (1, True)


def test_a_refused_request_does_nothing(appliance):
    """503; the next one is answered."""
    fault = appliance.faults.switch_on("refused", "/mgmt/bpl/pause*")
    status, page = pause(appliance)
    assert (status, b"refused" in page) == (503, True)
    assert (fault.fired, appliance.type_info(PV).paused) == (1, False)
    assert pause(appliance) == (200, PAUSED)


def test_the_work_may_be_done_without_an_answer(appliance):
    """The client waits in vain, but the PV is paused."""
    fault = appliance.faults.switch_on("timeout-after-work", "/mgmt/bpl/pause*")
    with pytest.raises(TimeoutError):
        pause(appliance, timeout=0.3)
    assert (fault.fired, appliance.type_info(PV).paused) == (1, True)


@pytest.mark.parametrize(("name", "done"), [("kill", False), ("kill-after-work", True)])
def test_a_killed_appliance_is_gone_until_it_is_started(appliance, name, done):
    """The connection breaks off, nobody answers any more; after a start what was done is there."""
    fault = appliance.faults.switch_on(name, "/mgmt/bpl/pause*")
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        pause(appliance)
    assert fault.fired == 1
    appliance.stop()
    with pytest.raises(ConnectionRefusedError):
        pause(appliance)
    appliance.start()
    assert appliance.type_info(PV).paused is done


def test_other_paths_are_not_struck(appliance):
    """A fault for one call leaves the others alone."""
    fault = appliance.faults.switch_on("refused", "/mgmt/bpl/mergeInData")
    assert pause(appliance) == (200, PAUSED)
    assert fault.fired == 0


def test_a_web_application_that_starts_refuses(appliance):
    """Retrieval with 503, management with 500; nothing is done, and then it is up."""
    fault = appliance.faults.switch_on("starting", times=2)
    assert ask(appliance, "/retrieval/ping")[0] == 503
    assert pause(appliance)[0] == 500
    assert fault.fired == 2
    assert not appliance.type_info(PV).paused
    assert ask(appliance, "/retrieval/ping") == (200, b"Pong\n")


def test_a_request_may_hang(appliance):
    """The client waits in vain, and nothing was done."""
    fault = appliance.faults.switch_on("hung", "/mgmt/bpl/pause*")
    with pytest.raises(TimeoutError):
        pause(appliance, timeout=0.3)
    assert (fault.fired, appliance.type_info(PV).paused) == (1, False)


def test_an_answer_may_be_cut_short_without_a_sign(appliance):
    """200, and an end as of a whole answer."""
    fault = appliance.faults.switch_on("cut-short", "/mgmt/bpl/pause*", after_bytes=7)
    assert pause(appliance) == (200, PAUSED[:7])
    assert fault.fired == 1


def test_an_answer_may_drip(appliance):
    """It is whole in the end."""
    fault = appliance.faults.switch_on("drip", "/mgmt/bpl/pause*", seconds=0.05, after_bytes=8)
    start = time.monotonic()
    assert pause(appliance) == (200, PAUSED)
    assert time.monotonic() - start >= 0.05 * (len(PAUSED) // 8 - 1)
    assert fault.fired == 1


def test_a_clock_drifts_alone(appliance):
    """What the appliance says of the time is wrong by that."""
    fault = appliance.faults.switch_on("drift", seconds=86400 * 400)
    pause(appliance)
    assert fault.fired
    wrong = appliance.type_info(PV).modified - time.time_ns()
    assert wrong == pytest.approx(86400 * 400 * 10**9, rel=0.01)
