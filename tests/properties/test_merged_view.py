"""The check of a merged answer against its slow twin, on answers made of anything."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.coverage.merged_view.rows import ViewAnswer, find_flaws
from archredundancy.model import DbrType, Samples, TimeRange, start_of_year, year_of
from archredundancy.segments import Segments
from archredundancy.testing.twins.slow_merged_view import flaws_slowly

START, END = start_of_year(2023), start_of_year(2026)
DAY = 86400 * 10**9
#: Few instants, near New Year too, so that they meet often: also in other years.
STAMPS = st.builds(
    lambda year, day: start_of_year(year) + day * DAY, st.integers(2023, 2025), st.sampled_from([0, 1, 58, 59, 60, 364])
)
SIDES = st.dictionaries(STAMPS, st.integers(0, 2), max_size=12)


def samples_of(side):
    """Return a dictionary as samples."""
    return Samples.build(DbrType.SCALAR_INT, sorted(side), [side[time] for time in sorted(side)])


@given(SIDES, SIDES, st.lists(st.tuples(st.integers(-1, 1), STAMPS, st.integers(0, 2)), max_size=20), st.booleans())
def test_counts_are_those_of_the_slow_twin(primary, secondary, noise, with_union):
    """Whatever is added to the union, or comes in its place, each flaw is counted as by counting on fingers."""
    union = sorted((secondary | primary).items()) if with_union else []
    view = [(year_of(time) + shift, time, value) for shift, time, value in [*((0, *one) for one in union), *noise]]
    block = Samples.build(DbrType.SCALAR_INT, [time for _, time, _ in view], [value for *_, value in view])
    years = np.array([year for year, *_ in view], np.int64)
    answer = ViewAnswer(blocks=(block,), year=years, opens=np.zeros(len(view), bool))
    asked = TimeRange(start=START, end=END)
    found, unchecked = find_flaws(
        answer, samples_of(primary), samples_of(secondary), asked, Segments.of((START, END)), ()
    )
    counts = Counter({rows.flaw.value: len(rows.shown) for rows in found})
    assert (+counts, unchecked) == (flaws_slowly(view, primary, secondary, START, END), 0)
