"""What a site sets for an appliance before it starts: `archappl.properties` and `policies.py`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from archredundancy.appliance.configuration.policies import SIX_MONTHS, Policies
from archredundancy.errors import InputError
from archredundancy.model import chunk_key

__all__ = ["OutOfSpace", "SiteSettings"]


class OutOfSpace(Enum):
    """What ETL does with files for which the destination has no room (`OutOfSpaceHandling`)."""

    DELETE_SOURCE_OF_FIRST_STAGE = "DELETE_SRC_STREAMS_IF_FIRST_DEST_WHEN_OUT_OF_SPACE"
    DELETE_SOURCE = "DELETE_SRC_STREAMS_WHEN_OUT_OF_SPACE"
    SKIP = "SKIP_ETL_WHEN_OUT_OF_SPACE"


@dataclass(frozen=True, kw_only=True)
class SiteSettings:
    """Settings of one appliance.

    Attributes
    ----------
    policy : str
        Name of the policy for PVs without one of their own: `Default` keeps all samples, `SixMonths` is a secondary's.
    keep_days : int
        How long the policy `SixMonths` keeps samples.
    separators : str
        Regular expression of what becomes a folder boundary in file names (`siteNameSpaceSeparators`).
    terminator : str
        Ends the key of a PV's files.
    named_flags : Path or None
        File with a line `NAME=true` for each flag that is set at a start (`NamedFlags.readFromFile`).
    out_of_space : OutOfSpace

    Raises
    ------
    InputError
        If there is no such policy, `keep_days` is less than 1, the separators are no regular expression, or the
        terminator is not one character.

    Examples
    --------
    >>> SiteSettings(separators=r"[:{}]").key_of("SR{DCCT}I-1")
    'SR/DCCT/I-1:'
    """

    policy: str = "Default"
    keep_days: int = SIX_MONTHS
    separators: str = r"[\:\-]"
    terminator: str = ":"
    named_flags: Path | None = None
    out_of_space: OutOfSpace = OutOfSpace.DELETE_SOURCE_OF_FIRST_STAGE

    def __post_init__(self) -> None:
        Policies(self.policy, self.keep_days)
        try:
            re.compile(self.separators)
        except re.error as damage:
            raise InputError(f"the separators {self.separators!r} are no regular expression: {damage}") from None
        if len(self.terminator) != 1 or self.terminator == "/":
            raise InputError(f"the terminator {self.terminator!r} must be one character, and no slash, such as ':'")

    @property
    def policies(self) -> Policies:
        """What is chosen from for new PVs."""
        return Policies(self.policy, self.keep_days)

    def key_of(self, pv: str) -> str:
        """Return the start of a new PV's file paths below a store's root (`ConvertPVNameToKey`)."""
        return chunk_key(pv, self.separators, self.terminator)

    def flags(self) -> dict[str, bool]:
        """Read the named flags that the file sets.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        if self.named_flags is None:
            return {}
        lines = self.named_flags.read_text(encoding="latin-1").splitlines()
        found = (_PROPERTY.fullmatch(line.strip()) for line in lines)
        return {match["name"]: match["value"].lower() == "true" for match in found if match}


# A line of a Java properties file: comments begin with # or !, and a blank, = or : ends the name.
_PROPERTY = re.compile(r"(?P<name>[^#!\s=:][^\s=:]*)(?:\s*[=:\s]\s*(?P<value>.*))")
