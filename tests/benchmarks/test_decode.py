"""How fast bytes become columns, as ratios to others within one run (CPU time of this process)."""

import gc
import re
import time
from itertools import pairwise

import numpy as np
import pytest

from archredundancy.model import DbrType, Extras, Samples, start_of_year, year_of
from archredundancy.testing import assert_samples_equal
from archredundancy.testing.twins.protobuf_oracle import sample_class
from archredundancy.wire import ChunkHeader, ChunkReader, SampleBlock, encode_chunk

COUNT = 500_000
DAY = 86_400 * 10**9


def make_samples(start, step):
    """A random walk with jittered stamps, bursts of alarms, field values once a day and a reconnection now and then."""
    rng = np.random.default_rng(1)
    severity = np.where(np.arange(COUNT) % 50_000 < 500, rng.integers(0, 4, COUNT), 0)
    daily = (("HIHI", "10.0"), ("DESC", "current"), ("EGU", "mA"))
    lost = (("cnxlostepsecs", "1704067100"), ("cnxregainedepsecs", "1704067190"))
    rows = sorted(
        [(row, daily) for row in range(0, COUNT, DAY // step)] + [(row, lost) for row in range(777, COUNT, 100_003)]
    )
    return Samples.build(
        DbrType.SCALAR_DOUBLE,
        start + np.arange(COUNT) * step + rng.integers(0, step // 10, COUNT),
        np.cumsum(rng.normal(size=COUNT)),
        severity,
        severity * 3,
        Extras.build([(row, fields, -1, -1, -1) for row, fields in rows]),
    )


def make_answer(samples):
    """An answer as the appliance sends it: a header-only chunk, then one chunk for each stored day."""
    header = ChunkHeader(dbr_type=samples.dbr_type, pv="SR:DCCT", year=year_of(int(samples.time[0])))
    edges = np.searchsorted(samples.time, np.arange(samples.time[0] // DAY, samples.time[-1] // DAY + 2) * DAY)
    parts = [samples.slice(int(a), int(b)) for a, b in pairwise(edges)]
    return b"\n".join([header.encode(), *(encode_chunk(header, part) for part in parts)])


@pytest.fixture(scope="module")
def samples():
    """Half a million samples at 1 Hz."""
    return make_samples(start_of_year(2023) + 273 * DAY, 10**9)


@pytest.fixture(scope="module")
def answer(samples):
    """The same as bytes; about a third of the lines have an escape."""
    return make_answer(samples)


@pytest.fixture(scope="module")
def escaped_answer():
    """As many samples from late November, when every line has an escape."""
    data = make_answer(make_samples(start_of_year(2024) + 317 * DAY, 2 * 10**8))
    assert data.count(b"\x1b") > COUNT
    return data


def cpu_ms(*works, rounds):
    """CPU time of some pieces of work, in turn: the best of some rounds, without garbage collection.

    Each is done twice and timed the second time, when it no longer pays for memory that the one before gave back.
    """
    times = [[] for _ in works]
    gc.disable()
    try:
        for _ in range(rounds):
            for work, taken in zip(works, times, strict=True):
                work()
                start = time.process_time()
                work()
                taken.append(time.process_time() - start)
    finally:
        gc.enable()
    return [min(taken) * 1e3 for taken in times]


def decode(data):
    """All samples of an answer, as columns."""
    reader = ChunkReader(strict=True)
    events = reader.feed(data) + reader.close()
    return Samples.concatenate([event.samples for event in events if isinstance(event, SampleBlock)])


def decode_by_protobuf(data, year):
    """The same by a loop over lines with one reused message of protobuf's C library, without field values."""
    plain = {b"\x1b\x01": b"\x1b", b"\x1b\x02": b"\n", b"\x1b\x03": b"\r"}
    undo = re.compile(b"\x1b[\x01\x02\x03]").sub
    message = sample_class(DbrType.SCALAR_DOUBLE)()
    parse = message.ParseFromString
    seconds, nanos, values, severities, statuses = [], [], [], [], []
    for chunk in data.split(b"\n\n"):
        for line in chunk.split(b"\n")[1:]:
            if line:
                parse(undo(lambda match: plain[match[0]], line) if b"\x1b" in line else line)
                seconds.append(message.secondsintoyear)
                nanos.append(message.nano)
                values.append(message.val)
                severities.append(message.severity)
                statuses.append(message.status)
    return (
        start_of_year(year) + np.array(seconds) * 10**9 + np.array(nanos),
        np.array(values, np.uint64).view(np.float64),
        np.array(severities, np.int32),
        np.array(statuses, np.int32),
    )


def test_decoding_against_a_tuned_protobuf_loop(samples, answer, goal):
    """Columns come at least 12 times as fast as from protobuf's C library in a tuned loop, and are the same."""
    columns = decode_by_protobuf(answer, 2023)
    assert_samples_equal(decode(answer), samples)
    for theirs, ours in zip(columns, (samples.time, samples.value, samples.severity, samples.status), strict=True):
        assert np.array_equal(theirs, ours)
    ours, theirs = cpu_ms(lambda: decode(answer), lambda: decode_by_protobuf(answer, 2023), rounds=5)
    rate = COUNT / ours / 1e3
    remark = f"{ours:.0f} ms ({rate:.1f} M samples/s), protobuf {theirs:.0f} ms"
    goal("decode: times faster than a upb loop", theirs / ours, at_least=12, remark=remark)


def test_decoding_against_the_epicsarchiver_client(samples, answer, goal):
    """Columns come at least 50 times as fast as from epicsarchiver-retrieval-client."""
    reason = "needs epicsarchiver-retrieval-client"
    pb = pytest.importorskip("epicsarchiver.retrieval.pb", reason=reason, exc_type=ImportError)

    def decode_by_client():
        _, events = pb.parse_pb_data(answer)
        stamps = np.fromiter((event.timestamp_ns for event in events), np.int64, len(events))
        values = np.fromiter((event.val for event in events), np.float64, len(events))
        alarms = [
            np.fromiter((getattr(event, name) for event in events), np.int32, len(events))
            for name in ("severity", "status")
        ]
        return stamps, values, *alarms

    assert np.array_equal(decode_by_client()[0], samples.time)
    ours, theirs = cpu_ms(lambda: decode(answer), decode_by_client, rounds=2)
    remark = f"{ours:.0f} ms, epicsarchiver {theirs:.0f} ms"
    goal("decode: times faster than epicsarchiver", theirs / ours, at_least=50, remark=remark)


def test_decoding_against_a_compiled_decoder(samples, answer, goal):
    """Columns come at least twice as fast as from aaclient's C++, which gives values and stamps in another layout."""
    ext = pytest.importorskip("aaclient._ext", reason="needs aaclient: pip install aaclient")

    def decode_by_aaclient():
        decoder = ext.StreamDecoder(threshold=1 << 20, consolidate=True)
        decoder.process(answer, last=True)
        return decoder.output

    # It puts a row of severity 3904 before each sample that tells of a lost connection.
    values = np.concatenate([value[meta["severity"] < 4, 0] for value, meta in decode_by_aaclient()])
    assert np.array_equal(values, samples.value)
    ours, theirs = cpu_ms(lambda: decode(answer), decode_by_aaclient, rounds=7)
    remark = f"{ours:.0f} ms, aaclient {theirs:.0f} ms"
    goal("decode: times faster than aaclient's C++", theirs / ours, at_least=2, remark=remark)


def test_escapes_cost_little(answer, escaped_answer, goal):
    """A stream in which every line has an escape takes at most 1.3 times as long as one in which a third has."""
    few, all_ = cpu_ms(lambda: decode(answer), lambda: decode(escaped_answer), rounds=15)
    remark = f"{all_:.0f} ms, {few:.0f} ms with few"
    goal("decode: time of an escape a line to few", all_ / few, at_most=1.3, remark=remark)


def test_encoding_against_a_tuned_protobuf_loop(samples, goal):
    """Lines are written faster than by protobuf's C library with one reused message; there is no goal beyond that."""
    bits = samples.value.view(np.uint64).tolist()
    year_start = start_of_year(2023)

    def encode_by_protobuf():
        message = sample_class(DbrType.SCALAR_DOUBLE)()
        lines = []
        columns = samples.time.tolist(), bits, samples.severity.tolist(), samples.status.tolist()
        for stamp, value, severity, status in zip(*columns, strict=True):
            message.Clear()
            message.secondsintoyear, message.nano = divmod(stamp - year_start, 10**9)
            message.val = value
            if severity or status:
                message.severity, message.status = severity, status
            line = message.SerializeToString()
            lines.append(line.replace(b"\x1b", b"\x1b\x01").replace(b"\n", b"\x1b\x02").replace(b"\r", b"\x1b\x03"))
        return b"\n".join(lines)

    ours, theirs = cpu_ms(lambda: make_answer(samples), encode_by_protobuf, rounds=3)
    remark = f"{ours:.0f} ms, protobuf {theirs:.0f} ms"
    goal("encode: times faster than a upb loop", theirs / ours, at_least=1, remark=remark)
