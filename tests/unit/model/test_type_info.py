"""PVTypeInfos, read from replies in which every scalar is text."""

import pytest

from archredundancy.errors import InputError
from archredundancy.model import DbrType, TypeInfo, parse_time

REPLY = {
    "pvName": "SR:DCCT",
    "DBRType": "DBR_SCALAR_DOUBLE",
    "elementCount": "1",
    "paused": "false",
    "creationTime": "2024-01-02T03:04:05.678Z",
    "applianceIdentity": "appliance0",
    "samplingMethod": "MONITOR",
    "samplingPeriod": "1.0",
    "dataStores": ["pb://localhost?name=STS", "pb://localhost?name=LTS"],
    "units": "mA",
    "precision": "3.0",
    "lowerDisplayLimit": "0.0",
    "upperAlarmLimit": "NaN",
}


def test_a_reply_is_read():
    """Text becomes numbers, times and stores; limits that are not set are left out."""
    info = TypeInfo.from_reply(REPLY)
    assert (info.pv, info.dbr_type, info.element_count, info.paused) == ("SR:DCCT", DbrType.SCALAR_DOUBLE, 1, False)
    assert info.created == info.modified == parse_time(REPLY["creationTime"], now=0)
    assert [store.name for store in info.stores] == ["STS", "LTS"]
    assert (info.egu, info.precision, info.limits) == ("mA", 3, {"lowerDisplayLimit": 0.0})
    assert info.reply is REPLY


@pytest.mark.parametrize("precision", [None, "", "NaN"])
def test_precision_may_be_missing(precision):
    """PVs that never connected have none."""
    assert TypeInfo.from_reply(REPLY | {"precision": precision}).precision is None


BROKEN = {
    "no name": {key: value for key, value in REPLY.items() if key != "pvName"},
    "no type": REPLY | {"DBRType": "DBR_DOUBLE"},
    "no time": REPLY | {"creationTime": "yesterday"},
    "no number": REPLY | {"elementCount": "one"},
}


@pytest.mark.parametrize("reply", BROKEN.values(), ids=BROKEN)
def test_a_reply_that_cannot_be_read_is_refused(reply):
    """The message shows the reason and the whole reply."""
    with pytest.raises(InputError, match=r"a PVTypeInfo that cannot be read \(.*\): \{.*creationTime"):
        TypeInfo.from_reply(reply)
