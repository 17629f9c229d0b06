"""What tells a primary from other clusters: its address, and what stays the same of a PV when that changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import sha256

from archredundancy.client import ManagementClient
from archredundancy.errors import CommitError
from archredundancy.model import TypeInfo, format_time

__all__ = ["address_of", "differences", "key_of", "marks_of"]


def address_of(manager: ManagementClient, pv: str, cluster: str) -> str:
    """Return the address of a PV's owner as its cluster tells it, however it is reached from here.

    Parameters
    ----------
    manager : ManagementClient
    pv : str
    cluster : str
        What to call the cluster in the error.

    Raises
    ------
    CommitError
        If the owner is not in the cluster now, so that nobody says.
    """
    owner = manager.type_info(pv).appliance
    members = {member.identity: member.management_url for member in manager.appliances_in_cluster()}
    if owner not in members:
        raise CommitError(
            f"{pv} belongs to the member {owner!r} of the {cluster}, which is down; wait until it is back"
        )
    return members[owner]


def key_of(address: str) -> str:
    """Return what stands for an address in names of files.

    Examples
    --------
    >>> key_of("http://archiver:17665/mgmt/bpl")
    '99c379d1a417fe9d'
    """
    return sha256(address.encode()).hexdigest()[:16]


def marks_of(info: TypeInfo, storage: str) -> dict[str, str]:
    """Return what stays the same of a PV when its primary moves to another host or gets another name.

    Parameters
    ----------
    info : TypeInfo
    storage : str
        Name of the store that is merged into.

    Returns
    -------
    dict of str to str
        `member` that owns it, when it was `created` there, its `dbr_type`, `root_folder` of the store, and `chunk_key`.
    """
    roots = [store.root_folder for store in info.stores if store.name == storage]
    return {
        "member": info.appliance,
        "created": format_time(info.created),
        "dbr_type": info.dbr_type.name,
        "root_folder": roots[0] if roots else "",
        "chunk_key": str(info.reply.get("chunkKey") or ""),
    }


def differences(then: Mapping[str, object], now: Mapping[str, str], roots: Collection[str] = ()) -> list[str]:
    """Return in words what is not the same as it was; nothing where all is.

    Parameters
    ----------
    then : mapping
        Marks as they were written down; what was not counts as another.
    now : mapping of str to str
        Marks of now.
    roots : collection of str
        Other folders that the run itself may have pointed the store at.

    Examples
    --------
    >>> was = {"member": "appliance0", "root_folder": "/lts"}
    >>> differences(was, {"member": "appliance1", "root_folder": "/lts_rebuilt"}, roots=["/lts_rebuilt"])
    ["its member was 'appliance0' and is 'appliance1'"]
    """
    return [
        f"its {name.replace('_', ' ')} was {then.get(name)!r} and is {mark!r}"
        for name, mark in now.items()
        if mark != then.get(name) and not (name == "root_folder" and mark in roots)
    ]
