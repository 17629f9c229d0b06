"""What is asked for beside samples and configuration, with sources made by hand instead of a network."""

from types import SimpleNamespace

import numpy as np
import pytest

from archredundancy.errors import InputError, UnknownPVError
from archredundancy.model import DbrType, LostEvents, Reading, Samples, TimeRange, TypeInfo
from archredundancy.segments import Segments
from archredundancy.survey import survey_with_signs

ASKED = TimeRange(start=0, end=100)
HOSTS = {"SR:X:A": "ioc1", "SR:X:B": "ioc1", "SR:X:C": "ioc2", "SR:X:D": "ioc1"}
FULL = {"How many events lost because the sample buffer is full so far?": "7"}
LOST = {
    "Is this PV currently connected?": "no",
    "When did we last lose a connection to this PV?": "Jan/01/1970 00:01:30 UTC",
}


class Cluster:
    """One side that knows some PVs, and remembers what it was asked."""

    def __init__(self, name, times=(10, 20), hosts=None, *, paused=False, broken=()):
        self.name, self.times, self.paused, self.broken = name, times, paused, broken
        self.hosts = HOSTS if hosts is None else hosts
        self.asked = []
        self.retention = None
        self.readers = {"": self}
        self.management = self

    def read(self, pv, asked):
        self.asked.append(f"read {pv}")
        samples = Samples.build(DbrType.SCALAR_INT, list(self.times), [1] * len(self.times))
        nothing = Samples.empty(DbrType.SCALAR_INT)
        known = Segments.of((asked.start, asked.end))
        return Reading(pv=pv, cluster=self.name, asked=asked, samples=samples, before=nothing, known=known)

    def search(self, pattern):
        if "search" in self.broken:
            raise UnknownPVError("no search here", pv=pattern, url="here")
        self.asked.append(f"search {pattern}")
        return list(self.hosts)

    def type_info(self, pv):
        if pv not in self.hosts:
            raise UnknownPVError(f"no {pv} here", pv=pv, url="here")
        reply = {"pvName": pv, "DBRType": "DBR_SCALAR_INT", "creationTime": "2020-01-01T00:00:00.000Z"}
        return TypeInfo.from_reply(reply | {"hostName": self.hosts[pv], "paused": str(self.paused).lower()})

    def details(self, pv):
        self.asked.append(f"details {pv}")
        if "details" in self.broken:
            raise UnknownPVError("the engine does not answer", pv=pv, url="here")
        lines = FULL | (LOST if "connection" in self.broken else {})
        return [SimpleNamespace(name=name, value=value) for name, value in lines.items()]


def surveyed(primary, secondary, **options):
    return survey_with_signs("SR:X:A", ASKED, primary, secondary, now=100, **options)


def test_sides_that_agree_are_asked_nothing_more():
    """Configuration and samples suffice where nothing has to be explained."""
    sides = Cluster("primary"), Cluster("secondary")
    evidence = surveyed(*sides)
    assert [side.asked for side in sides] == [["read SR:X:A"], ["read SR:X:A"]]
    assert evidence.primary.lost_events is None


def test_sides_that_differ_are_asked_what_their_engines_threw_away():
    """A counter each; a paused PV has no engine to count."""
    evidence = surveyed(Cluster("primary"), Cluster("secondary", times=(10,), paused=True))
    assert evidence.primary.lost_events == LostEvents(buffer_full=7)
    assert evidence.secondary.lost_events is None


def test_an_engine_without_a_connection_says_since_when():
    """By its server's clock; one that is connected now says nothing."""
    evidence = surveyed(Cluster("primary", broken=["connection"]), Cluster("secondary", times=(10,)))
    assert evidence.primary.disconnected_since == 90 * 10**9
    assert evidence.secondary.disconnected_since is None


def test_an_engine_that_does_not_answer_is_noted():
    """What could not be learned is told, and the rest counts."""
    evidence = surveyed(Cluster("primary", broken=["details"]), Cluster("secondary", times=(10,)))
    assert evidence.primary.lost_events is None
    assert "no details of SR:X:A" in evidence.primary.notes[0]


def test_neighbours_are_looked_for_among_like_names():
    """Those that the same host serves, in order of their names, as many as wanted."""
    primary = Cluster("primary")
    evidence = surveyed(primary, Cluster("secondary"), neighbours=1)
    assert [neighbour.pv for neighbour in evidence.primary.neighbours] == ["SR:X:B"]
    assert primary.asked == ["read SR:X:A", "search SR:X:*", "read SR:X:B"]
    assert evidence.primary.neighbours[0].connected == Segments.of((10, 20))


def test_named_neighbours_of_another_host_are_left_out_with_a_note():
    """A PV of another IOC says nothing about this one."""
    evidence = surveyed(Cluster("primary"), Cluster("secondary"), neighbours=["SR:X:C", "SR:X:D"])
    assert [neighbour.pv for neighbour in evidence.primary.neighbours] == ["SR:X:D"]
    assert evidence.primary.notes == ("primary: 1 of 2 neighbours found on ioc1",)


def test_a_named_neighbour_is_trusted_where_no_host_is_told():
    """An appliance tells none for some types; but it does not go looking then."""
    hosts = {"SR:X:A": "", "SR:X:B": "ioc1"}
    sides = Cluster("primary", hosts=hosts), Cluster("secondary", hosts=hosts)
    assert len(surveyed(*sides, neighbours=["SR:X:B"]).primary.neighbours) == 1
    evidence = surveyed(*sides, neighbours=1)
    assert evidence.primary.neighbours == ()
    assert evidence.primary.notes == ("primary: 0 of 1 neighbours found on a host that is not told",)


def test_a_neighbour_that_a_side_does_not_know_is_noted():
    """The other side's neighbour still counts."""
    evidence = surveyed(Cluster("primary", hosts={"SR:X:A": "ioc1"}), Cluster("secondary"), neighbours="SR:X:B")
    assert evidence.primary.neighbours == ()
    assert "no signs of life of the neighbour SR:X:B" in evidence.primary.notes[0]
    assert len(evidence.secondary.neighbours) == 1


def test_a_search_that_fails_is_noted():
    """The comparison goes on without neighbours."""
    evidence = surveyed(Cluster("primary", broken=["search"]), Cluster("secondary"), neighbours=1)
    assert "no neighbours looked for: no search here" in evidence.primary.notes[0]


def test_a_pv_is_no_neighbour_of_itself():
    """Its own silence is what is to be explained."""
    with pytest.raises(InputError, match="no neighbour of itself"):
        surveyed(Cluster("primary"), Cluster("secondary"), neighbours=["SR:X:A"])


def test_a_number_of_neighbours_is_not_negative():
    """The message says what may be given instead."""
    with pytest.raises(InputError, match="negative; give how many"):
        surveyed(Cluster("primary"), Cluster("secondary"), neighbours=-1)


def test_times_are_compared_exactly():
    """A nanosecond of difference is one."""
    sides = Cluster("primary", times=np.array([10, 20])), Cluster("secondary", times=np.array([10, 21]))
    assert surveyed(*sides).primary.lost_events == LostEvents(buffer_full=7)
