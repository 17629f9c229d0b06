"""Interval algebra against igwn-segments, and silences against numpy, in CPU time of one run."""

import operator
import time

import igwn_segments
import numpy as np
import pytest

from archredundancy.coverage import Coverage, combine
from archredundancy.segments import Segments, silences


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
    [
        (operator.and_, 20_000, 5),
        (operator.sub, 20_000, 5),
        (operator.or_, 20_000, 5),
        (operator.xor, 20_000, 5),
        (operator.and_, 300_000, 100),
        (operator.or_, 300_000, None),
    ],
    ids=["and of 20 k", "difference of 20 k", "or of 20 k", "xor of 20 k", "and of 300 k", "or of 300 k"],
)
def test_intervals_beat_the_c_library(operation, count, least, goal):
    """Whole arrays beat lists of objects, whose intersection is quadratic besides. Its union has no goal."""
    a, b = make_segments(count, 1), make_segments(count, 2)
    mine = cpu_seconds(lambda: operation(a, b), 7)
    oracle_a, oracle_b = as_oracle(a), as_oracle(b)
    theirs = cpu_seconds(lambda: operation(oracle_a, oracle_b), 1)
    what = f"intervals, {operation.__name__} of {count}: times faster than igwn-segments"
    goal(what, theirs / mine, at_least=least, remark=f"{mine * 1e3:.2f} ms, igwn-segments {theirs * 1e3:.1f} ms")


@pytest.mark.parametrize(("silent", "least"), [(20, 1.5), (100_000, None)], ids=["20 silences", "100 k silences"])
def test_silences_beat_numpy(silent, least, goal):
    """Blocks that stay in the cache beat a whole array of differences; very many silences have to be written too."""
    rng = np.random.default_rng(3)
    steps = rng.integers(90_000_000, 110_000_000, 10_000_000)
    steps[rng.choice(len(steps), silent, replace=False)] += 10**10
    times = np.cumsum(steps)
    mine = cpu_seconds(lambda: silences(times, 10**9), 7)
    theirs = cpu_seconds(lambda: np.flatnonzero(np.diff(times) > 10**9), 7)
    assert silences(times, 10**9).total == steps[1:][steps[1:] > 10**9].sum()
    what = f"gaps of 10 M stamps, {silent} of them: times faster than np.diff + flatnonzero"
    goal(what, theirs / mine, at_least=least, remark=f"{mine * 1e3:.1f} ms, numpy {theirs * 1e3:.1f} ms")


def test_states_of_a_million_stretches_are_combined_in_a_blink(goal):
    """Who has what, of two sides with a million stretches each, costs a few passes and no loop."""
    sides = [make_segments(500_000, seed) for seed in (1, 2)]
    end = max(side.span[1] for side in sides)
    coverages = [Coverage.from_segments((0, end), known=Segments.of((0, end)), active=side) for side in sides]
    mine = cpu_seconds(lambda: combine(*coverages), 3)
    sort = cpu_seconds(lambda: np.sort(np.concatenate([side.start[::-1] for side in coverages])), 3)
    goal(
        "who has what of 2 x 1 M stretches: time of a sort of their starts", mine / sort, remark=f"{mine * 1e3:.0f} ms"
    )
