"""Parameters of getData, and what is refused (appliance.md B.1)."""

import pytest

from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.retrieval.request import DataRequest
from archredundancy.appliance.server.replies import Refused

HOUR = 3600 * 10**9
NOW = 1717243200 * 10**9


@pytest.fixture
def read(tmp_path):
    """A function that reads a request, at noon of 2024-06-01, to an appliance that knows the PV X."""
    configuration = Configuration(tmp_path / "configuration.sqlite", "q0")
    configuration.put(PvTypeInfo({"pvName": "X"}))
    configuration.add_alias("alias", "X")
    yield lambda **parameters: DataRequest.read({"pv": "X"} | parameters, configuration, NOW)
    configuration.close()


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
    """`pp` names one, and `usereduced` means firstSample."""
    assert (read(pp="nth_5").processor, read(usereduced="true").processor) == ("nth_5", "firstSample")


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
