"""How a PV is sampled, as calls say it (`PolicyConfig.SamplingMethod`)."""

from __future__ import annotations

from archredundancy.appliance.server.replies import Refused

__all__ = ["sampling_method", "sampling_period"]

_METHODS = ("SCAN", "MONITOR", "DONT_ARCHIVE")
# `Float.MAX_VALUE`, seconds.
_LONGEST = 3.4028234663852886e38


def sampling_method(text: str) -> str:
    """Return a method by its name.

    Raises
    ------
    Refused
        With 500 if there is no such method.
    """
    if text not in _METHODS:
        raise Refused(
            500,
            "java.lang.IllegalArgumentException: No enum constant "
            f"org.epics.archiverappliance.mgmt.policy.PolicyConfig.SamplingMethod.{text}",
        )
    return text


def sampling_period(text: str) -> float:
    """Return a period, in seconds.

    Raises
    ------
    Refused
        With 500 if it is no number, or none that a timer could have.
    """
    try:
        period = float(text)
    except ValueError:
        raise Refused(500, f'java.lang.NumberFormatException: For input string: "{text}"') from None
    if not abs(period) <= _LONGEST:
        raise Refused(500, f"java.lang.IllegalArgumentException: the sampling period is {text}")
    return period
