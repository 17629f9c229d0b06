"""What becomes of an update: whether it is stored, and what its fields tell of the connection. No threads, no files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from archredundancy.model import NS_PER_SECOND, start_of_year

__all__ = ["Connection", "Verdict", "capacity", "judge"]

# `ArchiveChannel.FUTURE_CUTOFF_SECONDS` and `PAST_CUTOFF_TIMESTAMP`.
_FUTURE_SECONDS = 1800
_PAST = start_of_year(1991)
# `Integer.MAX_VALUE`, at which the real one's count stops.
_MOST = float((1 << 31) - 1)


class Verdict(Enum):
    """What becomes of an update."""

    STORE = "stored"
    SAME_TIME = "the record was not processed since: dropped, not counted, and a remembered loss is forgotten"
    WRONG_TIME = "too far ahead, before 1991 or before the last one: dropped and counted"


def judge(time: int, *, last: int | None, now: int) -> Verdict:
    """Return what becomes of an update (`ArchiveChannel.isfutureorpastOrSame`).

    Parameters
    ----------
    time : int, ns since 1970 UTC
        Its stamp, from the IOC.
    last : int, ns since 1970 UTC, or None
        Stamp of the last sample archived. A channel that knows of none takes a first sample of any age since 1991.
    now : int, ns since 1970 UTC
        By the appliance's clock.

    Examples
    --------
    >>> now = start_of_year(2026)
    >>> [judge(now + ahead, last=now, now=now).name for ahead in (-1, 0, 1, 1801 * NS_PER_SECOND)]
    ['WRONG_TIME', 'SAME_TIME', 'STORE', 'WRONG_TIME']
    """
    latest = (now // NS_PER_SECOND + _FUTURE_SECONDS) * NS_PER_SECOND
    if _PAST <= time <= latest and (last is None or time > last):
        return Verdict.STORE
    return Verdict.SAME_TIME if time == last else Verdict.WRONG_TIME


def capacity(seconds_to_buffer: float, period: float) -> int:
    """Return how many samples a buffer holds (`ArchiveEngine.addChannel`).

    Examples
    --------
    >>> capacity(2.0, 0.1), capacity(10.0, 1.0), capacity(10.0, 3600.0)
    (21, 11, 2)
    """
    samples = seconds_to_buffer / (period if period > 0 else 1.0)
    return max(2, int(min(max(samples, 1.0), _MOST) + 0.5) + 1)


@dataclass(frozen=True, kw_only=True)
class Connection:
    """What a channel remembers of its connection until a stored sample tells it (`PVMetrics`).

    Attributes
    ----------
    lost : int, seconds since 1970 UTC
        When the connection was lost last, by the appliance's clock; 0 if that is not known or was told.
    is_new : bool
        Whether nothing was stored since the channel was made: at the engine's start, a resume, or other parameters.
    regained : bool
        Whether nothing was stored since the PV connected.
    """

    lost: int = 0
    is_new: bool = True
    regained: bool = False

    def at_loss(self, now: int) -> Connection:
        """Return what is remembered after a loss at a time, seconds since 1970 UTC."""
        return replace(self, lost=now, regained=False)

    def at_connection(self) -> Connection:
        """Return what is remembered after the PV connected."""
        return replace(self, regained=True)

    def at_same_time(self) -> Connection:
        """Return what is remembered after the PV proved not to have been processed: no loss, so no trace of it."""
        return replace(self, lost=0)

    def at_sample(self, now: int) -> tuple[dict[str, str], Connection]:
        """Return the fields that a sample is stored with, and what is remembered then.

        ======== ========= ======================= =====================================================
        is_new   regained  lost                    fields
        ======== ========= ======================= =====================================================
        yes      any       any                     cnxlostepsecs (0 if none), cnxregainedepsecs, startup
        no       yes       in another second       cnxlostepsecs, cnxregainedepsecs
        no       yes       none or in this second  none
        no       no        any                     none
        ======== ========= ======================= =====================================================

        Parameters
        ----------
        now : int, seconds since 1970 UTC
            By the appliance's clock: what the sample says of the connection is the server's time, not the IOC's.
        """
        fields: dict[str, str] = {}
        told = self.is_new or (self.regained and self.lost not in (0, now))
        if told:
            fields = {"cnxlostepsecs": str(self.lost), "cnxregainedepsecs": str(now)}
        if self.is_new:
            fields["startup"] = "true"
        return fields, Connection(lost=0 if told else self.lost, is_new=False, regained=False)
