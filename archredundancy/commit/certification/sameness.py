"""`difference`: how samples differ from those expected, in words."""

from __future__ import annotations

import numpy as np

from archredundancy.model import Samples
from archredundancy.plan.forecast.hashing import sample_hashes

__all__ = ["difference"]


def difference(found: Samples, expected: Samples) -> str:
    """Return how samples differ from those expected; empty if they are the same ones.

    Examples
    --------
    >>> from archredundancy.model import DbrType
    >>> one, two = (Samples.build(DbrType.SCALAR_INT, [5], [value]) for value in (1, 2))
    >>> difference(one, one)
    ''
    >>> difference(two, one)
    'it has 1 samples instead of 1: 1 are missing, 1 should not be there'
    """
    have, want = (np.sort(sample_hashes(samples)) for samples in (found, expected))
    if np.array_equal(have, want):
        return ""
    missing, odd = int((~np.isin(want, have)).sum()), int((~np.isin(have, want)).sum())
    return f"it has {len(have)} samples instead of {len(want)}: {missing} are missing, {odd} should not be there"
