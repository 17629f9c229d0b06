"""Small histories made by hand, and what a comparison finds of them."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from archredundancy.coverage import Comparison, compare_evidence
from archredundancy.segments import Segments
from archredundancy.testing.handmade.evidence import make_evidence, make_side

S = 1_000_000_000
WINDOW = (0, 200)
EVERY_SECOND = list(range(200))
EDGES = ("start_earliest", "start_latest", "end_earliest", "end_latest")


def without(*holes):
    return [second for second in EVERY_SECOND if not any(start <= second < end for start, end in holes)]


def compared(primary_seconds, secondary_seconds, *, primary=None, secondary=None, sides=(), **options) -> Comparison:
    mine = make_side("primary", WINDOW, primary_seconds, primary_seconds, **(primary or {}))
    theirs = make_side("secondary", WINDOW, secondary_seconds, secondary_seconds, **(secondary or {}))
    if sides:
        mine, theirs = replace(mine, **sides[0]), replace(theirs, **sides[1])
    return compare_evidence(make_evidence(mine, theirs), **options)


def told(seconds, at, *, lost=0, regained=0, startup=False):
    """Fields of the sample at a second, as `make_side` takes them."""
    pairs = [("cnxlostepsecs", str(lost)), ("cnxregainedepsecs", str(regained))]
    return {"fields": {seconds.index(at): pairs + ([("startup", "true")] if startup else [])}}


def rows(result, *columns):
    table = result.gaps
    return [tuple(getattr(table, column)[row] for column in columns) for row in range(len(table))]


def edges(result, row=0):
    return [int(getattr(result.gaps, edge)[row]) / S for edge in EDGES]


def seconds_of(segments: Segments) -> list[tuple[float, float]]:
    return [(start / S, end / S) for start, end in segments]


@pytest.fixture(scope="session")
def history() -> SimpleNamespace:
    """What tests of comparisons make their histories of."""
    return SimpleNamespace(
        WINDOW=WINDOW,
        EVERY_SECOND=EVERY_SECOND,
        without=without,
        compared=compared,
        told=told,
        rows=rows,
        edges=edges,
        seconds_of=seconds_of,
    )
