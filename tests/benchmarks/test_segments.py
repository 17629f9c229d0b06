"""Interval algebra against igwn-segments, in CPU time of one run."""

import operator
import time

import igwn_segments
import numpy as np
import pytest

from archredundancy.segments import Segments


def cpu_seconds(call, rounds):
    """Return the best CPU time of several rounds."""
    times = []
    for _ in range(rounds):
        before = time.process_time()
        call()
        times.append(time.process_time() - before)
    return min(times)


def make_segments(count, seed):
    """Return intervals and holes of random lengths."""
    edges = np.cumsum(np.random.default_rng(seed).integers(1, 1000, 2 * count))
    return Segments.from_arrays(edges[::2], edges[1::2])


def as_oracle(segments):
    return igwn_segments.segmentlist([igwn_segments.segment(*pair) for pair in segments])


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("operation", "count", "least"),
    [(operator.and_, 20_000, 5), (operator.sub, 20_000, 5), (operator.and_, 1_000_000, 100)],
    ids=["and of 20 k", "difference of 20 k", "and of 1 M"],
)
def test_intervals_beat_the_c_library(operation, count, least, goal):
    """Whole arrays beat lists of objects, whose intersection is quadratic besides."""
    a, b = make_segments(count, 1), make_segments(count, 2)
    mine = cpu_seconds(lambda: operation(a, b), 7)
    oracle_a, oracle_b = as_oracle(a), as_oracle(b)
    theirs = cpu_seconds(lambda: operation(oracle_a, oracle_b), 1)
    what = f"intervals, {operation.__name__} of {count}: times faster than igwn-segments"
    goal(what, theirs / mine, at_least=least, remark=f"{mine * 1e3:.2f} ms, igwn-segments {theirs * 1e3:.1f} ms")
