"""A settable clock does what is due on the way, in order; a ticker does it as time passes."""

from threading import Event

import pytest

from archredundancy.appliance.clock import SettableClock, Ticker
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND


class Alarm:
    """A duty that is due at given times, and notes when it was done."""

    def __init__(self, *times, notes=None, name=""):
        self.times = list(times)
        self.notes = [] if notes is None else notes
        self.name = name
        self.done = Event()

    def due(self):
        return self.times[0] if self.times else None

    def run(self, now):
        self.times = [time for time in self.times if time > now]
        self.notes.append((self.name, now))
        self.done.set()


def test_a_settable_clock_stands_still_until_it_is_moved():
    """It takes nanoseconds or text with a zone, and passes in seconds."""
    clock = SettableClock("2026-01-01T00:00:00Z")
    before = clock()
    clock.advance(0.5)
    assert clock() - before == NS_PER_SECOND // 2
    clock.set(before + 7)
    assert clock() - before == 7


def test_what_is_due_on_the_way_is_done_at_its_own_moment_in_order():
    """Of two duties that are due together, the one that was added first goes first."""
    clock, notes = SettableClock(0), []
    second, first = Alarm(3, 8, 100, notes=notes, name="b"), Alarm(5, 8, notes=notes, name="a")
    clock.add(first)
    clock.add(second)
    clock.advance(10 / NS_PER_SECOND)
    assert notes == [("b", 3), ("a", 5), ("a", 8), ("b", 8)]
    assert clock() == 10


def test_a_jump_does_late_what_was_due_on_the_way():
    """As a clock that is corrected: nothing is done at a time that never was."""
    clock, alarm = SettableClock(0), Alarm(3, 5)
    clock.add(alarm)
    clock.set(10)
    assert alarm.notes == [("", 10)]


def test_a_removed_duty_is_not_done():
    """Nor is one that was added twice and removed twice."""
    clock, alarm = SettableClock(0), Alarm(3)
    for _ in range(2):
        clock.add(alarm)
    clock.remove(alarm)
    clock.remove(alarm)
    clock.advance(1)
    assert not alarm.notes


def test_a_ticker_does_in_a_thread_what_is_due():
    """Its thread ends with its last duty."""
    ticker, alarm = Ticker(), Alarm(0)
    ticker.add(alarm)
    assert alarm.done.wait(5)
    ticker.remove(alarm)
    alarm.times = [0]
    alarm.done.clear()
    assert not alarm.done.wait(0.2)


def test_a_failing_duty_is_logged_and_does_not_end_the_ticker(caplog):
    """The others go on."""

    class Broken(Alarm):
        def run(self, now):
            self.done.set()
            raise OSError("disk on fire")

    ticker, broken, sound = Ticker(), Broken(0), Alarm(1)
    for duty in (broken, sound):
        ticker.add(duty)
    assert broken.done.wait(5)
    assert sound.done.wait(5)
    for duty in (broken, sound):
        ticker.remove(duty)
    assert "disk on fire" in caplog.text


def test_a_duty_that_cannot_tell_when_it_is_due_does_not_end_the_ticker(caplog):
    """It is asked again, and done then."""

    class Confused(Alarm):
        def due(self):
            if not caplog.records:
                raise ArithmeticError("no such time")
            return super().due()

    ticker, alarm = Ticker(), Confused(0)
    ticker.add(alarm)
    assert alarm.done.wait(5)
    ticker.remove(alarm)
    assert "no such time" in caplog.text


@pytest.mark.parametrize("seconds", [0.0, 1e-9])
def test_a_clock_may_stand(seconds):
    """Advancing by nothing does what is due now."""
    clock, alarm = SettableClock(10), Alarm(10)
    clock.add(alarm)
    clock.advance(seconds)
    assert alarm.notes == [("", 10)]


def test_time_does_not_pass_backwards():
    """A clock that is corrected is set."""
    clock = SettableClock("2026-01-01T00:00:00Z")
    before = clock()
    with pytest.raises(InputError, match=r"time cannot pass for -1 s; to go back, set the clock"):
        clock.advance(-1)
    assert clock() == before
