"""`Roots`: between which folders a PV is moved, and which of them has what it had at each moment."""

from __future__ import annotations

from dataclasses import dataclass

from archredundancy.errors import CommitError
from archredundancy.plan import Root

__all__ = ["Roots", "beside"]

_KEY = "rootFolder="


@dataclass(frozen=True, kw_only=True)
class Roots:
    """URLs of the store that is rebuilt.

    Attributes
    ----------
    old : str
        What it is when the run begins.
    refuge : str
        Where what the PV had is kept, untouched, while the goal is filled.
    goal : str
        What it is when the run has ended well.
    owner : str
        Management URL of the member that owns the PV.
    type_info : str
        File with the PVTypeInfo as it was, inside the run folder.

    Examples
    --------
    >>> url = "pb://localhost?name=LTS&rootFolder=/lts&partitionGranularity=PARTITION_YEAR"
    >>> roots = Roots.of_rebuild(url, Root.NEW, "7f3a-91c2", owner="http://host:17665/mgmt/bpl", type_info="info.json")
    >>> roots.goal
    'pb://localhost?name=LTS&rootFolder=/lts_rebuilt_7f3a-91c2&partitionGranularity=PARTITION_YEAR'
    >>> roots.refuge == roots.old == url
    True
    """

    old: str
    refuge: str
    goal: str
    owner: str
    type_info: str

    @classmethod
    def of_rebuild(cls, old: str, root: Root, plan_id: str, *, owner: str, type_info: str) -> Roots:
        """Return the roots of a rebuild.

        Raises
        ------
        CommitError
            If the store's URL names no folder.
        """
        if root is Root.NEW:
            goal = beside(old, f"_rebuilt_{plan_id}")
            return cls(old=old, refuge=old, goal=goal, owner=owner, type_info=type_info)
        refuge = beside(old, f"_before_{plan_id}")
        return cls(old=old, refuge=refuge, goal=old, owner=owner, type_info=type_info)

    @property
    def moves_files(self) -> bool:
        """Whether the files have to be moved to the refuge first."""
        return self.refuge != self.old


def beside(url: str, suffix: str) -> str:
    """Return the URL of a store in a folder of the same name with a suffix; all else stays as it is written.

    Raises
    ------
    CommitError
        If the URL names no folder.
    """
    base, _, query = url.partition("?")
    parts = query.split("&")
    if not any(part.startswith(_KEY) for part in parts):
        raise CommitError(f"the store {url!r} names no folder, so it cannot be rebuilt; give it a rootFolder")
    changed = [part.rstrip("/") + suffix if part.startswith(_KEY) else part for part in parts]
    return f"{base}?{'&'.join(changed)}"
