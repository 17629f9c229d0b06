"""Requests of `getData`: parameters, defaults, and what is refused (`DataRetrievalServlet`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.java.instants import UnparsableTime, instant_text, parse_instant
from archredundancy.appliance.server.replies import Refused
from archredundancy.model import NS_PER_SECOND

__all__ = ["DataRequest"]

_HOUR = 3600 * NS_PER_SECOND


@dataclass(frozen=True, kw_only=True)
class DataRequest:
    """One request for samples.

    Attributes
    ----------
    name : str
        The PV as it was asked for: perhaps an alias.
    info : PvTypeInfo
    spans : list of (int, int), ns since 1970 UTC
        Windows, both ends inside, in order.
    processor : str
        What is to be done with the samples, such as `mean_3600`; empty for nothing.
    """

    name: str
    info: PvTypeInfo
    spans: list[tuple[int, int]]
    processor: str

    @classmethod
    def read(cls, parameters: Mapping[str, str], configuration: Configuration, now: int) -> DataRequest:
        """Read the parameters of a request.

        Raises
        ------
        Refused
            With the status and message of the real appliance.
        """
        name = parameters.get("pv")
        if name is None:
            raise Refused(400, "PV name is null.")
        spans = _spans(parameters, now)
        processor = parameters.get("pp", "firstSample" if parameters.get("usereduced", "").lower() == "true" else "")
        if "(" in name:
            if ")" not in name:
                raise Refused(400, f"Unbalanced paran {name}")
            processor, name = _function_call(name)
        name = _plain_name(name)
        info = configuration.type_info(name)
        if info is None:
            raise Refused(404, f"Unable to find typeinfo for pv {name}")
        return cls(name=name, info=info, spans=spans, processor=processor)

    @property
    def start(self) -> int:
        """Start of the first window."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """End of the last window."""
        return self.spans[-1][1]


def _plain_name(name: str) -> str:
    return re.sub(r"^(?:ca|pva)://", "", name).removesuffix(".VAL")


def _function_call(name: str) -> tuple[str, str]:
    """Return processor and PV of `op(pv)`, `op_N(pv)` or `op(pv,N)`."""
    function, pv, *arguments = (*re.split("[(,)]", name.rstrip("(,)")), "")
    return "_".join([function, *filter(None, arguments)]), pv


def _spans(parameters: Mapping[str, str], now: int) -> list[tuple[int, int]]:
    end = _time(parameters.get("to"), now + _HOUR)
    start = _time(parameters.get("from"), end - 24 * _HOUR)
    _check_order(start, end)
    if "timeranges" not in parameters:
        return [(start, end)]
    texts = parameters["timeranges"].split(",")
    if len(texts) % 2:
        raise Refused(400, f"Need to specify an even number of times in timeranges for pv. We have {len(texts)} times")
    times = [_time(text, now) for text in texts]
    spans = list(zip(times[::2], times[1::2], strict=True))
    for index, (first, last) in enumerate(spans):
        _check_order(first, last)
        if index and first < spans[index - 1][1]:
            before = instant_text(spans[index - 1][1])
            raise Refused(400, f"For request, start time {instant_text(first)} is before previous end time {before}")
    return spans


def _check_order(start: int, end: int) -> None:
    if end < start:
        raise Refused(400, f"For request, end {instant_text(end)} is before start {instant_text(start)}")


def _time(text: str | None, default: int) -> int:
    if not text:
        return default
    try:
        return parse_instant(text)
    except UnparsableTime as refusal:
        raise Refused(500, str(refusal)) from None
