"""Faults: which request one strikes, and how often."""

import pytest

from archredundancy.appliance.server.faults import FaultName, Faults
from archredundancy.errors import InputError


def test_a_fault_strikes_its_path_as_often_as_asked():
    """It counts its strikes; the next one in order takes over."""
    faults = Faults()
    first = faults.switch_on("slow", "/mgmt/*", times=2)
    second = faults.switch_on("refused")
    struck = [faults.strike(path) for path in ("/mgmt/a", "/retrieval", "/mgmt/b", "/mgmt/c")]
    assert struck == [first, second, first, None]
    assert (first.fired, second.fired) == (2, 1)


def test_faults_can_be_switched_off():
    """Then none strikes."""
    faults = Faults()
    fault = faults.switch_on("torn")
    faults.switch_off()
    assert faults.strike("/") is None
    assert fault.fired == 0


def test_an_unknown_fault_is_refused():
    """The message names those there are."""
    with pytest.raises(InputError, match=r"'sloow'; allowed: slow, torn, .*, drift"):
        Faults().switch_on("sloow")


def test_a_fault_lets_some_pass():
    """Those are not counted as struck, and those of other paths not as let pass."""
    faults = Faults()
    fault = faults.switch_on("refused", "/a", skip=2)
    assert [faults.strike(path) for path in ("/a", "/b", "/a", "/b", "/a", "/a")] == [None] * 4 + [fault, None]
    assert fault.fired == 1


def test_a_request_meets_no_fault_of_files():
    """Each kind of fault is asked for by what it strikes."""
    faults = Faults()
    full = faults.switch_on("disk-full")
    faults.switch_on("drift")
    assert faults.strike("lts/x") is None
    assert faults.strike("lts/x", {FaultName.DISK_FULL}) is full


def test_a_clock_drifts():
    """It is wrong at once by some seconds, and gains more each second; who reads it is counted."""
    faults = Faults()
    assert faults.clock(5) == 5
    fault = faults.switch_on("drift", seconds=-2.0, rate=0.5)
    second = 1_000_000_000
    assert [faults.clock(now * second) for now in (100, 104, 110)] == [98 * second, 104 * second, 113 * second]
    assert fault.fired == 3
    faults.switch_off()
    assert faults.clock(7) == 7
