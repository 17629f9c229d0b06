"""`Stores`: where scratch PVs are stored, which is like a PV of the site."""

from __future__ import annotations

from dataclasses import dataclass

from archredundancy.commit.sides import Side
from archredundancy.errors import CommitError, UnknownPVError
from archredundancy.model import Granularity, StoreUrl

__all__ = ["Stores", "plain_store"]

#: How many PVs are looked at for stores to be like.
_CANDIDATES = 50
#: Options of a store that keep less than what comes in, or leave files that `deletePV` does not know.
_LEFT_OUT = frozenset({"pp", "reducedata", "etlIntoStoreIf", "etlOutofStoreIf"})
_ONLY = frozenset({"name", "rootFolder", "partitionGranularity"})


@dataclass(frozen=True, kw_only=True)
class Stores:
    """Where scratch PVs are stored.

    Attributes
    ----------
    primary : tuple of str
        Store URLs, youngest samples first, as a PV of the site has them.
    secondary : str
        The only one there.
    like : str
        The PV whose stores these are.
    """

    primary: tuple[str, ...]
    secondary: str
    like: str

    @classmethod
    def like_those_of(cls, primary: Side, secondary: Side, pv: str | None = None) -> Stores:
        """Return stores like those of a PV that both clusters archive: a given one, or the first that will do.

        Raises
        ------
        CommitError
            If there is none with PB files at both.
        """
        names = [pv] if pv else primary.manager.all_pvs(limit=_CANDIDATES)
        for name in names:
            try:
                own, others = (side.manager.type_info(name).stores for side in (primary, secondary))
            except UnknownPVError:
                continue
            own, others = (tuple(store for store in found if _holds_files(store)) for found in (own, others))
            if own and others:
                return cls(
                    primary=tuple(plain_store(store) for store in own),
                    secondary=plain_store(others[-1], alone=True),
                    like=name,
                )
        raise CommitError(
            f"none of {', '.join(names[:5]) or 'no PVs'} is stored in PB files by both clusters; name a PV that is, as "
            "the scratch PVs are stored like it"
        )

    @property
    def target(self) -> StoreUrl:
        """The primary's store that is merged into."""
        return StoreUrl.parse(self.primary[-1])

    @property
    def granularity(self) -> Granularity:
        """Of that store.

        Raises
        ------
        CommitError
            If it has none.
        """
        if (found := self.target.granularity) is None:
            raise CommitError(f"the store {self.target.name} has no granularity")
        return found

    @property
    def secondary_name(self) -> str:
        """Name of the secondary's store."""
        return StoreUrl.parse(self.secondary).name

    @property
    def youngest(self) -> StoreUrl:
        """The primary's first store."""
        return StoreUrl.parse(self.primary[0])


def _holds_files(store: StoreUrl) -> bool:
    return store.scheme == "pb" and store.granularity is not None


def plain_store(store: StoreUrl, *, alone: bool = False) -> str:
    """Return the URL of a store like this one for scratch PVs, from which nothing is missing afterwards.

    Parameters
    ----------
    store : StoreUrl
    alone : bool
        Whether it is to be the PV's only store, from which nothing moves on.

    Examples
    --------
    >>> plain_store(StoreUrl.parse("pb://localhost?name=LTS&rootFolder=/lts&partitionGranularity=PARTITION_YEAR&pp=mean"))
    'pb://localhost?name=LTS&rootFolder=/lts&partitionGranularity=PARTITION_YEAR'
    """
    base, _, query = store.text.partition("?")
    parts = [part for part in query.split("&") if _stays(part.partition("=")[0], alone=alone)]
    return f"{base}?{'&'.join(parts)}"


def _stays(option: str, *, alone: bool) -> bool:
    return option in _ONLY if alone else option not in _LEFT_OUT
