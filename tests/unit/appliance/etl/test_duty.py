"""ETL runs by the appliance's own clock, whoever keeps the time."""

import socket
from http.client import HTTPConnection
from threading import Thread

from archredundancy.appliance.clock import SettableClock
from archredundancy.appliance.etl.duty import EtlDuty
from archredundancy.appliance.server.outgoing import OutgoingCalls, connected
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


def test_what_etl_asks_others_for_can_be_broken_off():
    """A stop ends the calls that ETL makes, so that it does not wait for partners that hang."""
    with socket.create_server(("127.0.0.1", 0)) as partner:
        failures = []

        class Asking(Hourly):
            def run_at(self, at):
                connection = HTTPConnection(*partner.getsockname())
                try:
                    with connected(connection):
                        connection.request("GET", "/")
                        connection.getresponse()
                except OSError as failure:
                    failures.append(type(failure).__name__)
                finally:
                    connection.close()

        clock, calls = SettableClock(0), OutgoingCalls()
        clock.add(EtlDuty(Asking(), clock, clock, calls))
        passing = Thread(target=clock.advance, args=(3600.0,))
        passing.start()
        asking, _ = partner.accept()
        asking.recv(4)
        calls.break_off()
        passing.join(10)
        asking.close()
        assert failures == ["RemoteDisconnected"]
