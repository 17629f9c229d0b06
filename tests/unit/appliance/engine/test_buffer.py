"""Samples in memory before they are written."""

from archredundancy.appliance.engine.buffer import Buffered, SampleBuffer
from archredundancy.appliance.messages.message import Sample, decode_sample
from archredundancy.model import DbrType, start_of_year


def buffered(time, **kwargs):
    return Buffered.of(time, Sample(seconds=0, nano=0, value=1.5, actual_change=None, **kwargs), DbrType.SCALAR_DOUBLE)


def test_the_oldest_sample_makes_room():
    """And the one that came is known to have cost it."""
    buffer = SampleBuffer(2)
    assert [buffer.add(buffered(time)) for time in (1, 2, 3)] == [True, True, False]
    assert [sample.time for sample in buffer.take()] == [2, 3]


def test_readers_see_what_was_written_last_until_something_newer_is():
    """A slow PV's last sample stays visible for ever, as in golden/14_live."""
    buffer = SampleBuffer(5)
    buffer.add(buffered(1))
    buffer.take()
    assert buffer.take() == []
    buffer.add(buffered(2))
    assert [sample.time for sample in buffer] == [1, 2]
    buffer.take()
    assert [sample.time for sample in buffer] == [2]


def test_a_stored_sample_counts_from_the_start_of_its_year():
    """Its fields stand in the order in which they were added, without saying whether they changed."""
    time = start_of_year(2026) + 5_000_000_007
    row = buffered(time, fields={"startup": "true"}).row()
    assert (row.year, row.time) == (2026, time)
    assert b"@" not in row.line
    assert b"\x40\x01" in buffered(time).with_fields({"HIHI": "9"}, True).row().line
    assert decode_sample(row.line, row.dbr_type).value == 1.5
