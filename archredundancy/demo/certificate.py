"""The embedded appliances' certificate: the tests of this package merge with them, in many ways."""

from __future__ import annotations

from pathlib import Path

from archredundancy._version import __version__
from archredundancy.appliance.state import VERSION
from archredundancy.commit import Certificate
from archredundancy.plan import Root, Strategy, way_of

__all__ = ["trust_embedded"]


def trust_embedded(run_dir: Path) -> None:
    """Keep a certificate for a pair of embedded appliances in a folder of runs.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    Certificate(
        versions=(f"primary {VERSION}", f"secondary {VERSION}"),
        time="2026-11-22T22:00:00.000000000Z",
        by=f"the tests of archredundancy {__version__}",
        strategies=tuple(dict.fromkeys(way_of(strategy, root) for strategy in Strategy for root in Root)),
    ).save(run_dir)
