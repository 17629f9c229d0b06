"""What an engine has in memory, as retrieval reads it (`GetEngineDataAction`, `GetDataAtTimeEngine`)."""

from __future__ import annotations

from archredundancy.appliance.engine.buffer import Buffered
from archredundancy.appliance.engine.channel import Channel
from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples
from archredundancy.model import NS_PER_SECOND, year_of

__all__ = ["sample_at", "streams_in_memory"]


def streams_in_memory(channel: Channel, start: int, end: int, now: int) -> list[Samples]:
    """Return the samples in memory of a window, a stream for each year, under a header with the record's fields.

    There is a header also where no sample lies in the window; and where none is in memory at all it tells a lost
    connection besides (`cnxlostepsecs`).

    Parameters
    ----------
    channel : Channel
    start, end : int, ns since 1970 UTC
        Both inside; the engine looks at whole seconds only.
    now : int, ns since 1970 UTC
        By the appliance's clock.
    """
    fields = channel.fields.latest()
    years: dict[int, list[Buffered]] = {}
    for sample in channel.buffer:
        years.setdefault(year_of(sample.time), []).append(sample)
    if not years:
        years[year_of(now)] = []
        if channel.lost and not channel.is_connected:
            fields["cnxlostepsecs"] = str(channel.lost)
    seconds = range(start // NS_PER_SECOND, end // NS_PER_SECOND + 1)
    return [
        Samples(
            header=Header(dbr_type=channel.dbr_type, pv=channel.pv, year=year, fields=tuple(fields.items())),
            source=f"memory of the engine for {channel.pv}",
            content=tuple(sample.row() for sample in samples if sample.time // NS_PER_SECOND in seconds),
        )
        for year, samples in years.items()
    ]


def sample_at(channel: Channel, time: int) -> Row | None:
    """Return the last sample at or before a time that is in memory; the very last one archived always is."""
    known = [*channel.buffer, *([channel.last_stored] if channel.last_stored else ())]
    found = max((sample for sample in known if sample.time <= time), key=lambda sample: sample.time, default=None)
    return None if found is None else found.row()
