"""Load, compare and merge what two redundant EPICS Archiver Appliance clusters hold.

``import archredundancy as ar`` costs next to nothing: each public name is fetched from its folder at its first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from archredundancy._version import __version__

if TYPE_CHECKING:
    from archredundancy import appliance, errors, widgets
    from archredundancy.coverage import Comparison, Comparisons, Coverage, compare
    from archredundancy.demo import demo_pair
    from archredundancy.errors import ArchRedundancyError
    from archredundancy.export import open_saved, save
    from archredundancy.merge import merge_samples
    from archredundancy.model import DbrType, Samples, TimeRange
    from archredundancy.pair import Cluster, ClusterPair, open_pair, open_store
    from archredundancy.segments import Segments

__all__ = [
    "ArchRedundancyError",
    "Cluster",
    "ClusterPair",
    "Comparison",
    "Comparisons",
    "Coverage",
    "DbrType",
    "Samples",
    "Segments",
    "TimeRange",
    "__version__",
    "appliance",
    "compare",
    "demo_pair",
    "errors",
    "merge_samples",
    "open_pair",
    "open_saved",
    "open_store",
    "save",
    "widgets",
]

_FOLDERS = ("appliance", "errors", "widgets")
_HOMES = {
    "ArchRedundancyError": "errors",
    "Cluster": "pair",
    "ClusterPair": "pair",
    "Comparison": "coverage",
    "Comparisons": "coverage",
    "Coverage": "coverage",
    "DbrType": "model",
    "Samples": "model",
    "Segments": "segments",
    "TimeRange": "model",
    "compare": "coverage",
    "demo_pair": "demo",
    "merge_samples": "merge",
    "open_pair": "pair",
    "open_saved": "export",
    "open_store": "pair",
    "save": "export",
}


def __getattr__(name: str) -> object:
    """Return a public name, importing its home at first use.

    Raises
    ------
    AttributeError
        If there is no such name.
    """
    if name in _FOLDERS:
        return import_module(f"archredundancy.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'archredundancy' has no attribute {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(f"archredundancy.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
