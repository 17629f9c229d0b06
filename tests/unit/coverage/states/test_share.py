"""Shares of time."""

import math

from archredundancy.coverage import Share


def test_without_anything_known_there_is_no_fraction():
    """NaN, not 0 and not 1; but bounds for what was asked."""
    share = Share(active=0, known=0, asked=10)
    assert math.isnan(share.fraction)
    assert (share.least, share.most) == (0.0, 1.0)
