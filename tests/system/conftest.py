"""What tests of whole parts share: a bench for the embedded pair, the demo pair, and the command line."""

import json
import time
from urllib.parse import urlencode

import numpy as np
import pytest

import archredundancy as ar
from archredundancy.appliance import Appliance, ApplianceCluster, AppliancePair
from archredundancy.cli import main
from archredundancy.model import DbrType, Partition, Samples, chunk_key, format_time, parse_time, year_of
from archredundancy.testing import read_stream_slowly
from archredundancy.testing.embedded.asking import ask
from archredundancy.wire import ChunkHeader, encode_chunk, read_chunks

PV = "X:Y"
FOLDERS = {"STS": "SHORT", "MTS": "MEDIUM", "LTS": "LONG"}
WHOLE = ("2024-01-01", "2024-12-31T23:59:59")


def instant(time):
    """Return a time, given as text or in ns, in ns."""
    return parse_time(time, now=0) if isinstance(time, str) else time


def short(time):
    """Return a time as text without what is nought: `2024-06-01`, `2024-06-01T12:00:00`, `2024-06-01T12:00:00.5`."""
    text = format_time(int(time)).removesuffix("Z").rstrip("0").removesuffix(".")
    text = text if "." in text else format_time(int(time))[:19]
    return text.removesuffix("T00:00:00")


def url_of(store, granularity):
    """Return a store URL; a granularity may carry options, as in `DAY&hold=2`."""
    if granularity == "blackhole":
        return f"blackhole://localhost?name={store}"
    folder = f"${{ARCHAPPL_{FOLDERS[store]}_TERM_FOLDER}}"
    return f"pb://localhost?name={store}&rootFolder={folder}&partitionGranularity=PARTITION_{granularity}"


class Side:
    """One appliance of the bench."""

    def __init__(self, appliance):
        self.appliance = appliance
        self.retrieval_url = appliance.retrieval_url

    def add(self, pv=PV, dbr_type=DbrType.SCALAR_DOUBLE, paused=True, created="1970-01-01", **stores):
        """Configure a PV; stores such as `LTS="MONTH"`."""
        info = {"pvName": pv, "DBRType": f"DBR_{dbr_type.name}", "paused": str(paused).lower()}
        info["creationTime"] = f"{created}T00:00:00.000Z"
        urls = [url_of(*store) for store in (stores or {"LTS": "MONTH"}).items()]
        self.appliance.add_pv(info | {"dataStores": urls})

    def write(self, *times, pv=PV, store="LTS", values=None, dbr_type=DbrType.SCALAR_DOUBLE, **columns):
        """Write samples into a store's files; values are 0, 1, 2 and so on unless given."""
        stamps = np.array(sorted(map(instant, times)), np.int64)
        samples = Samples.build(dbr_type, stamps, list(range(len(times))) if values is None else values, **columns)
        (url,) = (url for url in self.appliance.type_info(pv).stores if url.name == store)
        start = 0
        while start < len(stamps):
            slot = Partition.holding(int(stamps[start]), url.granularity)
            stop = int(np.searchsorted(stamps, slot.end))
            header = ChunkHeader(dbr_type=dbr_type, pv=pv, year=year_of(slot.start))
            self.put(slot.name, encode_chunk(header, samples.slice(start, stop)), pv=pv, store=store)
            start = stop

    def put(self, slot, data, pv=PV, store="LTS"):
        """Write a file of any content."""
        return self.appliance.put_file(store, f"{chunk_key(pv)}{slot}.pb", data)

    def files(self):
        """Return the content of all PB files, by store and slot."""
        found = self.appliance.files()
        return {
            f"{path.split('/')[0].upper()} {path.rpartition(':')[2].removesuffix('.pb')}": data
            for path, data in found.items()
            if path.split("/")[0].upper() in FOLDERS
        }

    def stored(self):
        """Return the times in all PB files, by store and slot."""
        return {
            name: [short(time) for chunk in read_chunks(data) for time in chunk.samples.time]
            for name, data in self.files().items()
        }

    def ask(self, path, method="GET", body=None, headers=None, **parameters):
        """Return status and body of an answer."""
        return ask(self.appliance, path, method, body, headers, **parameters)

    def call(self, name, /, pv=PV, **parameters):
        """Return what a management call about a PV answers, which must be HTTP 200."""
        status, body = self.ask(f"/mgmt/bpl/{name}", pv=pv, **parameters)
        assert status == 200, body
        return json.loads(body) if body.strip() else None

    def get(self, start=WHOLE[0], end=WHOLE[1], pv=PV, form="raw", **parameters):
        """Return the body of an answer to getData, which must be HTTP 200."""
        window = {"from": iso(start), "to": iso(end)}
        status, body = self.ask(f"/retrieval/data/getData.{form}", **({"pv": pv} | window | parameters))
        assert status == 200, body
        return body

    def layout(self, *window, **parameters):
        """Return the times in each chunk of a raw answer; those of samples that can be decoded."""
        chunks = read_chunks(self.get(*window, **parameters))
        return [[short(time) for time in chunk.samples.time] for chunk in chunks]

    def times(self, *window, **parameters):
        """Return the times in a raw answer."""
        return [time for chunk in self.layout(*window, **parameters) for time in chunk]

    def of_several(self, *pvs, start=WHOLE[0], end=WHOLE[1], **parameters):
        """Return the times in a raw answer to getDataForPVs, by PV; those of PVs without samples are missing."""
        query = urlencode({"pv": pvs, "from": iso(start), "to": iso(end)} | parameters, doseq=True)
        status, body = self.ask(f"/retrieval/data/getDataForPVs.raw?{query}")
        assert status == 200, body
        found = {}
        for chunk in read_chunks(body) if body else ():
            found.setdefault(chunk.header.pv, []).extend(short(time) for time in chunk.samples.time)
        return {pv: times for pv, times in found.items() if times}

    def values(self, *window, **parameters):
        """Return the values in a raw answer."""
        chunks = read_chunks(self.get(*window, **parameters))
        return [value for chunk in chunks for value in chunk.samples.value.tolist()]

    def years(self, *window, **parameters):
        """Return year and number of lines of each chunk of a raw answer."""
        chunks, _ = read_stream_slowly(self.get(*window, **parameters))
        return [(chunk.year, len(chunk.lines)) for chunk in chunks]

    def json_times(self, *window, **parameters):
        """Return the times in a JSON answer."""
        data = json.loads(self.get(*window, form="json", **parameters) or b"[]")
        return [short(one["secs"] * 10**9 + one["nanos"]) for pv in data for one in pv["data"]]

    def merge(self, other, pv=PV, storage="LTS", **parameters):
        """Return status and JSON, if any, of mergeInData."""
        parameters |= {"pv": pv, "storage": storage, "other": getattr(other, "retrieval_url", other)}
        status, body = self.ask("/mgmt/bpl/mergeInData", **parameters)
        return status, json.loads(body) if status == 200 else None


