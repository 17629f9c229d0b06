"""Held values once more, second by second and without numpy: what the fast ones must agree with."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from archredundancy.coverage import Quality

__all__ = ["slow_held_at"]


def slow_held_at(
    second: int,
    samples: Mapping[int, Any],
    before: Any,
    covered: Set[int],
    absent: Set[int],
) -> tuple[Any, Quality]:
    """Return the value that holds at a second, and what it is worth, by walking back until a sample or a hole comes.

    Parameters
    ----------
    second : int
        Since the range began.
    samples : mapping of int to value
        Of the union, by second.
    before : value or None
        What was held when the range began.
    covered, absent : set of int
        Seconds in which one side was active, and in which both are known not to have been.
    """
    if second in samples:
        return samples[second], Quality.HELD
    walk = second
    while walk in covered:
        if walk in samples:
            return samples[walk], Quality.HELD
        walk -= 1
    if walk < 0 and before is not None and second >= 0:
        return before, Quality.HELD
    return None, Quality.NOT_COVERED if second in absent else Quality.UNKNOWN
