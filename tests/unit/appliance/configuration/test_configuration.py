"""The configuration and what survives a restart."""

import pytest

from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.configuration.type_info import PvTypeInfo


@pytest.fixture
def reopened(tmp_path):
    """A function that opens the configuration anew, after it was closed."""
    opened = []

    def reopen():
        for configuration in opened:
            configuration.close()
        opened.append(Configuration(tmp_path / "configuration.sqlite"))
        return opened[-1]

    yield reopen
    for configuration in opened:
        configuration.close()


def test_pvs_and_aliases_survive(reopened):
    """A PV and its alias are known again after a restart, with all keys of the type info."""
    configuration = reopened()
    configuration.put(PvTypeInfo({"pvName": "B", "paused": "true"}))
    configuration.put(PvTypeInfo({"pvName": "A", "units": "\u00b0C"}))
    configuration.add_alias("C", "A")
    configuration = reopened()
    assert (configuration.pvs, configuration.names, configuration.aliases) == (["A", "B"], ["A", "B", "C"], {"C": "A"})
    assert configuration.type_info("C").info["units"] == "\u00b0C"
    assert configuration.type_info("B").paused


def test_a_removed_pv_takes_its_aliases_along(reopened):
    """Neither is known after a restart."""
    configuration = reopened()
    configuration.put(PvTypeInfo({"pvName": "A"}))
    configuration.add_alias("B", "A")
    configuration.remove("A")
    for found in (configuration, reopened()):
        assert (found.names, found.type_info("A"), found.type_info("B")) == ([], None, None)


def test_a_removed_alias_leaves_its_pv(reopened):
    """Only the name is gone."""
    configuration = reopened()
    configuration.put(PvTypeInfo({"pvName": "A"}))
    configuration.add_alias("B", "A")
    configuration.remove_alias("B")
    assert configuration.names == reopened().names == ["A"]


def test_flags_are_lost(reopened):
    """Named flags live only as long as the process (appliance.md A.5)."""
    configuration = reopened()
    configuration.flags["x"] = True
    assert reopened().flags == {}
