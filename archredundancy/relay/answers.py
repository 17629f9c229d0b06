"""What the relay answers: counts and samples as `getData.raw` of an appliance gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from archredundancy.errors import InputError
from archredundancy.model import DbrType, Samples, TimeRange, parse_time, year_of
from archredundancy.wire import ChunkHeader, encode_chunk

__all__ = ["Asked", "count_answer", "data_answer", "read_query"]

_NS_PER_MILLISECOND = 1_000_000
_COUNT = re.compile(r"ncount\((.+)\)")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request for samples, or for their number.

    Attributes
    ----------
    pv : str
    counts : bool
        Whether only the number is asked for.
    start, end : int, ns since 1970 UTC
        Both inclusive, as the appliance asks.
    """

    pv: str
    counts: bool
    start: int
    end: int


def read_query(query: Mapping[str, str]) -> Asked | None:
    """Return what a query of `getData.raw` asks for, or None if it cannot be understood."""
    if not {"pv", "from", "to"} <= query.keys():
        return None
    count = _COUNT.fullmatch(query["pv"])
    try:
        start, end = (parse_time(query[name], now=0) for name in ("from", "to"))
    except InputError:
        return None
    return Asked(pv=count[1] if count else query["pv"], counts=count is not None, start=start, end=end)


def select(samples: Samples, asked: Asked) -> Samples:
    """Return the samples that a request is about, of those in order of time.

    Samples are compared to the nanosecond, numbers of samples by their milliseconds (`NCount`).
    """
    if not asked.counts:
        return samples.between(asked.start, asked.end + 1)
    milliseconds = samples.time // _NS_PER_MILLISECOND
    first = np.searchsorted(milliseconds, asked.start // _NS_PER_MILLISECOND)
    last = np.searchsorted(milliseconds, asked.end // _NS_PER_MILLISECOND, "right")
    return samples.slice(int(first), int(last))


def count_answer(asked: Asked, count: int) -> bytes:
    """Return the answer to `ncount`: one sample at the start of what was asked."""
    header = ChunkHeader(dbr_type=DbrType.SCALAR_INT, pv=asked.pv, year=year_of(asked.start))
    return _answer(header, Samples.build(DbrType.SCALAR_INT, [asked.start], [count]))


def data_answer(pv: str, samples: Samples) -> bytes:
    """Return the answer with samples: a chunk for each UTC year; nothing at all if there is none."""
    answers = [
        _answer(
            ChunkHeader(dbr_type=samples.dbr_type, pv=pv, year=year_of(year.start)),
            samples.between(year.start, year.end),
        )
        for year in _years(samples)
    ]
    return b"\n".join(answers)


def _years(samples: Samples) -> Iterator[TimeRange]:
    if len(samples):
        yield from TimeRange(start=int(samples.time[0]), end=int(samples.time[-1]) + 1).split_years()


def _answer(header: ChunkHeader, samples: Samples) -> bytes:
    """Return a chunk behind an empty one, which is how answers of the appliance begin."""
    return header.encode() + b"\n" + encode_chunk(header, samples)
