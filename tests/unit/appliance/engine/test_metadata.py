"""Fields of a record, as an engine knows and stores them."""

from archredundancy.appliance.engine.metadata import RecordFields, control_values
from archredundancy.appliance.engine.source import Connected
from archredundancy.model import DbrType

RECORD = Connected(
    host="ioc",
    dbr_type=DbrType.SCALAR_DOUBLE,
    fields={"EGU": "mm", "PREC": "3", "HIHI": "9.0", "LOLO": "-9.0", "DESC": "position"},
)
DAY = 86400


def known(archived=("HIHI", "LOLO")):
    fields = RecordFields(archived)
    fields.learn(RECORD)
    return fields


def test_what_is_asked_when_a_record_connects():
    """The values in the header of the engine's chunk in golden/14_live, in its order."""
    sine = Connected(
        host="ioc",
        dbr_type=DbrType.SCALAR_DOUBLE,
        fields={"EGU": "mm", "PREC": "3", "HIGH": "5", "HIHI": "9", "LOW": "-5", "LOLO": "-9"},
    )
    fields = RecordFields([])
    fields.learn(sine)
    assert list(fields.latest().items()) == [
        ("DRVH", "0.0"),
        ("EAA_COUNT", "1"),
        ("EGU", "mm"),
        ("HIGH", "5.0"),
        ("HIHI", "9.0"),
        ("DRVL", "0.0"),
        ("LOW", "-5.0"),
        ("LOLO", "-9.0"),
        ("PREC", "3.0"),
        ("LOPR", "0.0"),
        ("HOPR", "0.0"),
    ]


def test_texts_and_enums_have_no_units():
    """An enum tells its labels instead."""
    enum = Connected(host="ioc", dbr_type=DbrType.SCALAR_ENUM, fields={"ENUM_0": "Off", "EGU": "x"})
    assert control_values(enum).keys() >= {"ENUM_0", "PREC"}
    assert "EGU" not in control_values(enum)


def test_fields_are_stored_when_they_connect_on_change_and_once_a_day():
    """With DESC and units once a day; a change says that it really is one (appliance.md F.1)."""
    fields = known()
    assert fields.to_store(0) == []
    fields.connect()
    first, daily = fields.to_store(DAY)
    assert first == ({"HIHI": "9.0", "LOLO": "-9.0"}, True)
    assert daily[0] == {"HIHI": "9.0", "LOLO": "-9.0", "DESC": "position", "EGU": "mm", "PREC": "3"}
    assert daily[1] is False
    assert fields.to_store(2 * DAY - 1) == []
    fields.change("HIHI", "8.0")
    assert fields.to_store(2 * DAY - 1) == [({"HIHI": "8.0"}, True)]
    assert [part[1] for part in fields.to_store(2 * DAY)] == [False]


def test_a_pv_without_fields_to_archive_stores_none():
    """Though DESC is known of it."""
    fields = known(archived=())
    fields.connect()
    fields.change("HIHI", "1.0")
    assert fields.to_store(DAY) == []
    assert fields.latest()["DESC"] == "position"
    assert fields.count == 1
