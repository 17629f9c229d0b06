"""Units, precision, limits and names of states of both clusters, in what is loaded."""

import pytest

import archredundancy as ar
from archredundancy.appliance import AppliancePair, Periodic, SettableClock, SimulatedIoc, SimulatedPv
from archredundancy.errors import NotReadyError
from archredundancy.model import DbrType, parse_time

START = parse_time("2026-01-01T10:00:00", now=0)
SPAN = ("2026-01-01T10:00", "2026-01-01T10:01")
LABELS = {"ENUM_0": "Off", "ENUM_1": "Run up", "ENUM_2": ""}


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two clusters that archive an enum, and are configured differently for X:Y."""
    clock = SettableClock(START)
    series = Periodic(value=lambda moment: moment // 10**9 % 3, dbr_type=DbrType.SCALAR_ENUM)
    ioc = SimulatedIoc([SimulatedPv(name="X:MODE", series=series, fields=LABELS)], clock=clock)
    with AppliancePair(tmp_path_factory.mktemp("pair"), clock=clock, source=ioc, lag=0.0) as appliances:
        for appliance, units, limit in ((appliances.primary, "mA", "5.0"), (appliances.secondary, "A", "NaN")):
            appliance.add_pv({"pvName": "X:MODE"})
            configured = {"units": units, "precision": "2.0", "upperDisplayLimit": limit}
            appliance.add_pv({"pvName": "X:Y", "paused": "true"} | configured)
        clock.advance(60)
        now = START + 60 * 10**9
        with ar.ClusterPair(appliances.primary.url, appliances.secondary.url, fixed_now=now) as opened:
            yield opened


def test_states_of_an_enum_have_their_names(pair):
    """In every form that people look for: a list, and the flags of the CF conventions, one word a state."""
    tree = pair.load("X:MODE", *SPAN)
    for name in ("primary", "secondary", "merged"):
        attributes = tree[name].value.attrs
        assert attributes["enum_labels"] == ["Off", "Run up", ""]
        assert attributes["flag_values"].tolist() == [0, 1, 2]
        assert attributes["flag_values"].dtype == tree[name].value.dtype
        assert attributes["flag_meanings"] == "Off Run_up state_2"
    assert pair.primary.load("X:MODE", *SPAN).value.attrs["enum_labels"] == ["Off", "Run up", ""]
    assert tree.attrs["differences"] == []
    assert pair.align("X:MODE", ["2026-01-01T10:00:30"])["X:MODE"].attrs["enum_labels"] == ["Off", "Run up", ""]


def test_what_the_clusters_say_differently_is_told(pair):
    """Each side keeps its own, the union has the primary's."""
    tree = pair.load("X:Y", *SPAN)
    assert tree.attrs["differences"] == [
        "egu: primary 'mA', secondary 'A'",
        "upperDisplayLimit: primary 5.0, secondary 'not set'",
    ]
    assert [tree[name].attrs["egu"] for name in ("primary", "secondary", "merged")] == ["mA", "A", "mA"]
    assert tree["merged"].attrs["upperDisplayLimit"] == 5.0
    assert tree["merged"].attrs["precision"] == 2
    assert "upperDisplayLimit" not in tree["secondary"].attrs


def test_names_of_states_that_cannot_be_asked_for_are_a_note(pair, monkeypatch):
    """The headers of a recent answer stand in; they leave states without a name out."""

    def starting(*_):
        raise NotReadyError("starting", url="http://x", status=503)

    monkeypatch.setattr("archredundancy.client.RetrievalClient.metadata", starting)
    assert "primary: no labels of the states of X:MODE: starting" in pair.compare("X:MODE", *SPAN).notes
    merged = pair.load("X:MODE", *SPAN)["merged"]
    assert merged.value.attrs["enum_labels"] == ["Off", "Run up"]
    assert merged.sizes["time"] > 50
