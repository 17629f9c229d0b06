"""What an appliance keeps about a PV."""

import pytest

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.errors import InputError
from archredundancy.model import DbrType


def test_what_is_not_said_has_a_default():
    """Missing keys get the values that a new PVTypeInfo has; the chunk key follows from the name."""
    info = PvTypeInfo({"pvName": "A:B-C"})
    assert (info.key, info.dbr_type, info.paused) == ("A/B/C:", DbrType.SCALAR_DOUBLE, False)
    assert (info.created, info.stores, info.precision) == (0, [], 0)


def test_a_change_is_stamped():
    """A changed type info carries the time of the change, to the millisecond; the old one is as it was."""
    info = PvTypeInfo({"pvName": "A", "creationTime": "nonsense"})
    changed = info.changed(1704067200_123456789, paused="true")
    assert (changed.paused, changed.info["modificationTime"]) == (True, "2024-01-01T00:00:00.123Z")
    assert (info.paused, info.created, changed.modified) == (False, 0, 1704067200_123000000)


UNREADABLE = {
    "no name": ({}, "pvName"),
    "an unknown type": ({"pvName": "A", "DBRType": "DBR_NONE"}, "DBR_NONE"),
    "a period that is no number": ({"pvName": "A", "samplingPeriod": "often"}, "samplingPeriod .* 'often'; give a num"),
    "a period without end": ({"pvName": "A", "samplingPeriod": "NaN"}, "give a finite number"),
    "a store that is no URL": ({"pvName": "A", "dataStores": ["/archive/lts"]}, "is not a store URL"),
}


@pytest.mark.parametrize(("info", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_refused(info, message):
    """A check names what is wrong."""
    with pytest.raises(InputError, match=message):
        PvTypeInfo(info).check()


def test_limits_may_be_no_number():
    """As those of records whose alarm limits are not set."""
    PvTypeInfo({"pvName": "A", "upperAlarmLimit": "NaN"}).check()


@pytest.mark.parametrize(
    ("key", "value", "given"),
    [
        ("DBRType", 3, "text"),
        ("elementCount", 1, "text"),
        ("dataStores", "pb://", "a list of texts"),
        ("dataStores", [5], "a list of texts"),
        ("extraFields", {"SCAN": None}, "an object of texts"),
    ],
)
def test_a_value_of_another_kind_is_refused(key, value, given):
    """The message says what it should be."""
    with pytest.raises(InputError, match=f"{key} of the type info is .*; give {given}"):
        PvTypeInfo({"pvName": "A", key: value}).check()
