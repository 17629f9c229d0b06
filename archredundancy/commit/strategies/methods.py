"""Which method belongs to which strategy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archredundancy.commit.steps.context import Context
from archredundancy.commit.strategies.merging import DirectMerge, RelayMerge
from archredundancy.commit.strategies.method import Method
from archredundancy.commit.strategies.rebuild import Rebuild
from archredundancy.plan import Strategy

__all__ = ["METHODS", "method_of"]

METHODS: Final[Mapping[Strategy, Method]] = {
    Strategy.DIRECT: DirectMerge(),
    Strategy.RELAY: RelayMerge(),
    Strategy.REBUILD: Rebuild(),
}


def method_of(context: Context) -> Method:
    """Return how a PV's samples get into the primary's files."""
    return METHODS[context.run.plan.strategy]
