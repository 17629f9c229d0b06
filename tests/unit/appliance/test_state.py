"""Who belongs to a cluster, who of them is running, and whose a PV is."""

from dataclasses import fields
from types import SimpleNamespace

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.state import ApplianceState, Members


def info(identity):
    """Return the type info of a PV of a member."""
    return PvTypeInfo({"pvName": "A", "applianceIdentity": identity})


def state(identity, members):
    """Return the state of a member without parts."""
    parts = dict.fromkeys(field.name for field in fields(ApplianceState))
    return ApplianceState(**parts | {"identity": identity, "url": f"http://{identity}", "members": members})


def test_a_member_that_leaves_stays_known():
    """Its URL is known on, but it is not running (appliance.md L 4b)."""
    members = Members()
    for identity in ("q1", "q0"):
        members.join(SimpleNamespace(identity=identity, url=f"http://{identity}"))
    members.leave("q1")
    members.leave("never there")
    assert members.urls == {"q0": "http://q0", "q1": "http://q1"}
    assert [member.identity for member in members.running] == ["q0"]
    assert (members.state("q1"), members.state("q0").identity) == (None, "q0")


def test_running_members_come_in_the_order_of_the_alphabet():
    """However they came."""
    members = Members()
    for identity in ("b", "c", "a"):
        members.join(SimpleNamespace(identity=identity, url=""))
    assert [member.identity for member in members.running] == ["a", "b", "c"]


def test_a_pv_has_an_owner_while_its_member_runs():
    """A member's own PVs are its own even while it comes or goes."""
    members = Members()
    one, other = (state(identity, members) for identity in ("q0", "q1"))
    assert one.owner(info("q0")) is one and one.owns(info("q0"))
    assert one.owner(info("q1")) is None and not one.owns(info("q1"))
    members.join(other)
    assert one.owner(info("q1")) is other
    assert one.owner(info("nobody")) is None
