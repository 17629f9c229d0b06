"""Which stores are asked, and how streams become one answer (appliance.md B.2 to B.4)."""

import logging

import pytest

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.formats.json_writer import JsonWriter
from archredundancy.appliance.formats.raw_writer import RawWriter
from archredundancy.appliance.formats.txt_writer import TxtWriter
from archredundancy.appliance.formats.writer import AnsweredPv
from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.remote.readers import BlackHoleReader, FilesReader
from archredundancy.appliance.retrieval.answer import Described, PvStreams, concatenate, consulted, yearly
from archredundancy.appliance.storage.streams import Samples
from archredundancy.model import NS_PER_SECOND, DbrType, start_of_year
from archredundancy.wire import read_chunks

NEW_YEAR = start_of_year(2024)
DOUBLE = Header(dbr_type=DbrType.SCALAR_DOUBLE, pv="X:Y", year=2024)


def stream(made, *seconds, **columns):
    """Return a stream of samples at seconds after the start of 2024."""
    times = [NEW_YEAR + second * NS_PER_SECOND for second in seconds]
    return Samples(header=DOUBLE, content=tuple(made.rows(made.samples(*times, **columns))))


def of_pv(streams, start=0, name="X:Y"):
    """Return what an answer has of one PV in a window, start in ns."""
    pv = AnsweredPv(name=name, requested=name, header=streams[0].header, start=start, end=start)
    return PvStreams(pv=pv, streams=streams)


