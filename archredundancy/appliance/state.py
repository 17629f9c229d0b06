"""What the parts of an appliance share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.engine.engine import Engine
from archredundancy.appliance.storage.storage import Storage

__all__ = ["VERSION", "ApplianceState"]

#: What the recorded appliances call themselves; the embedded one behaves as they do.
VERSION = "Archiver Appliance Version a7a938e5"


@dataclass(kw_only=True)
class ApplianceState:
    """What the parts of one appliance share.

    Attributes
    ----------
    identity : str
        Such as `primary0`.
    url : str
        `http://host:port` under which it answers.
    configuration : Configuration
    storage : Storage
    engine : Engine
    clock : callable
        Gives the present, ns since 1970 UTC.
    """

    identity: str
    url: str
    configuration: Configuration
    storage: Storage
    engine: Engine
    clock: Callable[[], int]
