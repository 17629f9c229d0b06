"""Times in requests and replies, as Java reads and prints them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from archredundancy.model import NS_PER_SECOND, format_time

__all__ = ["UnparsableTime", "instant_text", "parse_instant", "parse_period", "report_text", "zoned_text"]

# Stages of `DateTimeFormatter.ISO_INSTANT`; where the text leaves them is the index in Java's message.
_STAGES = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)(?:[Tt](?:(?P<clock>\d\d:\d\d)"
    r"(?:(?P<seconds>:\d\d)(?P<fraction>\.\d{0,9})?(?P<zone>[Zz]|[+-]\d\d:\d\d(?::\d\d)?)?)?)?)?"
)
# What `InstantPrinterParser` reads otherwise than it stands there: time of day, and days more.
_SPECIAL_CLOCKS = {"24:00:00": ("00:00:00", 1), "23:59:60": ("23:59:59", 0)}

# One more than the largest `int` of Java.
_INT = 1 << 31
# `Period.PATTERN`; what has more digits is no `int` either.
_NUMBER = "([-+]?[0-9]{1,18})"
_PERIOD = re.compile(f"([-+]?)P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?", re.IGNORECASE)


class UnparsableTime(Exception):
    """A time or period that Java refuses; the appliance answers 500 with Java's message."""


def parse_instant(text: str) -> int:
    """Return the instant that Java's `Instant.parse` reads, ns since 1970 UTC.

    Seconds and a zone are mandatory; digits below a nanosecond are refused. The 24th hour is the next day's start, and
    a leap second is the one before it.

    Raises
    ------
    UnparsableTime
        If Java would not read it.

    Examples
    --------
    >>> parse_instant("2024-01-01T01:00:00.5+01:00")
    1704067200500000000
    """
    stages = _STAGES.match(text)
    if stages is None or stages.end() != len(text) or not stages["zone"]:
        raise UnparsableTime(_refusal(text, stages.end() if stages else 0))
    nanos = int((stages["fraction"] or ".")[1:].ljust(9, "0"))
    clock, days = _SPECIAL_CLOCKS.get(stages["clock"] + stages["seconds"], (stages["clock"] + stages["seconds"], 0))
    if days and nanos:
        raise UnparsableTime(_refusal(text, 0))
    try:
        moment = datetime.fromisoformat(f"{stages['date']}T{clock}{stages['zone'].upper()}")
        since = (moment + timedelta(days)).astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        raise UnparsableTime(_refusal(text, 0)) from None
    return (since.days * 86400 + since.seconds) * NS_PER_SECOND + nanos


def _refusal(text: str, index: int) -> str:
    return f"Text '{text}' could not be parsed at index {index}"


def parse_period(text: str) -> tuple[int, int, int]:
    """Return years, months and days of what Java's `Period.parse` reads; weeks are days.

    Raises
    ------
    UnparsableTime
        If Java would not read it.

    Examples
    --------
    >>> parse_period("P1D"), parse_period("-p1y2w3d")
    ((0, 0, 1), (-1, 0, -17))
    """
    parts = _PERIOD.fullmatch(text)
    if parts is None or parts.lastindex == 1:
        raise UnparsableTime("Text cannot be parsed to a Period")
    sign = -1 if parts[1] == "-" else 1
    years, months, weeks, days = (sign * int(part or 0) for part in parts.groups()[1:])
    if any(not -_INT <= number < _INT for number in (years, months, 7 * weeks, days, 7 * weeks + days)):
        raise UnparsableTime("Text cannot be parsed to a Period")
    return years, months, 7 * weeks + days


def instant_text(time: int) -> str:
    """Return a time as Java's `Instant.toString` prints it: no, three, six or nine digits of a second.

    Examples
    --------
    >>> instant_text(1704067200500000000), instant_text(1704067200000000000)
    ('2024-01-01T00:00:00.500Z', '2024-01-01T00:00:00Z')
    """
    whole, fraction = format_time(time)[:-1].split(".")
    for digits in (0, 3, 6, 9):
        if not fraction[digits:].strip("0"):
            return f"{whole}{'.' if digits else ''}{fraction[:digits]}Z"
    return f"{whole}.{fraction}Z"


def zoned_text(time: int) -> str:
    """Return a time as Java's `ZonedDateTime.toString` prints it on a server in UTC: seconds only where there are any.

    Examples
    --------
    >>> zoned_text(1704067200000000000), zoned_text(1704067201000000000)
    ('2024-01-01T00:00Z[Etc/UTC]', '2024-01-01T00:00:01Z[Etc/UTC]')
    """
    text = instant_text(time).removesuffix("Z")
    # Without a fraction the text ends in its seconds.
    return f"{text.removesuffix(':00') if '.' not in text else text}Z[Etc/UTC]"


def report_text(time: int | None) -> str:
    """Return a time as reports print it, in UTC, or `Never` (`TimeUtils.convertToHumanReadableString`).

    Examples
    --------
    >>> report_text(1577836800000000000), report_text(None)
    ('Jan/01/2020 00:00:00 UTC', 'Never')
    """
    if not time:
        return "Never"
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=time // NS_PER_SECOND):%b/%d/%Y %H:%M:%S} UTC"
