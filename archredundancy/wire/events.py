"""What a `ChunkReader` reports."""

from __future__ import annotations

from dataclasses import dataclass

from archredundancy.model import Samples
from archredundancy.wire.header import ChunkHeader

__all__ = ["ChunkStarted", "Damage", "Event", "SampleBlock"]


@dataclass(frozen=True)
class ChunkStarted:
    """A header: what follows belongs to it. Chunks without samples are usual.

    Attributes
    ----------
    header : ChunkHeader
    offset : int
        Position of its first byte in the stream.
    """

    header: ChunkHeader
    offset: int


@dataclass(frozen=True)
class SampleBlock:
    """Some samples of the chunk that started last, in stored order; a chunk may come in several blocks.

    Attributes
    ----------
    samples : Samples
        At least one.
    offset : int
        Position of the block's first byte in the stream.
    """

    samples: Samples
    offset: int


@dataclass(frozen=True)
class Damage:
    """Bytes that give no sample and no header. The reader goes on behind them.

    Attributes
    ----------
    offset, length : int
        Where they are in the stream; the line end that closes them is not counted.
    reason : str
        What is wrong with them.
    """

    offset: int
    length: int
    reason: str


#: One thing seen in the stream.
Event = ChunkStarted | SampleBlock | Damage
