"""Comparing in CPU time, as a multiple of the union that it needs anyway."""

import time

import numpy as np
import pytest

from archredundancy.coverage import compare_evidence
from archredundancy.merge import unite
from archredundancy.model import DbrType, Evidence, Reading, Samples, SideEvidence, TimeRange
from archredundancy.segments import Segments

S = 1_000_000_000
COUNT = 1_000_000


def cpu_seconds(call, rounds=3):
    """Return the best CPU time of several rounds."""
    times = []
    for _ in range(rounds):
        before = time.process_time()
        call()
        times.append(time.process_time() - before)
    return min(times)


def evidence(mine, theirs):
    asked = TimeRange(start=0, end=COUNT * S)
    known = Segments.of((asked.start, asked.end))
    nothing = Samples.empty(DbrType.SCALAR_DOUBLE)
    sides = [
        SideEvidence(
            reading=Reading(
                pv="B:PV",
                cluster=cluster,
                asked=asked,
                samples=Samples.build(DbrType.SCALAR_DOUBLE, stamps, np.sin(stamps / 1e12)),
                before=nothing,
                known=known,
            )
        )
        for cluster, stamps in (("primary", mine), ("secondary", theirs))
    ]
    return Evidence(pv="B:PV", asked=asked, now=asked.end, primary=sides[0], secondary=sides[1])


STAMPS = np.arange(COUNT) * S


@pytest.mark.parametrize(
    ("what", "mine", "theirs", "most"),
    [
        ("equal sides", STAMPS, STAMPS, 3),
        ("50 k gaps", STAMPS[np.arange(COUNT) % 20 < 14], STAMPS, 4),
        ("other phases", STAMPS, STAMPS + 400_000_000, 6),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_comparing_costs_little_more_than_the_union(what, mine, theirs, most, goal):
    """However the sides differ; two scanned archives of other phases have no sample in common."""
    given = evidence(mine, theirs)
    union = cpu_seconds(lambda: unite(given.primary.reading.samples, given.secondary.reading.samples))
    whole = cpu_seconds(lambda: compare_evidence(given))
    remark = f"{whole * 1e3:.0f} ms, union {union * 1e3:.0f} ms"
    goal(f"compare, {what} of {COUNT}: times the union", whole / union, at_most=most, remark=remark)
