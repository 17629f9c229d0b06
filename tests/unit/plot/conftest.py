"""Comparisons to draw."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from archredundancy.coverage import Comparison, compare_evidence
from archredundancy.model import NS_PER_SECOND, DbrType, Samples, SideEvidence
from archredundancy.testing.handmade.evidence import make_evidence, make_side

Compared = Callable[..., Comparison]


def side_of(cluster: str, window: tuple[float, float], samples: Samples, egu: str, **options) -> SideEvidence:
    """Return evidence of a side with these samples; see `make_side` for the options."""
    side = make_side(cluster, window, [], **options)
    before = Samples.empty(samples.dbr_type)
    return replace(side, reading=replace(side.reading, samples=samples, before=before, headers={"EGU": egu}))


@pytest.fixture
def compared() -> Compared:
    """Compare two sides given by samples, or by times (seconds), which are then the values too."""

    def make(primary, secondary, *, window=(0, 100), egu="", min_gap=None, **options) -> Comparison:
        sides = [
            side_of(cluster, window, content if isinstance(content, Samples) else _doubles(content), egu, **options)
            for cluster, content in (("primary", primary), ("secondary", secondary))
        ]
        return compare_evidence(make_evidence(*sides), min_gap=min_gap)

    return make


def _doubles(seconds: Sequence[int]) -> Samples:
    return Samples.build(DbrType.SCALAR_DOUBLE, np.asarray(seconds) * NS_PER_SECOND, seconds)
