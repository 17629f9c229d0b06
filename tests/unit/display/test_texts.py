"""Numbers as texts: no rounding that flatters, no percentage that hides a gap."""

import pytest

from archredundancy.display import duration_text, percent_text

YEAR = 31_556_952 * 10**9

TEXTS = {
    "all": (YEAR, YEAR, "100 %"),
    "none": (0, YEAR, "0 %"),
    "one nanosecond lacking in a year": (YEAR - 1, YEAR, ">99.99 %"),
    "one nanosecond lacking in a century": (100 * YEAR - 1, 100 * YEAR, ">99.99 %"),
    "a minute lacking in a year": (YEAR - 60 * 10**9, YEAR, ">99.99 %"),
    "an hour lacking in a year": (YEAR - 3600 * 10**9, YEAR, "99.98 %"),
    "one of ten thousand lacking": (9999, 10_000, "99.99 %"),
    "one nanosecond in a year": (1, YEAR, "<0.01 %"),
    "one of ten thousand": (1, 10_000, "0.01 %"),
    "what floats would round to 14.24 %": (57, 400, "14.25 %"),
    "half": (1, 2, "50.00 %"),
    "nothing known": (0, 0, "-"),
}


@pytest.mark.parametrize(("part", "whole", "text"), TEXTS.values(), ids=TEXTS)
def test_percentages_never_round_to_all_or_nothing(part, whole, text):
    """100 % and 0 % are said only where that is exact, whatever the digits (ObsPy #3520)."""
    assert percent_text(part, whole) == text


def test_a_length_that_is_none_is_a_dash():
    """NaN and infinity are no lengths."""
    assert duration_text(float("nan")) == "-"
