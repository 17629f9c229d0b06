"""Partitions: the slots of time that stored files cover, and the names of those files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from archredundancy.errors import InputError
from archredundancy.model.times import NS_PER_SECOND

__all__ = ["Granularity", "Partition", "chunk_key"]


class Granularity(Enum):
    """How much time one file covers; the member's value is the archiver's word for it (`PartitionGranularity`)."""

    MIN5 = "PARTITION_5MIN"
    MIN15 = "PARTITION_15MIN"
    MIN30 = "PARTITION_30MIN"
    HOUR = "PARTITION_HOUR"
    DAY = "PARTITION_DAY"
    MONTH = "PARTITION_MONTH"
    YEAR = "PARTITION_YEAR"

    @classmethod
    def parse(cls, text: str) -> Granularity:
        """Return the granularity a store URL names.

        Raises
        ------
        InputError
            If there is no such granularity.
        """
        try:
            return cls(text)
        except ValueError:
            allowed = ", ".join(member.value for member in cls)
            raise InputError(f"unknown partition granularity {text!r}; allowed: {allowed}") from None

    @property
    def approximate_ns(self) -> int:
        """Length, ns, with 31 days to a month and 366 to a year, as the archiver counts retention."""
        return _LENGTHS[self] * NS_PER_SECOND


_LENGTHS = {
    Granularity.MIN5: 300,
    Granularity.MIN15: 900,
    Granularity.MIN30: 1800,
    Granularity.HOUR: 3600,
    Granularity.DAY: 86400,
    Granularity.MONTH: 31 * 86400,
    Granularity.YEAR: 366 * 86400,
}
_MINUTES = {Granularity.MIN5: 5, Granularity.MIN15: 15, Granularity.MIN30: 30, Granularity.HOUR: 60}
_FORMATS = {
    Granularity.YEAR: "%Y",
    Granularity.MONTH: "%Y_%m",
    Granularity.DAY: "%Y_%m_%d",
    Granularity.HOUR: "%Y_%m_%d_%H",
}
_MINUTE_FORMAT = "%Y_%m_%d_%H_%M"


@dataclass(frozen=True, kw_only=True, order=True)
class Partition:
    """One slot `[start, end)` of a granularity, always UTC.

    Attributes
    ----------
    start, end : int, ns since 1970 UTC
    name : str
        Text of the slot in file names, such as `2012_08_24`.

    Examples
    --------
    >>> Partition.holding(1345800000_000000000, Granularity.DAY).name
    '2012_08_24'
    """

    start: int
    end: int
    name: str

    @classmethod
    def holding(cls, ns: int, granularity: Granularity) -> Partition:
        """Return the slot that holds an instant."""
        moment = datetime.fromtimestamp(ns // NS_PER_SECOND, UTC)
        if granularity in _MINUTES:
            length = _MINUTES[granularity]
            minute = moment.minute - moment.minute % length
            begin = moment.replace(minute=minute, second=0)
            after = begin + timedelta(minutes=length)
        else:
            begin = moment.replace(hour=0, minute=0, second=0)
            after = begin + timedelta(days=1)
            if granularity is Granularity.MONTH:
                begin = begin.replace(day=1)
                after = (begin + timedelta(days=31)).replace(day=1)
            elif granularity is Granularity.YEAR:
                begin = begin.replace(month=1, day=1)
                after = begin.replace(year=begin.year + 1)
        name = begin.strftime(_FORMATS.get(granularity, _MINUTE_FORMAT))
        return cls(start=_ns(begin), end=_ns(after), name=name)

    @classmethod
    def from_name(cls, name: str, granularity: Granularity) -> Partition:
        """Return the slot that a file name's partition text stands for.

        Raises
        ------
        InputError
            If the text is not a slot of this granularity.
        """
        form = _FORMATS.get(granularity, _MINUTE_FORMAT)
        try:
            partition = cls.holding(_ns(datetime.strptime(name, form).replace(tzinfo=UTC)), granularity)
        except ValueError:
            partition = None
        if partition is None or partition.name != name:
            raise InputError(f"{name!r} is not a partition of {granularity.value}; it should look like {form}")
        return partition

    @property
    def last_read(self) -> int:
        """Last instant that the archiver reads and converts of this slot: the start of its last second, ns.

        `mergeInData` drops what lies later (`PathNameUtility.StartEndTimeFromName`).
        """
        return self.end - NS_PER_SECOND

    def following(self, granularity: Granularity) -> Partition:
        """Return the next slot."""
        return Partition.holding(self.end, granularity)


def chunk_key(pv: str, separators: str = r"[\:\-]", terminator: str = ":") -> str:
    """Return the start of a PV's file paths below a store's root (`ConvertPVNameToKey`).

    Parameters
    ----------
    pv : str
        Name of the PV.
    separators : str
        Regular expression of what becomes a folder boundary; the site's setting, by default colon and hyphen.
    terminator : str
        Ends the key, so that one PV's files cannot be taken for another's.

    Examples
    --------
    >>> chunk_key("SR:DCCT-01:CURRENT")
    'SR/DCCT/01/CURRENT:'
    """
    return re.sub(separators, "/", pv) + terminator


def _ns(moment: datetime) -> int:
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86400 + delta.seconds) * NS_PER_SECOND
