"""Bytes to columns and back: PB files and getData.raw answers, all 15 payload types. No input or output of its own.

`ChunkReader` takes a stream in pieces and gives events, `read_chunks` takes a whole one; `encode_chunk` goes back.
Damaged bytes are reported as `Damage` with their place, never skipped in silence.
"""

from archredundancy.wire.chunks import Chunk, read_chunks
from archredundancy.wire.decode import DecodedBlock, decode_columns
from archredundancy.wire.encode import encode_chunk, encode_samples
from archredundancy.wire.escape import escape, unescape
from archredundancy.wire.events import ChunkStarted, Damage, Event, SampleBlock
from archredundancy.wire.header import ChunkHeader
from archredundancy.wire.reader import ChunkReader

__all__ = [
    "Chunk",
    "ChunkHeader",
    "ChunkReader",
    "ChunkStarted",
    "Damage",
    "DecodedBlock",
    "Event",
    "SampleBlock",
    "decode_columns",
    "encode_chunk",
    "encode_samples",
    "escape",
    "read_chunks",
    "unescape",
]
