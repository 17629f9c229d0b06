"""`PlanId`: a plan's id as the plan itself gives it."""

from __future__ import annotations

__all__ = ["PlanId"]


class PlanId(str):
    """Equal to the text of the id, but not a text that a person has typed, which is all that approves a plan.

    Examples
    --------
    >>> PlanId("7f3a-91c2") == "7f3a-91c2"
    True
    """

    __slots__ = ()
