"""A channel keeps what is to be archived of what its PV tells."""

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.engine.channel import Channel
from archredundancy.appliance.engine.source import Connected, Disconnected, FieldChanged, Sampled
from archredundancy.model import NS_PER_SECOND, DbrType

START = 1767225600


def made(last=None, **info):
    typed = PvTypeInfo({"pvName": "A", **info})
    return Channel(typed, seconds_to_buffer=10.0, last=last, now=START * NS_PER_SECOND)


def sampled(second, dbr_type=DbrType.SCALAR_DOUBLE):
    return Sampled(dbr_type=dbr_type, time=round((START + second) * NS_PER_SECOND), value=float(second))


def tell(channel, *updates, at=0):
    for update in updates:
        channel.take(update, (START + at) * NS_PER_SECOND)
    return channel


RECORD = Connected(host="ioc", dbr_type=DbrType.SCALAR_DOUBLE, fields={"HIHI": "9.0"})


def kept(channel):
    return [sample.time / NS_PER_SECOND - START for sample in channel.buffer]


def test_each_update_is_kept():
    """By a channel that monitors."""
    channel = tell(made(), RECORD, sampled(-5), sampled(0), sampled(1))
    assert kept(channel) == [-5, 0, 1]
    assert (channel.is_connected, channel.host, channel.metrics.events) == (True, "ioc", 3)


def test_what_is_archived_already_is_not_kept_again():
    """A restart is told the present value, which may be old."""
    channel = tell(made(last=START * NS_PER_SECOND), RECORD, sampled(0), sampled(1))
    assert kept(channel) == [1]
    assert next(iter(channel.buffer)).sample.fields["startup"] == "true"


def test_a_scan_keeps_the_latest_update():
    """And the first one at once; nothing if there was none since."""
    channel = tell(made(samplingMethod="SCAN"), RECORD, sampled(0), sampled(1), sampled(2))
    assert kept(channel) == [0]
    assert channel.scan_is_due
    channel.scan(START * NS_PER_SECOND)
    assert kept(channel) == [0, 2]
    assert not channel.scan_is_due


def test_a_scan_of_a_wrong_stamp_is_not_tried_again():
    """It is counted once."""
    channel = tell(made(samplingMethod="SCAN"), RECORD, sampled(0), sampled(-1))
    channel.scan(START * NS_PER_SECOND)
    assert not channel.scan_is_due
    assert channel.metrics.wrong_time == 1


def test_a_lost_connection_is_remembered_until_it_is_told():
    """By the server's clock."""
    channel = tell(made(), RECORD, sampled(0))
    tell(channel, Disconnected(), at=5)
    assert (channel.is_connected, channel.lost, channel.latest) == (False, START + 5, None)
    tell(channel, RECORD, sampled(8), at=9)
    assert channel.lost == 0
    assert list(channel.buffer)[-1].sample.fields == {
        "cnxlostepsecs": str(START + 5),
        "cnxregainedepsecs": str(START + 9),
    }
    assert (channel.metrics.regained, channel.metrics.events) == (1, 1)


def test_the_last_sample_of_a_batch_takes_the_fields():
    """Unless the channel ends (`WriterRunnable.removeChannel`)."""
    for closing in (False, True):
        channel = tell(made(archiveFields=["HIHI"]), RECORD, sampled(0), sampled(1))
        channel.fields.connect()
        tell(channel, FieldChanged(name="HIHI", text="8.0"))
        batch = channel.to_write(START * NS_PER_SECOND, closing=closing)
        assert ("HIHI" in batch[-1].sample.fields) is not closing
        assert channel.metrics.last_push == START
        assert channel.to_write(START * NS_PER_SECOND) == []
