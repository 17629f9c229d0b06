"""Faults: which request one strikes, and how often."""

import pytest

from archredundancy.appliance.server.faults import Faults
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
    with pytest.raises(InputError, match="'sloow'; allowed: slow, torn, refused, timeout-after-work, kill"):
        Faults().switch_on("sloow")
