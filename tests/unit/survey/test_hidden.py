"""Samples that no answer about the whole history shows."""

import numpy as np
import pytest

from archredundancy.client.retrieval.answer import Answer, AnswerReader
from archredundancy.model import DbrType, Reading, Samples, TimeRange
from archredundancy.segments import Segments
from archredundancy.survey import find_hidden
from archredundancy.wire import ChunkHeader, encode_chunk

OLD, YOUNG = (100, 200, 300, 400), (250, 500, 600)


class TwoStores:
    """Answers as an appliance does: the old store is left out after the young one's first sample, and goes first."""

    def __init__(self, old: tuple[int, ...], young: tuple[int, ...]) -> None:
        self.old, self.young = old, young
        self.asked = 0

    def read_plainly(self, pv: str, window: TimeRange) -> Answer:
        self.asked += 1
        times = self.shown(window.start)
        before = [time for time in times if time <= window.start][-1:]
        return answer([*before, *(time for time in times if window.start < time <= window.end)])

    def shown(self, start: int) -> list[int]:
        old = [] if self.young and self.young[0] < start else list(self.old)
        return old + [time for time in self.young if not old or time > old[-1]]


@pytest.mark.parametrize("moments", [[500], [300, 500], [500, 600, 700]], ids=str)
def test_a_sample_between_those_of_an_older_store_is_found(moments: list[int]) -> None:
    """Nobody who asks for the whole history is shown it."""
    stores = TwoStores(OLD, YOUNG)
    assert find_hidden(stores, reading(stores), moments).time.tolist() == [250]


@pytest.mark.parametrize("young", [(), (500, 600)], ids=str)
def test_stores_one_after_the_other_hide_nothing(young: tuple[int, ...]) -> None:
    """A small request for each moment tells."""
    stores = TwoStores(OLD, young)
    assert not len(find_hidden(stores, reading(stores), [300, 500, 700]))
    assert stores.asked == 3


def test_a_sample_that_has_just_come_is_not_hidden() -> None:
    """It is newer than all that was shown."""
    stores = TwoStores(OLD, (500,))
    before = reading(stores)
    stores.young = (500, 900)
    assert not len(find_hidden(stores, before, [1000]))


def test_without_samples_nothing_is_asked() -> None:
    """What was not read cannot be compared."""
    stores = TwoStores((), ())
    assert not len(find_hidden(stores, reading(stores), [500]))
    assert stores.asked == 0


def answer(times: list[int]) -> Answer:
    samples = Samples.build(DbrType.SCALAR_DOUBLE, times, [0.0] * len(times))
    reader = AnswerReader()
    reader.feed(encode_chunk(ChunkHeader(dbr_type=samples.dbr_type, pv="T:X", year=1970), samples))
    return reader.finish()


def reading(stores: TwoStores) -> Reading:
    times = np.array(stores.shown(0), np.int64)
    return Reading(
        pv="T:X",
        cluster="primary",
        asked=TimeRange(start=0, end=1000),
        samples=Samples.build(DbrType.SCALAR_DOUBLE, times, np.zeros(len(times))),
        before=Samples.empty(DbrType.SCALAR_DOUBLE),
        known=Segments.of((0, 1000)),
        failures=(),
        layout=(),
    )
