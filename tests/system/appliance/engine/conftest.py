"""A pair on a settable clock, whose engines archive one simulated IOC."""

import json
from http.client import HTTPConnection

import pytest

from archredundancy.appliance import AppliancePair, Periodic, SettableClock, SimulatedIoc, SimulatedPv
from archredundancy.appliance.messages.message import decode_header, decode_sample
from archredundancy.model import NS_PER_SECOND

START = 1767225600
STORES = [
    f"pb://localhost?name={name}&rootFolder=${{ARCHAPPL_{folder}_TERM_FOLDER}}&partitionGranularity=PARTITION_{rest}"
    for name, folder, rest in (
        ("STS", "SHORT", "HOUR&consolidateOnShutdown=true"),
        ("MTS", "MEDIUM", "DAY&hold=2&gather=1"),
        ("LTS", "LONG", "YEAR"),
    )
]


class Bench:
    """A pair, its clock and its IOC; times are seconds since the start."""

    def __init__(self, root, series=None, info=None, fields=None):
        self.clock = SettableClock(START * NS_PER_SECOND)
        counting = Periodic(value=lambda time: time // NS_PER_SECOND - START)
        record = SimulatedPv(name="A:B", series=series or counting, fields=fields or {})
        self.ioc = SimulatedIoc([record], clock=self.clock)
        self.pair = AppliancePair(root, clock=self.clock, source=self.ioc).start()
        self.primary, self.secondary = self.pair.primary, self.pair.secondary
        for appliance in (self.primary, self.secondary):
            appliance.add_pv({"pvName": "A:B", "dataStores": STORES, "samplingPeriod": "1.0"} | (info or {}))

    def at(self, second):
        """Let time pass until a second."""
        self.clock.advance(START + second - self.clock() / NS_PER_SECOND)

    def ask(self, appliance, path, body=None, content_type=None):
        """Return what an appliance answers: JSON of the management, else bytes."""
        connection = HTTPConnection(appliance.url.removeprefix("http://"))
        headers = {"Content-Type": content_type} if content_type else {}
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse().read()
        connection.close()
        return json.loads(answer) if "/bpl/" in path and answer else answer

    def stored(self, appliance):
        """What an appliance has in its files, flushed: (second, value, fields), of all stores, in order of time."""
        appliance.engine.flush()
        found = {}
        for path, data in appliance.files().items():
            if path.endswith(".pb"):
                head, *lines = data.split(b"\n")
                header = decode_header(head)
                for line in lines[:-1]:
                    sample = decode_sample(line, header.dbr_type)
                    second = sample.time(header.year) / NS_PER_SECOND - START
                    found[second] = (second, sample.value, sample.fields)
        return [found[second] for second in sorted(found)]

    def told(self, appliance):
        """What the stored samples tell of connections: fields by second, with times since the start."""
        return {
            second: {
                name: int(text) - START if text.isdecimal() and text != "0" else text for name, text in fields.items()
            }
            for second, _, fields in self.stored(appliance)
            if fields
        }


@pytest.fixture
def bench(tmp_path):
    """A function that starts a pair."""
    started = []

    def start(**kwargs):
        started.append(Bench(tmp_path, **kwargs))
        return started[-1]

    yield start
    for each in started:
        each.pair.stop()
