"""Bodies cut at every byte, and bodies of any bytes: never an exception, never a hole that is called known."""

from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.client import Reply, RetrievalClient, StreamReply
from archredundancy.errors import ConnectionFailed
from archredundancy.model import DbrType, Samples, TimeRange
from archredundancy.segments import Segments


class CutOnce:
    """Hands on what an archive answers; the body of the first long answer ends after some bytes."""

    def __init__(self, archive, size, error=None):
        self.archive, self.size, self.error, self.was_cut = archive, size, error, False

    def stream(self, url, params=(), *, timeout=None):
        """Answer, as a context manager."""
        body = self.archive.answer(url, dict(params))
        cut = not self.was_cut and len(body) > self.size
        self.was_cut |= cut
        return nullcontext(StreamReply(200, {}, self.blocks(body[: self.size], self.error) if cut else iter([body])))

    @staticmethod
    def blocks(body, error):
        """Yield the body, then raise."""
        yield body
        if error is not None:
            raise error


def reasons(reading):
    """Return where something is not known and said not to be."""
    return Segments.of(*((failure.range.start, failure.range.end) for failure in reading.failures))


@pytest.mark.parametrize("breaks", [False, True], ids=["well terminated", "broken off"])
@pytest.mark.parametrize("kind", [DbrType.SCALAR_DOUBLE, DbrType.SCALAR_STRING, DbrType.WAVEFORM_SHORT])
def test_a_body_cut_at_any_byte_hides_nothing(fakes, kind, breaks):
    """Wherever it ends: what is known is complete, samples before the cut are kept, none is invented."""
    stored = hourly(fakes, kind)
    archive = fakes.DayArchive(stored)
    asked = TimeRange(start=fakes.instant("2024-03-01"), end=fakes.instant("2024-03-03"))
    ends = [("from", "2024-03-01T00:00:00.000Z"), ("to", "2024-03-03T00:00:00.000Z"), ("skipExternalServers", "true")]
    whole = archive.answer("", dict(ends))
    assert len(whole) > 200
    for size in range(len(whole)):
        error = ConnectionFailed("cut", url="http://x") if breaks else None
        reading = RetrievalClient("http://x", CutOnce(archive, size, error)).read(fakes.PV, asked)
        missed = np.setdiff1d(stored.time, reading.samples.time)
        assert np.isin(reading.samples.time, stored.time).all(), size
        assert not reading.known.contains(missed).any(), size
        assert (Segments.of((asked.start, asked.end)) - reading.known - reasons(reading)).total == 0, size


def hourly(fakes, kind):
    """Return samples of a type."""
    times = fakes.hourly("2024-03-01", 16).time
    values = {
        DbrType.SCALAR_DOUBLE: np.arange(16),
        DbrType.SCALAR_STRING: [b"text \n %d" % row for row in range(16)],
        DbrType.WAVEFORM_SHORT: [list(range(row % 4)) for row in range(16)],
    }[kind]
    return Samples.build(kind, times, values)


@given(bodies=st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_any_bytes_are_an_answer_or_a_failure(fakes, bodies):
    """Answers of rubbish, in turn, raise nothing; what they do not tell is not known."""
    left = iter(bodies * 200)
    transport = fakes.FakeTransport(lambda url, params: Reply(200, {}, next(left)))
    asked = TimeRange(start=fakes.instant("2024-03-01"), end=fakes.instant("2024-03-03"))
    reading = RetrievalClient("http://x", transport).read(fakes.PV, asked)
    assert (Segments.of((asked.start, asked.end)) - reading.known - reasons(reading)).total == 0
