"""Requests for samples, counted."""

from archredundancy.appliance.server.visits import Visits, VisitsOfPv


def test_requests_are_counted_by_pv_and_user():
    """A user is an address; the last request is the latest, whichever PV it was for."""
    visits = Visits()
    for pv, user, now in (("A", "x", 1), ("A", "y", 3), ("B", "x", 2)):
        visits.note(pv, user, now)
    assert visits.of("A") == VisitsOfPv(count=2, last=3, users={"x", "y"})
    assert visits.all() == VisitsOfPv(count=3, last=3, users={"x", "y"})
    assert visits.of("C") == VisitsOfPv()


def test_what_was_told_stays_as_it_was():
    """Later requests do not change an earlier answer."""
    visits = Visits()
    visits.note("A", "x", 1)
    told = visits.of("A")
    visits.note("A", "y", 2)
    assert told == VisitsOfPv(count=1, last=1, users={"x"})
