"""Policies: where the samples of a new PV are stored, and how it is sampled (`policies.py` of a site)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archredundancy.errors import InputError
from archredundancy.model import DbrType

__all__ = ["POLICIES", "SIX_MONTHS", "STREAM_FIELDS", "MetaInfo", "Policies", "Policy"]

_STS = (
    "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}"
    "&partitionGranularity=PARTITION_HOUR&consolidateOnShutdown=true"
)
_MTS = "pb://localhost?name=MTS&rootFolder=${ARCHAPPL_MEDIUM_TERM_FOLDER}&partitionGranularity=PARTITION_DAY"
_LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"
_HELD = f"{_MTS}&hold=2&gather=1"
_BLACK_HOLE = "blackhole://localhost?name=LTS"

#: For how long the policy of this name keeps samples unless a site says otherwise, days.
SIX_MONTHS = 184

#: Fields that are archived in the stream of the PV itself.
STREAM_FIELDS = ("HIHI", "HIGH", "LOW", "LOLO", "LOPR", "HOPR", "DRVH", "DRVL")
_ANALOG = STREAM_FIELDS[:6]
_FIELDS_OF_RECORDS = {
    **dict.fromkeys(("ai", "calc", "calcout", "longin", "dfanout", "sub"), _ANALOG),
    **dict.fromkeys(("ao", "longout"), STREAM_FIELDS),
}
_QUICK = 2.0
_LARGE = 35.0


@dataclass(frozen=True, kw_only=True)
class MetaInfo:
    """What an engine found out about a PV in a minute of sampling (`MetaInfo`).

    Attributes
    ----------
    dbr_type : DbrType
    element_count : int
    event_rate : float, samples per second
    storage_rate : float, bytes per second
    info : mapping of str to str
        What goes into the type info as it is: `units`, `precision`, the limits, `hostName`.
    fields : mapping of str to str
        Of the record, such as `RTYP`, `SCAN`, `MDEL`; the type info's `extraFields`.
    """

    dbr_type: DbrType
    element_count: int = 1
    event_rate: float = 0.0
    storage_rate: float = 0.0
    info: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def archive_fields(self) -> tuple[str, ...]:
        """Fields that every policy archives with a record of this type."""
        return _FIELDS_OF_RECORDS.get(self.fields.get("RTYP", ""), ())


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What becomes of a new PV.

    Attributes
    ----------
    name : str
        What its type info will say.
    description : str
    stores : tuple of str
        Store URLs, youngest samples first.
    period : float, s
        Of sampling, unless the user gave one.
    """

    name: str
    description: str
    stores: tuple[str, ...]
    period: float = 1.0


#: Policies by the name that `archivePV` may give. One of them calls itself by the name of another, as at the origin.
POLICIES = {
    "2HzPVs": Policy(
        name="2HzPVs", description="PVs with an event rate more than 2Hz", stores=(_STS, _HELD, _LTS)
    ),
    "SixMonths": Policy(
        name="SixMonths",
        description="STS, MTS for six months, then black hole (the secondary).",
        stores=(_STS, f"{_MTS}&hold={SIX_MONTHS}&gather=1", _BLACK_HOLE),
    ),
    "BPMS": Policy(
        name="BPMS", description="BPMS that generate more than 1GB a year", stores=(_STS, _HELD, _LTS)
    ),
    "3DaysMTSOnly": Policy(
        name="2HzPVs",
        description="Store data for 3 days upto the MTS only.",
        stores=(_STS, f"{_MTS}&hold=4&gather=1", _BLACK_HOLE),
    ),
    "Default": Policy(
        name="Default",
        description="The default policy",
        stores=(_STS, _HELD, f"{_LTS}&pp=firstSample&pp=firstSample_3600"),
    ),
}  # fmt: skip
_OTHERWISE = Policy(name="Default", description="", stores=(_STS, _HELD, _LTS))


class Policies:
    """Chooses a policy (`determinePolicy`).

    Parameters
    ----------
    default : str
        For PVs without a policy of their own; `Default` looks at how often they change.
    keep_days : int
        How long `SixMonths` keeps samples, for sites where that is not half a year.

    Attributes
    ----------
    by_name : dict of str to Policy
        All that a user may ask for.

    Raises
    ------
    InputError
        If there is no such policy, or samples are to be kept for less than a day.
    """

    def __init__(self, default: str = "Default", keep_days: int = SIX_MONTHS) -> None:
        if default not in POLICIES:
            raise InputError(f"there is no policy {default!r}; allowed: {', '.join(POLICIES)}")
        if keep_days < 1:
            raise InputError(f"samples cannot be kept for {keep_days} days; give 1 at least")
        self._default = default
        self.by_name = POLICIES if keep_days == SIX_MONTHS else POLICIES | {"SixMonths": _kept_for(keep_days)}

    def choose(self, pv: str, asked: str, sampled: MetaInfo) -> Policy:
        """Return the policy for a new PV.

        Parameters
        ----------
        pv : str
        asked : str
            Name that the user gave, or empty. One that is not known means the stores of the default.
        sampled : MetaInfo

        Examples
        --------
        >>> Policies("SixMonths").choose("A:B", "", MetaInfo(dbr_type=DbrType.SCALAR_DOUBLE)).stores[-1]
        'blackhole://localhost?name=LTS'
        """
        if asked or self._default != "Default":
            return self.by_name.get(asked or self._default, _OTHERWISE)
        if sampled.event_rate > _QUICK:
            return POLICIES["2HzPVs"]
        if pv.startswith("BPMS") and sampled.storage_rate > _LARGE:
            # So many samples are left out that a year has no more than a gigabyte.
            return Policy(
                name="BPMS",
                description=POLICIES["BPMS"].description,
                stores=POLICIES["BPMS"].stores,
                period=sampled.storage_rate / (_LARGE * sampled.event_rate),
            )
        return _OTHERWISE


def _kept_for(days: int) -> Policy:
    return Policy(
        name="SixMonths",
        description=f"STS, MTS for {days} days, then black hole (the secondary).",
        stores=(_STS, f"{_MTS}&hold={days}&gather=1", _BLACK_HOLE),
    )
