"""Parameters of getData, and what is refused (appliance.md B.1)."""

import re

import pytest

from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.retrieval.request import DataRequest
from archredundancy.appliance.server.replies import Refused

HOUR = 3600 * 10**9
NOW = 1717243200 * 10**9


@pytest.fixture
def configuration(tmp_path):
    """The configuration of an appliance that knows the PV X."""
    made = Configuration(tmp_path / "configuration.sqlite", "q0")
    made.put(PvTypeInfo({"pvName": "X", "archiveFields": ["HIHI"]}))
    made.add_alias("alias", "X")
    yield made
    made.close()


@pytest.fixture
def read(configuration):
    """A function that reads a request, at noon of 2024-06-01."""
    return lambda **parameters: DataRequest.read({"pv": "X"} | parameters, configuration, NOW)


@pytest.fixture
def read_all(configuration):
    """A function that reads a request for several PVs, at noon of 2024-06-01."""
    return lambda *names, **parameters: DataRequest.read_all(names, parameters, configuration, NOW)


def test_a_day_until_in_an_hour_is_the_default(read):
    """Without times: 24 hours, up to an hour from now; empty times are none."""
    assert read().spans == read(to="").spans == [(NOW - 23 * HOUR, NOW + HOUR)]
    assert read(to="2024-06-01T00:00:00Z").spans == [(NOW - 36 * HOUR, NOW - 12 * HOUR)]


NAMES = {
    "X": ("X", ""),
    "X.VAL": ("X", ""),
    "pva://X": ("X", ""),
    "ca://X.VAL": ("X", ""),
    "alias": ("alias", ""),
    "mean(X)": ("X", "mean"),
    "mean_60(X)": ("X", "mean_60"),
    "mean(X,60)": ("X", "mean_60"),
}


@pytest.mark.parametrize(("pv", "expected"), NAMES.items())
def test_a_name_may_carry_a_post_processor(read, pv, expected):
    """Prefixes and .VAL are dropped; an alias keeps its name."""
    asked = read(pv=pv)
    assert (asked.name, asked.processor, asked.info.pv) == (*expected, "X")


def test_a_post_processor_may_be_a_parameter(read):
    """`pp` names one; where none is meant, `usereduced` stands for firstSample, with the number that is there."""
    reduced = {"usereduced": "true"}
    asked = [read(pp="nth_5"), read(pp="nth_5", **reduced), read(**reduced), read(pp="nosuch_5", **reduced)]
    extensions = [one.make_processor().extension for one in asked]
    assert extensions == [".nth_5", ".nth_5", ".firstSample", ".firstSample_5"]
    assert read(pp="nosuch_5").make_processor() is None


def test_several_windows_may_be_asked_for(read):
    """`timeranges` has a start and an end for each."""
    asked = read(timeranges=",".join(f"2024-06-0{day}T00:00:00Z" for day in (1, 2, 3, 4)))
    assert asked.spans == [(NOW - 12 * HOUR, NOW + 12 * HOUR), (NOW + 36 * HOUR, NOW + 60 * HOUR)]
    assert (asked.start, asked.end) == (NOW - 12 * HOUR, NOW + 60 * HOUR)


DAY = {"from": "2024-06-02T00:00:00Z", "to": "2024-06-01T00:00:00Z"}
REFUSED = {
    "no PV": ({"pv": None}, 400, r"^PV name is null\.$"),
    "an unknown PV": ({"pv": "Y"}, 404, "^Unable to find typeinfo for pv Y$"),
    "one parenthesis": ({"pv": "mean(X"}, 400, r"^Unbalanced paran mean\(X$"),
    "no time": ({"from": "yesterday"}, 500, "^Text 'yesterday' could not be parsed at index 0$"),
    "an end before the start": (DAY, 400, "end 2024-06-01T00:00:00Z is before start 2024-06-02T00:00:00Z$"),
    "half a window": ({"timeranges": "2024-06-02T00:00:00Z"}, 400, "We have 1 times$"),
    "windows that overlap": (
        {"timeranges": ",".join(["2024-06-01T00:00:00Z", "2024-06-02T00:00:00Z"] * 2)},
        400,
        "start time 2024-06-01T00:00:00Z is before previous end time 2024-06-02T00:00:00Z",
    ),
}


@pytest.mark.parametrize(("parameters", "status", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_answered_is_refused(read, parameters, status, message):
    """Status and message are those of the real appliance."""
    with pytest.raises(Refused, match=message) as refusal:
        read(**parameters)
    assert refusal.value.status == status


def test_a_retired_pv_may_borrow_a_type_info(read):
    """With `retiredPVTemplate` an unknown PV has the stores of a known one, under its own name."""
    asked = read(pv="A:B", retiredPVTemplate="alias")
    assert (asked.info.pv, asked.info.key, asked.info.paused) == ("A:B", "A/B:", True)
    assert read(retiredPVTemplate="none").info.pv == "X"
    with pytest.raises(Refused, match="Unable to find typeinfo for pv A:B"):
        read(pv="A:B", retiredPVTemplate="none")


def processors(read_all, *names, **parameters):
    """Names and post-processors of a request for several PVs."""
    return [(asked.name, asked.processor) for asked in read_all(*names, **parameters)]


def test_several_pvs_share_parameters(read_all):
    """Times and post-processor go for all PVs; `.VAL` is dropped, and QW still knows of it."""
    assert processors(read_all, "X", "alias.VAL", pp="nth_5") == [("X", "nth_5"), ("alias", "nth_5")]
    asked = read_all("X.VAL")[0]
    assert (asked.requested, asked.spans) == ("X.VAL", [(NOW - 23 * HOUR, NOW + HOUR)])


def test_a_post_processor_goes_for_the_pvs_after_it_too(read_all):
    """What is written as a function of one PV is carried on, without its arguments."""
    expected = [("X", "nth_5"), ("X", "mean_60"), ("X", "mean_60"), ("X", "max_9"), ("X", "max")]
    assert processors(read_all, "X", "mean_60(X)", "X", "max(X,9)", "X", pp="nth_5") == expected


REFUSED_FOR_PVS = {
    "an unknown one": (("X", "none"), 404, "Unable to find typeinfo for pv none"),
    "one with a prefix": (("ca://X",), 404, "Unable to find typeinfo for pv ca://X"),
    "an open bracket before an unknown one": (("none", "mean(X"), 400, "Unbalanced paren mean(X"),
}


@pytest.mark.parametrize(("names", "status", "message"), REFUSED_FOR_PVS.values(), ids=REFUSED_FOR_PVS)
def test_any_bad_name_spoils_a_request_for_several_pvs(read_all, names, status, message):
    """Nothing is answered if one name cannot be."""
    with pytest.raises(Refused, match=re.escape(message)) as refusal:
        read_all(*names)
    assert refusal.value.status == status


@pytest.mark.parametrize("pv", ["X.HIHI", "alias.HIHI", "ca://X.HIHI", "mean_x(X.HIHI)"])
def test_a_field_may_be_archived_with_its_pv(read, pv):
    """It has the PV's real name, and no post-processor but its own."""
    asked = read(pv=pv)
    assert (asked.name, asked.field, asked.make_processor().extension) == ("X", "HIHI", ".extraFields")


def test_a_field_that_is_not_archived_is_unknown(read):
    """A PV's name with a field is another PV's."""
    with pytest.raises(Refused, match=re.escape("Unable to find typeinfo for pv X.LOLO")):
        read(pv="X.LOLO")
