"""ETL runs by the appliance's own clock, whoever keeps the time."""

from archredundancy.appliance.clock import SettableClock
from archredundancy.appliance.etl.duty import EtlDuty
from archredundancy.model import NS_PER_SECOND

HOUR = 3600 * NS_PER_SECOND


class Hourly:
    """An ETL that is due five minutes past each hour, and notes when it ran."""

    def __init__(self, empty=False):
        self.ran = []
        self.empty = empty

    def run_times(self, after, until):
        first = (after - HOUR // 12) // HOUR + 1
        while not self.empty and first * HOUR + HOUR // 12 <= until:
            yield first * HOUR + HOUR // 12
            first += 1

    def run_at(self, at):
        self.ran.append(at / HOUR)


def test_each_run_is_due_at_its_time():
    """Once, however far the clock is moved."""
    clock, etl = SettableClock(0), Hourly()
    clock.add(EtlDuty(etl, clock, clock))
    clock.advance(3600 * 3)
    clock.set(5 * HOUR)
    assert [round(at, 2) for at in etl.ran] == [0.08, 1.08, 2.08, 3.08, 4.08]


def test_a_clock_that_is_ahead_runs_ahead():
    """An appliance whose clock is an hour ahead is due an hour before."""
    clock, etl = SettableClock(0), Hourly()
    duty = EtlDuty(etl, lambda: clock() + HOUR // 2, clock)
    assert duty.due() == HOUR // 2 + HOUR // 12
    clock.add(duty)
    clock.advance(3600)
    assert [round(at, 2) for at in etl.ran] == [1.08]


def test_pvs_that_come_later_are_found():
    """Without waiting for anything."""
    clock, etl = SettableClock(0), Hourly(empty=True)
    clock.add(EtlDuty(etl, clock, clock))
    clock.advance(60)
    etl.empty = False
    clock.advance(7200)
    assert len(etl.ran) == 2
