"""`read_chunks`: all of a PB file or getData.raw answer at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from archredundancy.errors import WireError
from archredundancy.model import Samples
from archredundancy.wire.events import ChunkStarted, Damage, Event, SampleBlock
from archredundancy.wire.header import ChunkHeader
from archredundancy.wire.reader import ChunkReader

__all__ = ["Chunk", "read_chunks"]


@dataclass(frozen=True, eq=False)
class Chunk:
    """A header and what follows it.

    Attributes
    ----------
    header : ChunkHeader
    samples : Samples
        In stored order; often none.
    damages : tuple of Damage
        What could not be read between this header and the next one that could.
    offset : int
        Position of the header in the stream.
    """

    header: ChunkHeader
    samples: Samples
    damages: tuple[Damage, ...]
    offset: int


def read_chunks(data: bytes, *, strict: bool = False) -> list[Chunk]:
    r"""Return the chunks of a whole stream, as they are stored: repeated headers and empty chunks included.

    Parameters
    ----------
    data : bytes
        A PB file, or the body of a getData.raw answer; may be empty. `ChunkReader` reads what does not fit into memory.
    strict : bool
        Whether to raise `WireError` at the first damage.

    Returns
    -------
    list of Chunk
        Cost: linear, for scalars some 50 ns a sample.

    Raises
    ------
    WireError
        If the data do not begin with a chunk header, or if `strict` and anything cannot be read.

    Examples
    --------
    >>> read_chunks(b"\x08\x01\x12\x01X\x18\xb2\x0f\n\x08\x01\x10\x02\x18\x06\n")[0].samples
    <1 Samples, SCALAR_SHORT>
    """
    reader = ChunkReader(strict=strict)
    events = reader.feed(data) + reader.close()
    if events and isinstance(events[0], Damage):
        raise WireError(events[0].reason, offset=events[0].offset)
    starts = [index for index, event in enumerate(events) if isinstance(event, ChunkStarted)]
    return [_join(events[start:end]) for start, end in pairwise([*starts, len(events)])]


def _join(events: list[Event]) -> Chunk:
    (started,) = (event for event in events if isinstance(event, ChunkStarted))
    blocks = [event.samples for event in events if isinstance(event, SampleBlock)]
    return Chunk(
        header=started.header,
        samples=Samples.concatenate(blocks) if blocks else Samples.empty(started.header.dbr_type),
        damages=tuple(event for event in events if isinstance(event, Damage)),
        offset=started.offset,
    )
