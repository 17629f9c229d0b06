"""The configuration and what survives a restart."""

import pytest

from archredundancy.appliance.configuration.configuration import Configuration, SharedMaps
from archredundancy.appliance.configuration.type_info import PvTypeInfo


@pytest.fixture
def reopened(tmp_path):
    """A function that opens the configuration anew, after it was closed."""
    opened = []

    def reopen():
        for configuration in opened:
            configuration.close()
        opened.append(Configuration(tmp_path / "configuration.sqlite", "q0"))
        return opened[-1]

    yield reopen
    for configuration in opened:
        configuration.close()


def test_pvs_and_aliases_survive(reopened):
    """A PV and its alias are known again after a restart, with all keys of the type info."""
    configuration = reopened()
    configuration.put(PvTypeInfo({"pvName": "B", "applianceIdentity": "q0", "paused": "true"}))
    configuration.put(PvTypeInfo({"pvName": "A", "applianceIdentity": "q0", "units": "\u00b0C"}))
    configuration.add_alias("C", "A")
    configuration = reopened()
    assert (configuration.pvs, configuration.names, configuration.aliases) == (["A", "B"], ["A", "B", "C"], {"C": "A"})
    assert configuration.type_info("C").info["units"] == "\u00b0C"
    assert configuration.type_info("B").paused


def test_a_removed_pv_takes_its_aliases_along(reopened):
    """Neither is known after a restart."""
    configuration = reopened()
    configuration.put(PvTypeInfo({"pvName": "A", "applianceIdentity": "q0"}))
    configuration.add_alias("B", "A")
    configuration.remove("A")
    for found in (configuration, reopened()):
        assert (found.names, found.type_info("A"), found.type_info("B")) == ([], None, None)


def test_a_removed_alias_leaves_its_pv(reopened):
    """Only the name is gone."""
    configuration = reopened()
    configuration.put(PvTypeInfo({"pvName": "A", "applianceIdentity": "q0"}))
    configuration.add_alias("B", "A")
    configuration.remove_alias("B")
    assert configuration.names == reopened().names == ["A"]


def test_flags_are_lost(reopened):
    """Named flags live only as long as the process (appliance.md A.5)."""
    configuration = reopened()
    configuration.flags["x"] = True
    assert reopened().flags == {}


@pytest.fixture
def member(tmp_path):
    """A function that opens the configuration of one member of a cluster, after that member had closed it."""
    opened = {}
    shared = SharedMaps()

    def open_member(identity):
        close_member(identity)
        opened[identity] = Configuration(tmp_path / f"{identity}.sqlite", identity, shared)
        return opened[identity]

    def close_member(identity):
        if identity in opened:
            opened.pop(identity).close()

    open_member.close = close_member
    yield open_member
    for configuration in opened.values():
        configuration.close()


def info(pv, identity, **keys):
    """Return a type info."""
    return PvTypeInfo({"pvName": pv, "applianceIdentity": identity} | keys)


def test_members_see_the_same_at_once(member):
    """Type infos, aliases and flags are shared, whoever was told (appliance.md L 0, L 7)."""
    one, other = member("q0"), member("q1")
    one.put(info("A", "q1"))
    other.add_alias("B", "A")
    one.flags["x"] = True
    for configuration in (one, other):
        assert (configuration.names, configuration.flags) == (["A", "B"], {"x": True})
    assert (one.names_of("q0"), one.names_of("q1")) == ([], ["A", "B"])


def test_a_member_reads_only_its_own_pvs(member):
    """Each writes all PVs to its file, and reads its own ones at the start (appliance.md L 0)."""
    one, other = member("q0"), member("q1")
    one.put(info("A", "q0"))
    other.put(info("B", "q1"))
    member.close("q0")
    member.close("q1")
    assert member("q1").pvs == ["B"]
    assert member("q0").pvs == ["A", "B"]


def test_an_alias_is_in_the_file_of_who_was_told(member):
    """It comes back with that member only (appliance.md L 0)."""
    one, other = member("q0"), member("q1")
    one.put(info("A", "q0"))
    other.add_alias("B", "A")
    member.close("q0")
    member.close("q1")
    assert member("q0").names == ["A"]
    assert member("q1").names == ["A", "B"]


def test_pvs_of_a_member_that_is_down_stay_known(member):
    """So do its aliases, and flags (appliance.md L 4b, L 4d)."""
    one, other = member("q0"), member("q1")
    other.put(info("A", "q1"))
    other.add_alias("B", "A")
    other.flags["x"] = True
    member.close("q1")
    assert (one.names, one.flags) == (["A", "B"], {"x": True})


def test_a_change_behind_a_members_back_is_undone(member):
    """What it has in its file holds when it is back, in the others' files too (appliance.md L 4c)."""
    one, other = member("q0"), member("q1")
    other.put(info("A", "q1", units="mm"))
    other.detach()
    one.put(info("A", "q1", units="kV"))
    assert one.type_info("A").info["units"] == "kV"
    assert member("q1").type_info("A").info["units"] == one.type_info("A").info["units"] == "mm"


def test_flags_are_lost_with_the_last_member(member):
    """Nobody keeps them in a file (appliance.md A.5)."""
    member("q0").flags["x"] = True
    assert member("q1").flags == {"x": True}
    member.close("q0")
    member.close("q1")
    assert member("q0").flags == {}


def test_external_servers_survive(reopened):
    """One that was added is known after a restart, one that was removed is not."""
    configuration = reopened()
    configuration.add_external_server("http://a/retrieval", "pbraw")
    configuration.add_external_server("http://b/retrieval", "pbraw")
    configuration.remove_external_server("http://b/retrieval")
    configuration.remove_external_server("http://never/added")
    assert reopened().external_servers == {"http://a/retrieval": "pbraw"}


def test_a_change_is_made_of_what_is_there(tmp_path):
    """Not of what somebody saw before; nothing is changed if there is nothing to do, or the PV has gone."""
    configuration = Configuration(tmp_path / "x.sqlite", "primary0")
    configuration.put(PvTypeInfo({"pvName": "A", "units": "1"}))
    change = lambda info: info.changed(0, units=info.info["units"] + "2")  # noqa: E731
    assert configuration.change("A", change).info["units"] == "12"
    assert configuration.change("A", change).info["units"] == "122"
    assert configuration.change("A", lambda _info: None) is None
    assert configuration.type_info("A").info["units"] == "122"
    configuration.remove("A")
    assert configuration.change("A", change) is None
    assert configuration.pvs == []
    configuration.close()
