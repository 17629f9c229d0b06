"""Ranges asked window by window, and closer where answers contradict each other."""

import pytest

from archredundancy.client.retrieval.answer import AnswerReader
from archredundancy.client.retrieval.chain import AskedWindow
from archredundancy.client.retrieval.inquiry import Inquiry
from archredundancy.client.retrieval.reading import join_failures
from archredundancy.model import DbrType, FailureKind, ReadFailure, Samples, TimeRange, start_of_year

Y = start_of_year(2024)
S = 10**9
HOUR = 3600 * S


def hours(start, end):
    return TimeRange(start=Y + round(start * HOUR), end=Y + round(end * HOUR))


@pytest.fixture
def source(fakes):
    """An archive with samples at some hours of 2024; damage empties answers, and none is longer than `most`."""

    def make(*stored, damaged=(), most=100):
        asks = []

        def ask(window):
            start, end = (window.start - Y) / HOUR, (window.end - Y) / HOUR
            asks.append((start, end))
            last = max((hour for hour in stored if hour <= start), default=start)
            shown = [hour for hour in stored if last <= hour <= end][:most]
            if any(last <= hour <= end for hour in damaged):
                shown = []
            reader = AnswerReader()
            samples = Samples.build(DbrType.SCALAR_INT, [Y + hour * HOUR for hour in shown], list(range(len(shown))))
            reader.feed(fakes.chunk(samples, 2024) if shown else b"")
            return AskedWindow.answered(window, reader.finish())

        ask.asks = asks
        return ask

    return make


def run(ask, *windows, budget=64):
    last = windows[-1]
    inquiry = Inquiry(ask(TimeRange(start=last.end, end=last.end + S)), ask, budget)
    ask.asks.clear()
    inquiry.run(list(windows))
    return inquiry


def test_answers_that_agree_are_not_asked_for_again(source):
    """One request a window."""
    ask = source(5, 15, 25)
    assert run(ask, hours(3, 10), hours(10, 20), hours(20, 30)).failures() == []
    assert len(ask.asks) == 3


def test_an_empty_start_is_asked_for_once_more(source):
    """Nothing may be stored yet, or a damaged file may have emptied the answer: the second at the start tells."""
    ask = source(15)
    assert run(ask, hours(3, 10), hours(10, 20)).failures() == []
    assert ask.asks[2:] == [(3, pytest.approx(3, abs=0.001))]
    ask = source(1, damaged=range(4, 12))
    inquiry = run(ask, hours(3, 10))
    assert Y + 1 * HOUR in {each.shown[0] for each in inquiry.windows}
    assert FailureKind.EMPTY in {failure.kind for failure in inquiry.failures()}


def test_nothing_at_all_is_looked_for_everywhere(source):
    """When start, range and end are all empty, spread instants may still show that something is stored."""
    ask = source(40, 90, damaged=(90,))
    inquiry = run(ask, hours(0, 100))
    assert FailureKind.EMPTY in {failure.kind for failure in inquiry.failures()}
    assert Y + 40 * HOUR in {each.shown[1] for each in inquiry.windows}
    ask = source()
    assert run(ask, hours(0, 100)).failures() == []
    assert len(ask.asks) == 1 + 1 + 15


def test_windows_are_halved_until_they_agree(source):
    """The longest first; together they still are the range."""
    ask = source(1, *range(10, 20), most=4)
    inquiry = run(ask, hours(2, 18))
    assert ask.asks[:3] == [(2, 18), (2, 10), (10, 18)]
    spans = [each.window for each in inquiry.windows]
    assert (spans[0].start, spans[-1].end) == (hours(2, 18).start, hours(2, 18).end)
    assert [span.end for span in spans[:-1]] == [span.start for span in spans[1:]]
    assert inquiry.failures() == []


def test_damage_is_closed_in_on(source):
    """What is lost is what cannot be read, and little more."""
    inquiry = run(source(*range(0, 200, 5), damaged=(102,)), hours(0, 200))
    lost = [failure.range for failure in inquiry.failures()]
    assert hours(100, 102).start < lost[0].start < hours(100, 102).end
    assert hours(105, 106).start <= lost[-1].end < hours(105, 106).end


def test_samples_before_damage_are_looked_for(source):
    """With nothing known before it, steps back from the first sample double until one is found."""
    inquiry = run(source(50, 150, damaged=range(60, 140)), hours(0, 200))
    lost = [failure.range for failure in inquiry.failures()]
    assert {each.shown[1] for each in inquiry.windows} >= {Y + 50 * HOUR, Y + 150 * HOUR}
    assert lost[0].start >= hours(50, 51).start
    assert lost[-1].end <= hours(150, 151).end


def test_where_nothing_is_found_before_damage_nothing_is_believed(source):
    """The start of the range may be empty or emptied, even when pieces of a disproved window agree."""
    inquiry = run(source(150, damaged=range(1, 140)), hours(0, 100), hours(100, 200))
    failures = join_failures(inquiry.failures())
    assert failures[0].range.start == hours(0, 1).start
    assert failures[-1].range.end > hours(0, 139).end
    assert "before one that is proved wrong" in failures[0].message


@pytest.mark.parametrize("budget", [1, 2, 9])
def test_the_budget_is_kept(source, budget):
    """What is damaged for good is not asked for for ever."""
    ask = source(*range(0, 8000, 50), damaged=(4001,))
    run(ask, hours(1, 8000), budget=budget)
    assert len(ask.asks) <= 1 + budget


def test_short_windows_are_not_cut(source):
    """Below two minutes nothing is gained."""
    ask = source(1, damaged=(2,))
    inquiry = run(ask, hours(2 - 1 / 120, 2 + 1 / 120))
    assert len(inquiry.windows) == 1
    assert [failure.kind for failure in inquiry.failures()] == [FailureKind.EMPTY]


def test_a_server_that_falls_silent_is_left_alone(source):
    """Each further request would wait for its timeout."""
    archive = source(*range(0, 200, 5), damaged=(102,))

    def ask(window):
        answered = archive(window)
        if len(archive.asks) < 5:
            return answered
        silent = ReadFailure(range=window, kind=FailureKind.TIMEOUT, message="silent")
        return AskedWindow(window=window, failure=silent)

    ask.asks = archive.asks
    inquiry = run(ask, hours(0, 200))
    assert len(ask.asks) <= 7
    assert FailureKind.TIMEOUT in {failure.kind for failure in inquiry.failures()}
