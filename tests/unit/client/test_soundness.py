"""Whatever is damaged, a reading never calls known what it lacks."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from archredundancy.client import RetrievalClient
from archredundancy.model import DbrType, Samples, TimeRange

DAY = 86400 * 10**9


@st.composite
def archives(draw):
    """Days with and without samples, some damaged, and a range that begins and ends anywhere."""
    first = 19700 + draw(st.integers(0, 400))
    days = draw(st.lists(st.integers(0, 40), min_size=1, max_size=12, unique=True).map(sorted))
    hours = [draw(st.lists(st.integers(0, 23), min_size=1, max_size=3, unique=True).map(sorted)) for _ in days]
    time = [(first + day) * DAY + hour * 3600 * 10**9 for day, some in zip(days, hours, strict=True) for hour in some]
    damaged = draw(st.sets(st.sampled_from(days), max_size=3))
    start, end = sorted(draw(st.tuples(st.integers(-5, 45), st.integers(-5, 45))))
    asked = TimeRange(start=(first + start) * DAY + draw(st.integers(0, DAY)), end=(first + end + 1) * DAY)
    return np.array(time), {(first + day) * DAY for day in damaged}, asked


@given(archives(), st.none() | st.integers(2, 5))
@settings(max_examples=60)
def test_what_is_known_is_complete(fakes, archive, most):
    """Damaged files empty answers, and answers end early: every sample that is lost lies where nothing is known.

    But for what no answer can show: where the server gives nothing at any time, nothing may be stored as well.
    """
    time, damaged, asked = archive
    store = fakes.DayArchive(Samples.build(DbrType.SCALAR_INT, time, np.arange(len(time))))
    store.damaged, store.most = damaged, most
    reading = RetrievalClient("http://host/retrieval", fakes.FakeTransport(store.answer)).read(fakes.PV, asked)
    stored = time[(time >= asked.start) & (time < asked.end)]
    lost = np.setdiff1d(stored, reading.samples.time)
    if len(reading.samples) or len(reading.before) or reading.failures:
        assert not reading.known.contains(lost).any()
    assert np.isin(reading.samples.time, stored).all()
    if not damaged and most is None:
        assert reading.known.total == asked.duration
        assert np.array_equal(reading.samples.time, stored)
