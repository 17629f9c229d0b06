"""A long span in pieces that fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from archredundancy.client import allow, spend
from archredundancy.errors import InputError, TooLargeError
from archredundancy.model import NS_PER_SECOND, Evidence, Ragged, TimeRange

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["least_memory", "load_pieces", "spend_padding"]

#: What a byte of an answer may come to, at its dearest, while a tree is made: two sides of short lines whose every
#: sample is missing from the other side, each a stretch of coverage of its own. Seen: 52; for equal sides 3.
_MEMORY_FOR_A_BYTE: Final = 64
#: The next piece is to use so much of what it may.
_GOAL: Final = 0.7
#: How much longer than the one before it a piece may be.
_MOST_GROWTH: Final = 4.0
_LEAST_MEMORY: Final = 1 << 20


def least_memory(memory: int) -> int:
    """Return the memory that was given, if it suffices for anything.

    Raises
    ------
    InputError
        If it is no whole number, or less than 1 MiB.
    """
    if not isinstance(memory, int) or memory < _LEAST_MEMORY:
        raise InputError(f"memory={memory!r} is not possible; give a whole number of bytes, at least {_LEAST_MEMORY}")
    return memory


def load_pieces(load: Callable[[TimeRange], xr.DataTree], asked: TimeRange, memory: int) -> Iterator[xr.DataTree]:
    """Yield what `load` gives for pieces of a range that together are the range, in order of time.

    A piece whose answers turn out to be too large is given up midway and asked for again in half its length.

    Parameters
    ----------
    load : callable
    asked : TimeRange
    memory : int, bytes
        What making one piece may take.

    Yields
    ------
    xarray.DataTree

    Raises
    ------
    TooLargeError
        If a single second takes more than that.
    """
    start, length = asked.start, asked.duration
    while start < asked.end:
        piece = TimeRange(start=start, end=_end(start, length, asked.end))
        try:
            with allow(memory // _MEMORY_FOR_A_BYTE) as allowance:
                tree = load(piece)
        except TooLargeError as error:
            if piece.duration <= NS_PER_SECOND:
                raise TooLargeError(f"{piece} alone takes more than memory={memory} bytes; give more") from error
            length = piece.duration // 2
            continue
        yield tree
        del tree  # else it stays while the next one is made
        start = piece.end
        length = round(piece.duration * min(_MOST_GROWTH, _GOAL * allowance.most / max(allowance.spent, 1)))


def spend_padding(evidence: Evidence) -> None:
    """Take from what is allowed the memory by which waveforms are filled up to the longest.

    Raises
    ------
    TooLargeError
        If there is not as much left.
    """
    for side in (evidence.primary, evidence.secondary):
        value = side.reading.samples.value
        if isinstance(value, Ragged):
            lengths = value.lengths
            spend(int(len(lengths) * lengths.max(initial=0) - lengths.sum()))


def _end(start: int, length: int, latest: int) -> int:
    """Return where a piece of about this length ends: with a whole second, the last one with the range."""
    end = start + max(length, NS_PER_SECOND)
    return min(end - end % NS_PER_SECOND, latest)
