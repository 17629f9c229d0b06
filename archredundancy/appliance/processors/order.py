"""Which samples count, in order of time: those that are newer than the last one, and one before the first bin."""

from __future__ import annotations

from archredundancy.appliance.storage.row import Row
from archredundancy.model import NS_PER_SECOND

__all__ = ["LastBefore", "Newer"]

# Where the appliance begins to count: samples up to here are taken for repeats, too.
_MILLISECOND = 1_000_000


class Newer:
    """Tells repeats, which come from another store, from samples that are newer than the last one."""

    def __init__(self) -> None:
        self._last = _MILLISECOND

    def takes(self, row: Row) -> bool:
        """Whether a sample is newer than all before it; raises DamagedLine if it cannot be read."""
        if row.time <= self._last:
            return False
        self._last = row.time
        return True


class LastBefore:
    """The last sample before the first bin, as it is offered; of two in the same second the later offer.

    Attributes
    ----------
    is_placed : bool
        Whether it has found its place; from then on nothing else is kept.
    """

    def __init__(self) -> None:
        self._row: Row | None = None
        self.is_placed = False

    def offer(self, row: Row) -> None:
        """Keep a sample unless its second is before that of the one that is kept."""
        if self._row is None or row.time // NS_PER_SECOND >= self._row.time // NS_PER_SECOND:
            self._row = self._row if self.is_placed else row

    @property
    def waiting(self) -> Row | None:
        """The sample, if it has no place yet."""
        return None if self.is_placed else self._row