def answered(streams, start=0):
    """Seconds and values in a raw answer to a window, chunk by chunk."""
    body = b"".join(concatenate([of_pv(streams, NEW_YEAR + start * NS_PER_SECOND)], RawWriter()))
    return [
        list(zip(((one.time - NEW_YEAR) // NS_PER_SECOND).tolist(), one.value.tolist(), strict=True))
        for one in (chunk.samples for chunk in read_chunks(body))
    ]


def seconds(streams, start=0):
    """Seconds in a raw answer to a window."""
    return [second for chunk in answered(streams, start) for second, _ in chunk]


def test_a_window_is_asked_year_by_year():
    """Each piece lies in one UTC year; both its ends are inside."""
    assert yearly(NEW_YEAR - 5, NEW_YEAR + 5) == [(NEW_YEAR - 5, NEW_YEAR - 1), (NEW_YEAR, NEW_YEAR + 5)]
    assert yearly(NEW_YEAR, NEW_YEAR) == [(NEW_YEAR, NEW_YEAR)]


def test_stores_are_asked_until_one_begins_before_the_window(put, made):
    """Old samples in the first store hide all other stores (B.2)."""
    sts, mts, lts = (
        FilesReader(store=put("PARTITION_DAY", {f"2024_06_0{day}": made.samples(f"2024-06-0{day}")}, name=name))
        for day, name in ((3, "STS"), (2, "MTS"), (1, "LTS"))
    )
    readers = [sts, BlackHoleReader(name="hole"), mts, lts]
    for start, names in (("2024-06-01", "LTS MTS hole STS"), ("2024-06-02T01", "MTS hole STS"), ("2024-06-04", "STS")):
        asked = consulted(readers, made.instant(start if "T" not in start else f"{start}:00"))
        assert " ".join(store.name for store in asked) == names


def test_what_a_stream_repeats_at_its_start_is_left_out(made):
    """At the start of a stream samples that are not later than the last one sent are dropped (B.3)."""
    first, second = stream(made, 10, 20, 30), stream(made, 20, 30, 40, values=[7, 8, 9])
    assert seconds([first, second]) == [10, 20, 30, 40]
    assert answered([first, second])[-1] == [(40, 9.0)]


def test_inside_a_stream_nothing_is_checked(made):
    """Samples that go back in time inside a stream are sent as they are."""
    assert seconds([stream(made, 10, 30, 20, 40)]) == [10, 30, 20, 40]


def test_the_last_sample_offered_before_the_window_comes_first(made):
    """Of all samples at or before the start, in all streams, the last one offered is sent (B.4)."""
    streams = [stream(made, 10), stream(made, 5), stream(made, 60, 70)]
    assert seconds(streams, start=50) == [5, 60, 70]


def test_a_lone_sample_is_sent_at_the_end(made):
    """The first sample waits for a second one; without any it is sent last, in a chunk of its own."""
    assert answered([stream(made, 10), stream(made)]) == [[], [], [(10, 0.0)]]


def test_the_first_sample_is_a_copy(made):
    """The first sample of an answer has lost what a copy loses: repeat count and a change without fields (K, b8)."""
    extras = made.extras([(row, (), 3, 1, -1) for row in range(2)])
    body = b"".join(concatenate([of_pv([stream(made, 10, 20, extras=extras)])], RawWriter()))
    (*_, chunk) = read_chunks(body)
    assert chunk.samples.extras.row.tolist() == [1]


@pytest.fixture
def damaged(made):
    """Four samples, of which the third is damaged."""
    samples = stream(made, 10, 20, 30, 40)
    samples.content[2].line = b"damage"
    return samples


def test_damaged_samples_are_left_out_of_json(damaged, caplog):
    """A sample that cannot be read is left out, and the log says so."""
    with caplog.at_level(logging.WARNING, "archredundancy.appliance"):
        body = b"".join(concatenate([of_pv([damaged])], JsonWriter())).decode()
    assert body.count('"secs"') == 3
    assert "a damaged sample is left out" in caplog.text


def test_text_complains_of_damaged_samples(damaged):
    """Where the sample would be, a line says what is wrong (`TextResponse`)."""
    lines = b"".join(concatenate([of_pv([damaged])], TxtWriter())).decode().splitlines()
    assert [line.partition("\t")[2] or line for line in lines[2:]] == [
        "0.0\t0\t0\t0",
        "1.0\t0\t0\t0",
        "a field without number, of an unknown kind, or cut",
        "3.0\t0\t0\t0",
    ]


def test_each_pv_starts_anew(made):
    """Samples of the second PV may be older than those of the first; its own sample before the window comes first."""
    pvs = [of_pv([stream(made, *times)], NEW_YEAR + 15 * NS_PER_SECOND) for times in ((10, 20), (5, 8, 12, 16))]
    chunks = [chunk.samples.time for chunk in read_chunks(b"".join(concatenate(pvs, RawWriter())))]
    assert [((time - NEW_YEAR) // NS_PER_SECOND).tolist() for time in chunks if len(time)] == [[10, 20], [12, 16]]


@pytest.mark.parametrize("count", [3, 100_000])
def test_long_runs_come_as_they_are_in_the_file(put, made, count):
    """A raw answer ends with the very bytes of the file, however many blocks they take."""
    stamps = (made.instant("2024-06-01") + number * NS_PER_SECOND for number in range(count))
    store = put("PARTITION_DAY", {"2024_06_01": made.samples(*stamps)})
    data = store.paths()[0].read_bytes()
    streams = store.streams(made.instant("2024-01-01"), made.instant("2024-12-31"))
    blocks = list(concatenate([of_pv(streams, made.instant("2024-01-01"))], RawWriter()))
    assert b"".join(blocks).endswith(data.partition(b"\n")[2])
    assert len(blocks) > count // 100_000


def test_units_and_precision_come_from_the_type_info(made):
    """They are in each header, unless the file's own header has them; an empty unit is left out."""
    info = {"pvName": "X:Y", "units": "mm", "precision": "3.0", "elementCount": "5"}
    header = Described.of(PvTypeInfo(info)).describe(stream(made)).header
    assert (header.element_count, header.fields) == (5, (("EGU", "mm"), ("PREC", "3")))
    own = Samples(header=Header(dbr_type=DbrType.SCALAR_INT, pv="X:Y", year=2024, fields=(("EGU", "A"),)))
    assert Described.of(PvTypeInfo(info | {"units": ""})).describe(own).header.fields == (("EGU", "A"), ("PREC", "3"))
