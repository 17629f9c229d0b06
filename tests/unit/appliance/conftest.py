"""PB files written by the package's other codec, and a store that holds them."""

from types import SimpleNamespace

import pytest

from archredundancy.appliance.storage.pb_file import PbFile
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.store import PvStore
from archredundancy.model import DbrType, Extras, Granularity, Samples, chunk_key, parse_time, year_of
from archredundancy.wire import ChunkHeader, encode_chunk

PV = "X:Y"


def instant(text):
    """Return the instant that a text means, ns."""
    return parse_time(text, now=0)


def samples(*times, values=None, dbr_type=DbrType.SCALAR_DOUBLE, **columns):
    """Return samples at times given as text or in ns; their values are 0, 1, 2 and so on unless given."""
    stamps = [instant(time) if isinstance(time, str) else time for time in times]
    return Samples.build(dbr_type, stamps, list(range(len(stamps))) if values is None else values, **columns)


def pb(content, year=None, pv=PV):
    """Return the bytes of a PB file."""
    year = year or year_of(int(content.time[0]))
    return encode_chunk(ChunkHeader(dbr_type=content.dbr_type, pv=pv, year=year), content)


def rows(content):
    """Return samples as the rows of a stream."""
    return [
        Row(line, content.dbr_type, year_of(int(content.time[number])))
        for number in range(len(content))
        for line in pb(content.slice(number, number + 1)).split(b"\n")[1:2]
    ]


def times(path):
    """Return the time stamps in a file, ns."""
    file = PbFile.look_up(path)
    lines = path.read_bytes().split(b"\n")[1:-1]
    return [Row(line, file.header.dbr_type, file.header.year).time for line in lines]


@pytest.fixture(scope="session")
def made():
    """What tests of the appliance build their files from."""
    return SimpleNamespace(PV=PV, instant=instant, samples=samples, pb=pb, rows=rows, times=times, extras=Extras.build)


@pytest.fixture
def put(tmp_path):
    """Return a function that makes a store and puts files into it: slot by slot, samples or bytes."""

    def make(granularity, files=(), pv=PV, name="LTS"):
        store = PvStore(
            name=name, root=tmp_path / name, granularity=Granularity.parse(granularity), pv=pv, key=chunk_key(pv)
        )
        for slot, content in dict(files).items():
            path = tmp_path / name / f"{chunk_key(pv)}{slot}.pb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else pb(content, pv=pv))
        return store

    return make
