"""EPICS alarm severities and statuses, and how a Dataset tells what its small integers mean."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["AlarmSeverity", "AlarmStatus", "flag_attributes"]


class AlarmSeverity(IntEnum):
    """How bad an alarm is (`epicsAlarmSeverity` in alarm.h).

    Archives hold other values too: 3904, disconnected, comes through a Channel Archiver that an appliance proxies.
    """

    NO_ALARM = 0
    MINOR = 1
    MAJOR = 2
    INVALID = 3


class AlarmStatus(IntEnum):
    """Why there is an alarm (`epicsAlarmCondition` in alarm.h)."""

    NO_ALARM = 0
    READ = 1
    WRITE = 2
    HIHI = 3
    HIGH = 4
    LOLO = 5
    LOW = 6
    STATE = 7
    COS = 8
    COMM = 9
    TIMEOUT = 10
    HWLIMIT = 11
    CALC = 12
    SCAN = 13
    LINK = 14
    SOFT = 15
    BAD_SUB = 16
    UDF = 17
    DISABLE = 18
    SIMM = 19
    READ_ACCESS = 20
    WRITE_ACCESS = 21


def flag_attributes(flags: type[IntEnum], dtype: npt.DTypeLike) -> dict[str, Any]:
    """Return the attributes by which the CF conventions name the values of a variable of this dtype.

    Examples
    --------
    >>> flag_attributes(AlarmSeverity, np.int32)["flag_meanings"]
    'NO_ALARM MINOR MAJOR INVALID'
    """
    return {
        "flag_values": np.array([int(flag) for flag in flags], dtype),
        "flag_meanings": " ".join(flag.name for flag in flags),
    }
