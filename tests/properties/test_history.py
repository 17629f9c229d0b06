"""What the union holds at an instant, against a slow, obvious twin."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.coverage import Quality, UnionHistory, union_statistics
from archredundancy.model import Bins, FailureKind, ReadFailure, TimeRange
from archredundancy.testing.handmade.evidence import make_evidence, make_side
from archredundancy.testing.twins.slow_history import slow_held_at

S = 1_000_000_000
END = 40
stamps = st.lists(st.integers(0, END - 1), unique=True, max_size=12).map(sorted)


@st.composite
def histories(draw):
    """Two sides with samples, samples before the range, failures, outages and a pause."""
    sides = []
    for cluster in ("primary", "secondary"):
        seconds = draw(stamps)
        told = [("startup", "true"), ("cnxlostepsecs", "5"), ("cnxregainedepsecs", "20")]
        spans = draw(st.lists(st.tuples(st.integers(0, END), st.integers(1, 10)), max_size=2))
        side = make_side(
            cluster,
            (0, END),
            seconds,
            draw(st.lists(st.integers(0, 9), min_size=len(seconds), max_size=len(seconds))),
            before=draw(st.none() | st.integers(-20, -1)),
            fields={
                row: told[draw(st.integers(0, 1)) :] for row in draw(st.sets(st.integers(0, 11))) if row < len(seconds)
            },
            created=draw(st.sampled_from([-100, 10])),
            paused_since=draw(st.none() | st.integers(0, END)),
            failures=[
                ReadFailure(
                    range=TimeRange(start=start * S, end=min(start + length, END) * S),
                    kind=FailureKind.DAMAGED,
                    message="damaged",
                )
                for start, length in spans
                if start < END
            ],
        )
        sides.append(side)
    return UnionHistory.from_evidence(make_evidence(*sides, now=draw(st.integers(END // 2, END))))


def seconds_of(segments):
    """Return the whole seconds inside segments whose edges are whole seconds."""
    return {second for start, end in segments for second in range(start // S, end // S)}


def slowly(history, second):
    """Ask the twin about a second."""
    values = dict(zip((history.samples.time // S).tolist(), history.samples.value.tolist(), strict=True))
    before = [values.pop(stamp) for stamp in sorted(values) if stamp < 0]
    held = before[-1] if before else None
    return slow_held_at(second, values, held, seconds_of(history.covered), seconds_of(history.absent))


@given(histories(), st.lists(st.integers(0, END - 1), max_size=30))
def test_what_is_held_is_what_a_walk_back_finds(history, seconds):
    """Rows and qualities equal those of a walk back, second by second, until a sample or a hole comes."""
    rows, qualities = history.held_at(np.array(seconds, np.int64) * S)
    for second, row, quality in zip(seconds, rows.tolist(), qualities.tolist(), strict=True):
        value, expected = slowly(history, second)
        assert quality == expected
        assert (history.samples.value[row] if quality == Quality.HELD else None) == value
        assert (row >= 0) == (quality == Quality.HELD)


@given(histories(), st.integers(1, 15))
def test_statistics_are_those_of_a_walk_over_the_bins(history, length):
    """Counts, ends and covered seconds of each bin, second by second."""
    bins = Bins.around(history.asked, length)
    found = union_statistics(history, bins)
    values = dict(zip((history.samples.time // S).tolist(), history.samples.value.tolist(), strict=True))
    covered, absent = seconds_of(history.covered), seconds_of(history.absent)
    for row in range(bins.count):
        seconds = range(row * length, (row + 1) * length)
        inside = [values[second] for second in seconds if second in values]
        assert found["samples"][row] == found["count"][row] == len(inside)
        assert found.covered_seconds[row] == len(covered & set(seconds))
        assert found.known_seconds[row] == len((covered | absent) & set(seconds))
        if inside:
            ends = [found[name].values[row] for name in ("first", "last", "min", "max")]
            assert ends == [inside[0], inside[-1], min(inside), max(inside)]
            np.testing.assert_allclose(found["mean"].values[row], sum(inside) / len(inside))
        else:
            assert np.isnan([found[name].values[row] for name in ("first", "last", "min", "max", "mean", "std")]).all()
