"""Samples that differ enough from the one sent before."""

import math

from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples
from archredundancy.model import DbrType


def test_values_that_differ_by_more_are_kept(stream, taken):
    """What counts is the last sample that was kept, also in another stream."""
    assert taken("deadBand_2", (0, 9), stream([1, 2, 3], [0.0, 2.0, 2.5]), stream([4, 5], [0.5, 0.0])) == [
        (1, 0.0),
        (3, 2.5),
        (5, 0.0),
    ]


def test_severity_and_lost_connections_count(made, stream, taken):
    """A sample that tells of a lost connection differs from one that does not."""
    extras = made.extras([(2, (("cnxlostepsecs", "9"),), -1, 1, -1)])
    kept = taken("deadBand", (0, 9), stream([1, 2, 3, 4, 5], [0.0] * 5, severity=[0, 1, 1, 1, 1], extras=extras))
    assert [time for time, _ in kept] == [1, 2, 3, 4]


def test_what_is_not_finite_always_differs(stream, taken):
    """From whatever came before, and from what comes after it."""
    kept = taken("deadBand", (0, 9), stream([1, 2, 3, 4], [math.inf, math.inf, 0.0, 0.0]))
    assert [time for time, _ in kept] == [1, 2, 3]


def test_damaged_samples_are_left_out(stream, taken):
    """The others of the stream are kept."""
    good = stream([1])
    content = (Row(b"\x08", DbrType.SCALAR_DOUBLE, 1970), *good.content)
    assert taken("deadBand", (0, 9), Samples(header=good.header, content=content)) == [(1, 0)]
