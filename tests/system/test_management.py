"""Calls of the embedded appliances' management, over HTTP."""

import json
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from archredundancy.appliance import Appliance, SiteSettings


@pytest.fixture
def appliance(tmp_path):
    """A single running appliance."""
    with Appliance("primary0", tmp_path, lag=0.0) as started:
        yield started


def call(appliance, name, body=None, content_type=None, /, **parameters):
    """Return status and body of a call; with a body it is a POST."""
    connection = HTTPConnection(appliance.url.removeprefix("http://"), timeout=10)
    try:
        path = f"/mgmt/bpl/{name}?{urlencode(parameters)}"
        headers = {"Content-Type": content_type} if content_type else {}
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("latin-1")
    finally:
        connection.close()


def asked(appliance, name, /, *arguments, **parameters):
    """Return the JSON of a call."""
    return json.loads(call(appliance, name, *arguments, **parameters)[1])


def test_a_request_is_pending_until_it_is_aborted(appliance):
    """Status, list and a second request know of it, also after a restart (`11_lifecycle`)."""
    assert (
        call(appliance, "archivePV", pv="A:B")[1]
        == '[\n{ "pvName": "A:B", "status": "Archive request submitted" }\n]\n'
    )
    appliance.stop()
    appliance.start()
    assert asked(appliance, "archivePV", pv="A:B.HIHI")[0]["status"] == "Already submitted"
    assert asked(appliance, "getPVStatus", pv="A:B") == [{"pvName": "A:B", "status": "Initial sampling"}]
    assert [row["currentState"] for row in asked(appliance, "getNeverConnectedPVsForThisAppliance")] == ["START"]
    assert asked(appliance, "abortArchivingPVForThisAppliance", pv="A:B")["status"] == "ok"
    assert asked(appliance, "getPVStatus", pv="A:B")[0]["status"] == "Not being archived"


def test_a_form_may_name_what_is_to_be_archived(appliance):
    """A POST of a form is read as the URL is."""
    form = "application/x-www-form-urlencoded"
    reply = asked(appliance, "archivePV", b"pv=A%3AB,C&samplingperiod=2", form)
    assert [row["pvName"] for row in reply] == ["A:B", "C"]


BROKEN_OFF = [
    (
        [{"pv": "A"}, {"pv": "bad name"}, {"pv": "C"}],
        '[\n{ "pvName": "A", "status": "Archive request submitted" }\n,\n',
    ),
    ([{"pv": "A", "samplingmethod": "nosuch"}], "[\n]\n"),
    ([{"pv": "A", "samplingperiod": "often"}, {}], "[\n,\n"),
]


@pytest.mark.parametrize(("entries", "reply"), BROKEN_OFF)
def test_a_reply_breaks_off_at_a_name_that_is_none(appliance, entries, reply):
    """The status is 200 by then; an entry that cannot be read is left out with its comma."""
    assert call(appliance, "archivePV", json.dumps(entries).encode(), "application/json") == (200, reply)


REFUSED = [
    ({"pv": "A", "samplingperiod": "often"}, None),
    ({"pv": "A", "samplingmethod": "monitor"}, None),
    ({"pv": "A", "appliance": "nosuch"}, None),
    ({}, b"{}"),
    ({}, b'["A"]'),
    ({}, b"rubbish"),
]


@pytest.mark.parametrize(("parameters", "body"), REFUSED)
def test_requests_that_cannot_be_read_are_errors(appliance, parameters, body):
    """500, and nothing is pending."""
    status, _ = call(appliance, "archivePV", body, "application/json" if body else None, **parameters)
    assert status == 500
    assert asked(appliance, "getNeverConnectedPVs") == []


def test_a_field_or_alias_is_added_to_what_is_archived(appliance):
    """A field that goes with the stream joins the PV's fields, another one is a PV of its own."""
    appliance.add_pv({"pvName": "A", "dataStores": [], "archiveFields": ["HIHI"]})
    body = json.dumps([{"pv": "A.LOLO", "alias": "a"}, {"pv": "A.HIHI"}, {"pv": "A.DESC"}]).encode()
    reply = asked(appliance, "archivePV", body, "application/json")
    assert [(row["pvName"], row["status"]) for row in reply] == [
        ("A", "Already submitted"),
        ("A", "Already submitted"),
        ("A.DESC", "Archive request submitted"),
    ]
    assert asked(appliance, "getPVTypeInfo", pv="a")["archiveFields"] == ["HIHI", "LOLO"]


def test_site_settings_name_files_and_set_flags(tmp_path):
    """Separators are the site's, flags come from its file at each start and are lost otherwise."""
    flags = tmp_path / "flags.properties"
    flags.write_text("SKIP_LTS_FOR_ETL=true\n")
    settings = SiteSettings(separators="[:{}]", named_flags=flags)
    with Appliance("primary0", tmp_path / "a", settings=settings) as appliance:
        appliance.add_pv({"pvName": "SR{C}I-1", "dataStores": []})
        assert asked(appliance, "getPVTypeInfo", pv="SR{C}I-1")["chunkKey"] == "SR/C/I-1:"
        asked(appliance, "setNamedFlag", name="other", value="true")
        assert asked(appliance, "getAllNamedFlags") == {"SKIP_LTS_FOR_ETL": True, "other": True}
        appliance.stop()
        appliance.start()
        assert asked(appliance, "getAllNamedFlags") == {"SKIP_LTS_FOR_ETL": True}
