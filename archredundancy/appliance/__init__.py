"""Embedded archiver appliances: real HTTP on loopback, real PB files, the behaviour of the real ones, mistakes and all.

They are the bench of every test and the newcomer's first pair, and a witness: they read and merge samples in code of
their own, one at a time, and share none with the rest of this package. `appliance.md` says what is known of the real
ones.
"""

from archredundancy.appliance.appliance import Appliance
from archredundancy.appliance.clock import SettableClock
from archredundancy.appliance.cluster import ApplianceCluster
from archredundancy.appliance.configuration.settings import SiteSettings
from archredundancy.appliance.engine.series import Given, Periodic
from archredundancy.appliance.engine.simulated_ioc import SimulatedIoc, SimulatedPv
from archredundancy.appliance.engine.source import Connected, Disconnected, FieldChanged, Sampled, Source
from archredundancy.appliance.engine_control import EngineControl
from archredundancy.appliance.pair import AppliancePair

__all__ = [
    "Appliance",
    "ApplianceCluster",
    "AppliancePair",
    "Connected",
    "Disconnected",
    "EngineControl",
    "FieldChanged",
    "Given",
    "Periodic",
    "Sampled",
    "SettableClock",
    "SimulatedIoc",
    "SimulatedPv",
    "SiteSettings",
    "Source",
]
