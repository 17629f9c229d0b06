"""The union of 2 x 10 M samples against the usual way in pandas, in CPU time of one run."""

import time

import numpy as np
import pandas as pd
import pytest

from archredundancy.merge import unite
from archredundancy.model import DbrType, Samples

COUNT = 10_000_000


def cpu_seconds(call, rounds):
    """Return the median CPU time; rounds beyond the first are preceded by one that is not counted."""
    times = []
    for _ in range(rounds + (rounds > 1)):
        before = time.process_time()
        result = call()
        times.append(time.process_time() - before)
        del result  # or the next round would pay for new pages
    return sorted(times[-rounds:])[rounds // 2]


def make_history(generator, count):
    """Return samples with jittered times and an alarm in a hundred."""
    severity = (generator.random(count) < 0.01).astype(np.int32)
    times = 1_700_000_000_000_000_000 + np.cumsum(generator.integers(1, 2_000_000, count))
    return Samples.build(DbrType.SCALAR_DOUBLE, times, generator.standard_normal(count), severity, severity * 7)


def nearly_equal(generator):
    """Return two sides that share 99 %, with ten gaps each."""
    history = make_history(generator, COUNT)
    keep = np.ones((2, COUNT), bool)
    for number, start in enumerate(generator.integers(0, COUNT, 20)):
        keep[number % 2, start : start + COUNT // 2000] = False
    return [history.take(np.flatnonzero(side)) for side in keep]


def interleaved(generator, run=1):
    """Return two sides out of runs that one, the other or both have, with equal chance."""
    history = make_history(generator, COUNT * 3 // 2)
    owner = np.repeat(generator.integers(1, 4, len(history) // run), run)
    return [history.take(np.flatnonzero(owner & side)) for side in (1, 2)]


def in_pandas(sides):
    """Return what people write: join, drop repeated times, sort."""
    return pd.concat(sides, ignore_index=True).drop_duplicates("time", keep="first").sort_values("time")


def as_frame(samples, source):
    return pd.DataFrame(
        {
            "time": samples.time.view("datetime64[ns]"),
            "value": samples.value,
            "severity": samples.severity,
            "status": samples.status,
            "source": np.int8(source),
        }
    )


CASES = {
    "nearly equal": (nearly_equal, 40),
    "runs of 1000": (lambda generator: interleaved(generator, 1000), 8),
    "interleaved at random": (interleaved, 3),
}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("case", CASES)
def test_the_union_beats_pandas(case, goal):
    """Copying runs beats hashing and sorting every row, and tells the origin of each sample besides."""
    make, least = CASES[case]
    sides = make(np.random.default_rng(7))
    mine = cpu_seconds(lambda: unite(*sides), 5)
    merged = unite(*sides)
    frames = [as_frame(side, number) for number, side in enumerate(sides)]
    expected = in_pandas(frames)
    theirs = cpu_seconds(lambda: in_pandas(frames), 1)
    np.testing.assert_array_equal(merged.samples.time.view("datetime64[ns]"), expected["time"])
    np.testing.assert_array_equal(merged.samples.value, expected["value"])
    remark = f"2 x 10 M: {mine * 1e3:.0f} ms, pandas {theirs * 1e3:.0f} ms"
    goal(f"union, {case}: times faster than pandas", theirs / mine, at_least=least, remark=remark)


@pytest.mark.timeout(240)
def test_the_union_beats_polars(goal):
    """Copying runs beats a merge of sorted frames and a filter by one thread, where the sides are nearly equal."""
    pl = pytest.importorskip("polars", reason="needs polars")
    sides = nearly_equal(np.random.default_rng(7))
    frames = [pl.from_pandas(as_frame(side, number)) for number, side in enumerate(sides)]

    def in_polars():
        both = frames[0].merge_sorted(frames[1], key="time")
        return both.filter(pl.col("time").ne_missing(pl.col("time").shift(1)))

    merged, expected = unite(*sides), in_polars()
    np.testing.assert_array_equal(merged.samples.time, expected["time"].to_physical().to_numpy())
    np.testing.assert_array_equal(merged.samples.value, expected["value"].to_numpy())
    del merged, expected
    mine, theirs = cpu_seconds(lambda: unite(*sides), 5), cpu_seconds(in_polars, 5)
    remark = f"2 x 10 M: {mine * 1e3:.0f} ms, polars {theirs * 1e3:.0f} ms"
    goal("union, nearly equal: times faster than polars", theirs / mine, at_least=8, remark=remark)
