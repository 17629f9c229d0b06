"""Percentages that do not hide a gap."""

import math

import pytest

from archredundancy.coverage import Share
from archredundancy.coverage.lengths import percent_text

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


def test_without_anything_known_there_is_no_fraction():
    """NaN, not 0 and not 1; but bounds for what was asked."""
    share = Share(active=0, known=0, asked=10)
    assert math.isnan(share.fraction)
    assert (share.least, share.most) == (0.0, 1.0)