def iso(time):
    """Return a time as requests have it."""
    return format_time(instant(time))


class Bench:
    """An embedded pair, its engines without delay."""

    def __init__(self, pair):
        self.pair = pair
        self.primary, self.secondary = Side(pair.primary), Side(pair.secondary)
        self.both = (self.primary, self.secondary)


@pytest.fixture
def clock():
    """Return the present of a bench's appliances; a test module may have a fixture of this name that is set."""
    return time.time_ns


@pytest.fixture
def bench(tmp_path, clock):
    """Return a running embedded pair with ways to fill and ask it."""
    with AppliancePair(tmp_path, clock=clock, lag=0.0) as pair:
        yield Bench(pair)


class Members:
    """A cluster of two members, q0 and q1, with a secondary beside it, their engines without delay."""

    def __init__(self, cluster, secondary):
        self.cluster = cluster
        self.q0, self.q1, self.secondary = (Side(one) for one in (cluster["q0"], cluster["q1"], secondary))


@pytest.fixture
def members(tmp_path):
    """Return a running cluster of two members and a secondary with ways to fill and ask them."""
    with (
        ApplianceCluster(tmp_path, identities=("q0", "q1"), lag=0.0) as cluster,
        Appliance("secondary0", tmp_path / "S", lag=0.0) as secondary,
    ):
        yield Members(cluster, secondary)


def register(side, other, options="?mergeDuringRetrieval=true"):
    """Make one appliance an external server of another, by the three calls; return their answers."""
    url = f"{other.retrieval_url}{options}"
    calls = {
        "addExternalArchiverServer": {"externalarchiverserverurl": url, "externalServerType": "ARCHAPPL_PBRAW"},
        "addExternalArchiverServerArchives": {"channelarchiverserverurl": url, "archives": "pbraw"},
        "resetFailoverCaches": {},
    }
    return [json.loads(side.ask(f"/mgmt/bpl/{call}", **parameters)[1]) for call, parameters in calls.items()]


@pytest.fixture(name="register")
def registering():
    """Return the function that makes one appliance an external server of another."""
    return register


@pytest.fixture
def proxied(bench, register):
    """A pair of which the secondary merges what the primary has."""
    register(bench.secondary, bench.primary)
    return bench


@pytest.fixture
def side():
    """Return what makes an appliance easy to fill and ask."""
    return Side


@pytest.fixture(scope="module")
def pair():
    """An embedded pair for all tests of this module; they only read."""
    with ar.demo_pair() as pair:
        yield pair


@pytest.fixture
def run(capsys):
    """Run the command line; return exit code, standard output, standard error."""

    def run(*arguments):
        with pytest.raises(SystemExit) as exit_:
            main(list(arguments))
        captured = capsys.readouterr()
        return exit_.value.code, captured.out, captured.err

    return run
