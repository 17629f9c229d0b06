"""A simulated IOC tells all its clients the same."""

import pytest

from archredundancy.appliance import Given, Periodic, Sampled, SettableClock, SimulatedIoc, SimulatedPv
from archredundancy.appliance.engine.source import Connected, Disconnected, FieldChanged
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType

START = 1767225600 * NS_PER_SECOND


@pytest.fixture
def clock():
    return SettableClock(START)


def served(clock, **kwargs):
    series = kwargs.pop("series", None) or Periodic(value=lambda time: (time - START) // NS_PER_SECOND)
    ioc = SimulatedIoc([SimulatedPv(name="A", series=series, **kwargs)], clock=clock)
    clock.add(ioc)
    return ioc


def values(heard):
    return [update.value for update in heard if isinstance(update, Sampled)]


def test_clients_get_identical_samples_after_the_present_one(clock):
    """The value at the moment of the subscription comes first, with its old stamp."""
    ioc, first, second = served(clock, fields={"EGU": "mm"}), [], []
    ioc.subscribe("A", first.append)
    clock.advance(1.5)
    ioc.subscribe("A", second.append)
    clock.advance(2)
    assert isinstance(first[0], Connected)
    assert first[0].fields == {"EGU": "mm"}
    assert (values(first), values(second)) == ([0, 1, 2, 3], [1, 2, 3])
    assert second[-2:] == first[-2:]


def test_an_ended_subscription_hears_no_more(clock):
    """Nor does one of an unknown PV hear anything."""
    ioc, heard = served(clock), []
    end = ioc.subscribe("A", heard.append)
    ioc.subscribe("B", heard.append)()
    end()
    clock.advance(5)
    assert values(heard) == [0]


def test_a_reboot_breaks_connections_and_stamps_every_record_anew(clock):
    """Slow PVs get a new stamp too, as in golden/20_live."""
    slow = Given(samples=[Sampled(dbr_type=DbrType.SCALAR_INT, time=START - 5, value=7)])
    ioc, heard = served(clock, series=slow), []
    ioc.subscribe("A", heard.append)
    ioc.reboot(seconds=3)
    assert ioc.describe("A") is None
    clock.advance(10)
    assert [type(update) for update in heard] == [Connected, Sampled, Disconnected, Connected, Sampled]
    assert [update.time - START for update in heard if isinstance(update, Sampled)] == [-5, 3 * NS_PER_SECOND]


def test_a_record_off_the_network_goes_on(clock):
    """Nobody hears of it until it is back, with its value of then."""
    ioc, heard = served(clock), []
    ioc.subscribe("A", heard.append)
    ioc.disconnect("A")
    clock.advance(3)
    ioc.reconnect("A")
    clock.advance(1)
    assert values(heard) == [0, 3, 4]


def test_what_clients_write_is_told(clock):
    """A value, a field, another type."""
    ioc, heard = served(clock, series=Given(dbr_type=DbrType.SCALAR_INT)), []
    ioc.subscribe("A", heard.append)
    ioc.put("A", 5, severity=2, status=3)
    ioc.put_field("A", "HIHI", "8")
    ioc.change_type("A", DbrType.SCALAR_DOUBLE)
    ioc.put("A", 5.5, time=1)
    assert heard[1:] == [
        Sampled(dbr_type=DbrType.SCALAR_INT, time=START, value=5, severity=2, status=3),
        FieldChanged(name="HIHI", text="8"),
        Sampled(dbr_type=DbrType.SCALAR_DOUBLE, time=1, value=5.5),
    ]


def test_a_record_may_speak_only_on_change(clock):
    """Processing without a new value or alarm is not told."""
    ioc, heard = (
        served(clock, series=Periodic(value=lambda time: (time - START) // (3 * NS_PER_SECOND)), on_change=True),
        [],
    )
    ioc.subscribe("A", heard.append)
    clock.advance(9)
    assert values(heard) == [0, 1, 2, 3]


def test_given_samples_come_at_their_times(clock):
    """And nothing comes after the last."""
    samples = [Sampled(dbr_type=DbrType.SCALAR_STRING, time=START + at, value=str(at)) for at in (-3, 5, 9)]
    ioc, heard = served(clock, series=Given(samples=samples)), []
    ioc.subscribe("A", heard.append)
    clock.advance(60)
    assert values(heard) == ["-3", "5", "9"]
    assert ioc.due() is None


def test_names_are_known_once(clock):
    """An unknown record is refused by name."""
    ioc = served(clock)
    with pytest.raises(InputError, match="has a record 'A' already"):
        ioc.add(SimulatedPv(name="A", series=Given()))
    with pytest.raises(InputError, match="no record 'B'; it has: A"):
        ioc.put("B", 1)


@pytest.mark.parametrize(
    ("dbr_type", "value"),
    [(DbrType.SCALAR_INT, 1 << 31), (DbrType.SCALAR_DOUBLE, "1.5"), (DbrType.WAVEFORM_DOUBLE, 1.5)],
)
def test_a_value_that_is_none_of_its_type_is_told_where_it_is_made(clock, dbr_type, value):
    """At the start, when it is put, and as time passes."""
    with pytest.raises(InputError, match=f"is no value of the record 'A', which is a {dbr_type.name}"):
        served(clock, series=Periodic(value=lambda _: value, dbr_type=dbr_type))
    late = Given(samples=[Sampled(dbr_type=dbr_type, time=START + NS_PER_SECOND, value=value)])
    ioc = served(clock, series=late)
    with pytest.raises(InputError, match="is no value of the record 'A'"):
        ioc.put("A", value)
    with pytest.raises(InputError, match="is no value of the record 'A'"):
        clock.advance(1)


def test_a_record_has_a_name():
    """Else nobody could ask for it."""
    with pytest.raises(InputError, match="a record needs a name"):
        SimulatedPv(name="", series=Given())
