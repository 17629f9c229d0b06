"""One sample of each bin, without its fields."""

from dataclasses import replace

import pytest

from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.row import Row
from archredundancy.model import DbrType, parse_time

SECOND = 10**9

BINS = {
    "lastSample_10": [(12, 2), (29, 4), (50.5, 6)],
    "firstFill_10": [(15, 2), (25, 3), (35, 3), (45, 3), (55, 5)],
    "lastFill_10": [(15, 2), (25, 4), (35, 4), (45, 4), (55, 6)],
}


@pytest.mark.parametrize(("argument", "kept"), BINS.items())
def test_each_bin_keeps_one_sample(taken, argument, kept):
    """`lastSample` keeps its time stamp and leaves bins empty; fills stand in the middle of each bin.

    The last sample before the first bin takes the bin before it.
    """
    assert taken(argument, (20, 55), [3, 8, 12, 21, 29, 50, 50.5]) == kept


def test_later_streams_may_come_first(taken):
    """A bin that another stream has begun keeps the earlier sample of both."""
    assert taken("firstFill_10", (20, 30), [25, 31], [22, 32]) == [(25, 0), (35, 1)]


@pytest.mark.parametrize("argument", ["lastSample_10", "firstFill_10", "lastFill_10"])
def test_the_sample_before_the_first_bin_may_be_alone(taken, argument):
    """Without others it fills all bins, or stands for itself."""
    shown = taken(argument, (20, 30), [3, 8])
    assert shown == ([(8, 1)] if argument.startswith("lastSample") else [(15, 1), (25, 1), (35, 1)])


@pytest.mark.parametrize("argument", ["lastSample_10", "firstFill_10"])
def test_no_samples_make_an_empty_stream(results, argument):
    """There is a header all the same; without any stream there is nothing."""
    (empty,) = results(argument, (20, 30), [])
    assert list(empty.rows()) == [] == results(argument, (20, 30))


def test_samples_of_a_new_year_come_under_a_new_header(stream, results):
    """Seconds count from the year that a header names."""
    edge = parse_time("2024-01-01", now=0) // SECOND
    sent = results("lastSample_60", (edge - 600, edge + 600), stream([edge - 90, edge + 90], year=2023))
    assert [(part.header.year, len(list(part.rows()))) for part in sent] == [(2023, 1), (2024, 1)]


def test_the_middle_of_a_bin_may_lie_in_another_year(stream, results):
    """The first header is that of the middle of the first bin; the year of its sample begins another stream."""
    edge = parse_time("2024-01-01", now=0) // SECOND
    sent = results("lastSample_864000", (edge - 90, edge + 90), stream([edge - 60], year=2023))
    assert [(part.header.year, len(list(part.rows()))) for part in sent] == [(2023, 0), (2023, 1)]


@pytest.mark.parametrize(("argument", "ends"), [("lastSample", False), ("firstFill", True), ("lastFill", True)])
def test_damaged_samples_end_the_stream_of_fills(stream, results, argument, ends):
    """`lastSample` leaves them out."""
    good = stream([1])
    bad = replace(good, content=(Row(b"\x08", DbrType.SCALAR_DOUBLE, 1970), *good.content))
    if ends:
        with pytest.raises(DamagedLine, match="a number without end"):
            results(argument, (0, 1), bad)
    else:
        (sent,) = results(argument, (0, 1), bad)
        assert [row.time for row in sent.rows()] == [SECOND]
