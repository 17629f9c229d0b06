"""Requests of `getData`: parameters, defaults, and what is refused (`DataRetrievalServlet`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from archredundancy.appliance.configuration.channel_names import without_protocol
from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.java.instants import UnparsableTime, instant_text, parse_instant
from archredundancy.appliance.processors.extra_field import ExtraField
from archredundancy.appliance.processors.processor import Processor
from archredundancy.appliance.processors.processors import find_processor
from archredundancy.appliance.server.replies import Refused
from archredundancy.model import NS_PER_SECOND

__all__ = ["DataRequest"]

_HOUR = 3600 * NS_PER_SECOND

#: Gives the type info of a PV that only other appliances know, by its name and the end of the request.
Elsewhere = Callable[[str, int], PvTypeInfo | None]


@dataclass(frozen=True, kw_only=True)
class DataRequest:
    """One request for samples of one PV.

    Attributes
    ----------
    name : str
        The PV as it was looked up: perhaps an alias.
    requested : str
        The same with prefix and `.VAL`, where the request has them.
    info : PvTypeInfo
    spans : list of (int, int), ns since 1970 UTC
        Windows, both ends inside, in order.
    processor : str
        What is to be done with the samples, such as `mean_3600`; empty for nothing.
    external : bool
        Whether other appliances are asked too.
    field : str
        What is asked for in the place of the PV's value, such as `HIHI`, if that is archived with it.
    latest : bool
        Whether to say what the engine knows of the PV now.
    reduced : bool
        Whether first samples will do, where no other post-processor is meant.
    """

    name: str
    requested: str
    info: PvTypeInfo
    spans: list[tuple[int, int]]
    processor: str
    external: bool = True
    field: str = ""
    latest: bool = False
    reduced: bool = False

    @classmethod
    def read(
        cls,
        parameters: Mapping[str, str],
        configuration: Configuration,
        now: int,
        elsewhere: Elsewhere = lambda _pv, _end: None,
    ) -> DataRequest:
        """Read the parameters of `getData`.

        Raises
        ------
        Refused
            With the status and message of the real appliance.
        """
        requested = parameters.get("pv")
        if requested is None:
            raise Refused(400, "PV name is null.")
        spans = _spans(parameters, now)
        processor, requested = _function_call(requested, parameters.get("pp", ""), "paran")
        name = without_protocol(requested)
        return cls._of(name, requested, spans, processor, parameters, configuration, elsewhere)

    @classmethod
    def read_all(
        cls,
        names: Sequence[str],
        parameters: Mapping[str, str],
        configuration: Configuration,
        now: int,
        elsewhere: Elsewhere = lambda _pv, _end: None,
    ) -> list[DataRequest]:
        """Read the parameters of `getDataForPVs`.

        A post-processor that is written as a function of a PV also goes for the PVs after it, there without its
        arguments, and no prefix is taken off a name (`DataRetrievalServlet.doGetMultiPV`).

        Raises
        ------
        Refused
            With the status and message of the real appliance.
        """
        spans = _spans(parameters, now)
        default = parameters.get("pp", "")
        calls = []
        for text in names:
            calls.append(_function_call(text, default, "paren"))
            if "(" in text:
                default = text.partition("(")[0]
        return [
            cls._of(requested.removesuffix(".VAL"), requested, spans, processor, parameters, configuration, elsewhere)
            for processor, requested in calls
        ]

    @classmethod
    def _of(
        cls,
        name: str,
        requested: str,
        spans: list[tuple[int, int]],
        processor: str,
        parameters: Mapping[str, str],
        configuration: Configuration,
        elsewhere: Elsewhere,
    ) -> DataRequest:
        info = _type_info(name, parameters, configuration, partial(elsewhere, name, spans[-1][1]))
        field = name.partition(".")[2]
        if field not in info.info["archiveFields"]:
            field = ""
        return cls(
            name=info.pv if field else name,
            requested=requested,
            info=info,
            spans=spans,
            processor=processor,
            external=_includes_external(parameters),
            field=field,
            latest=parameters.get("fetchLatestMetadata") == "true",
            reduced=parameters.get("usereduced", "").lower() == "true",
        )

    def make_processor(self) -> Processor | None:
        """Return what the samples go through, if anything; a field leaves no room for anything else.

        Raises
        ------
        Refused
            With 404 if the number behind the name of a post-processor is none.
        AnswerLost
            If it is zero.
        """
        if self.field:
            return ExtraField(self.field)
        found = find_processor(self.processor, self.start, self.end, self.name)
        if found is not None or not self.reduced:
            return found
        # The number behind a name that means nothing is read all the same (`reducePostprocessor`).
        _, underscore, number = self.processor.partition("_")
        return find_processor(f"firstSample{underscore}{number}", self.start, self.end)

    @property
    def start(self) -> int:
        """Start of the first window."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """End of the last window."""
        return self.spans[-1][1]


def _includes_external(parameters: Mapping[str, str]) -> bool:
    return parameters.get("skipExternalServers", "").lower() != "true"


def _type_info(
    name: str,
    parameters: Mapping[str, str],
    configuration: Configuration,
    elsewhere: Callable[[], PvTypeInfo | None],
) -> PvTypeInfo:
    """Return a PV's type info; for one that is not known, another appliance's, or that of `retiredPVTemplate`.

    Raises
    ------
    Refused
        With 404 if there is none.
    """
    info = configuration.type_info_of_channel(name)
    if info is None and _includes_external(parameters):
        info = elsewhere()
    template = configuration.type_info(parameters.get("retiredPVTemplate", ""))
    if info is None and template is not None:
        return template.replaced(pvName=name, chunkKey="", paused="true", samplingMethod="DONT_ARCHIVE")
    if info is None:
        raise Refused(404, f"Unable to find typeinfo for pv {name}")
    return info


def _function_call(text: str, default: str, name_of_brackets: str) -> tuple[str, str]:
    """Return processor and PV of `op(pv)`, `op_N(pv)` or `op(pv,N)`; the default for a PV alone.

    Raises
    ------
    Refused
        With 400 if the bracket is not closed.
    """
    if "(" not in text:
        return default, text
    if ")" not in text:
        raise Refused(400, f"Unbalanced {name_of_brackets} {text}")
    function, pv, *arguments = (*re.split("[(,)]", text.rstrip("(,)")), "")
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
