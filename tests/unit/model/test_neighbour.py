"""What a neighbour's samples say of the connection to the IOC."""

from archredundancy.model import DbrType, Extras, LostEvents, Neighbour, Reading, Samples, TimeRange
from archredundancy.segments import Segments

MARKS = {
    "loss": (("cnxlostepsecs", "3"), ("cnxregainedepsecs", "5")),
    "start": (("cnxlostepsecs", "0"), ("startup", "true"), ("cnxregainedepsecs", "5")),
    "field": (("HIHI", "10"),),
}


def neighbour(times, marks=None, before=(), known=((0, 100),)):
    rows = [(times.index(at), MARKS[mark], -1, 0, -1) for at, mark in sorted((marks or {}).items())]
    samples = Samples.build(DbrType.SCALAR_INT, times, [0] * len(times), extras=Extras.build(rows))
    earlier = Samples.build(DbrType.SCALAR_INT, list(before), [0] * len(before))
    asked = TimeRange(start=0, end=100)
    return Neighbour.from_reading(
        Reading(pv="N", cluster="c", asked=asked, samples=samples, before=earlier, known=Segments.of(*known))
    )


def test_between_two_plain_samples_the_connection_held():
    """From the sample before the range to the last one inside; a field value is no mark of a break."""
    assert neighbour([10, 20, 30], {20: "field"}, before=[-5]).connected == Segments.of((-5, 30))


def test_a_mark_tells_of_a_break_before_its_sample():
    """A lost connection, or a start: between the two samples anything may have happened."""
    found = neighbour([10, 20, 30, 40], {20: "loss", 40: "start"})
    assert found.connected == Segments.of((20, 30))
    assert found.restarted == Segments.of((30, 40))


def test_what_lies_beside_an_unread_part_tells_nothing():
    """A mark may be in what could not be read."""
    assert neighbour([10, 20, 30, 40], known=((0, 25), (28, 100))).connected == Segments.of((10, 20), (30, 40))
    assert not len(neighbour([10], before=[-5], known=((3, 100),)).connected)


def test_one_sample_alone_tells_nothing():
    """There is no stretch between samples."""
    assert not len(neighbour([10]).connected)
    assert not len(neighbour([]).connected)


def test_an_engine_without_counters_tells_none():
    """As that of a paused PV, which the engine does not have."""
    assert LostEvents.from_details({"Open channels": "0"}) is None
