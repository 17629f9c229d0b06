"""What people may write for a time, and what comes out."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

from archredundancy.errors import InputError
from archredundancy.model import TimeRange, format_time, parse_time, start_of_year, year_of

MAY = 1_777_593_600_000_000_000  # 2026-05-01, UTC
NOW = MAY + 3_600_000_000_000

WRITTEN = {
    "a day": ("2026-05-01", MAY),
    "a minute": ("2026-05-01T00:00", MAY),
    "nine digits": ("2026-05-01T00:00:00.000000001Z", MAY + 1),
    "fewer digits": ("2026-05-01 00:00:00.5", MAY + 500_000_000),
    "spaces around": ("  2026-05-01  ", MAY),
    "an offset": ("2026-05-01T02:00:00+02:00", MAY),
    "an offset without colon": ("2026-05-01T02:00:00+0200", MAY),
    "now": ("now", NOW),
    "a span before now": ("-1h", MAY),
    "a span after now": ("+ 1.5 min", NOW + 90_000_000_000),
    "weeks": ("-1w", NOW - 7 * 86_400_000_000_000),
    "numpy": (np.datetime64("2026-05-01T00:00:00.000000001"), MAY + 1),
    "numpy in days": (np.datetime64("2026-05-01"), MAY),
    "pandas in nanoseconds": (pd.Timestamp("2026-05-01T00:00:00.000000001"), MAY + 1),
    "pandas with a zone": (pd.Timestamp("2026-05-01T02:00", tz="Europe/Berlin"), MAY),
    "an aware datetime": (datetime(2026, 5, 1, 2, tzinfo=timezone(timedelta(hours=2))), MAY),
    "before 1970": ("1969-12-31T23:59:59.999999999Z", -1),
}


@pytest.mark.parametrize(("when", "expected"), WRITTEN.values(), ids=WRITTEN)
def test_times_are_exact_to_the_nanosecond(when, expected):
    """Text, spans and time objects of three libraries give integer nanoseconds."""
    assert parse_time(when, now=NOW) == expected


def test_text_without_a_zone_is_in_the_site_s():
    """A written zone wins; numpy times are UTC."""
    assert parse_time("2026-05-01T02:00", now=0, timezone="Europe/Berlin") == MAY
    assert parse_time("2026-05-01T00:00Z", now=0, timezone="Europe/Berlin") == MAY
    assert parse_time(datetime(2026, 5, 1, 2), now=0, timezone="Europe/Berlin") == MAY  # noqa: DTZ001
    assert parse_time(np.datetime64("2026-05-01"), now=0, timezone="Europe/Berlin") == MAY


REFUSED = {
    "no time": ("tomorrow", "'tomorrow' is not a time; allowed: ISO 8601"),
    "no such day": ("2026-02-30", "day .*; allowed: ISO 8601"),
    "an unknown unit": ("-3y", "unknown unit 'y' in '-3y'; allowed: s, m, min, h, d, w"),
    "ten digits": ("2026-05-01T00:00:00.1234567890Z", "is not a time"),
    "a number": (MAY, "is not a time"),
    "NaT of numpy": (np.datetime64("NaT"), "NaT is not a time"),
    "NaT of pandas": (pd.NaT, "NaT is not a time"),
    "a year beyond nanoseconds": ("9999-01-01", "outside the years 1678 to 2261"),
    "a year before them": (np.datetime64("1500-01-01"), "outside the years 1678 to 2261"),
    "an hour that is skipped": ("2026-03-29T02:30", r"skipped or comes twice.*\+01:00 or .*\+02:00"),
    "an hour that comes twice": ("2026-10-25T02:30", r"skipped or comes twice.*\+02:00 or .*\+01:00"),
}


@pytest.mark.parametrize(("when", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_time_is_refused(when, message):
    """The message repeats what was written and says what is allowed."""
    with pytest.raises(InputError, match=message):
        parse_time(when, now=NOW, timezone="Europe/Berlin")


def test_unknown_zones_are_refused():
    """The message gives an example."""
    with pytest.raises(InputError, match="unknown time zone 'Berlin'; allowed: an IANA name"):
        parse_time("2026-05-01", now=0, timezone="Berlin")


@pytest.mark.parametrize("ns", [0, -1, MAY, MAY + 123_456_789, NOW])
def test_text_goes_out_and_comes_back(ns):
    """Nine digits and the zone, always."""
    text = format_time(ns)
    assert len(text) == len("2026-05-01T00:00:00.000000000Z")
    assert parse_time(text, now=0) == ns


def test_years_begin_in_utc():
    """The last nanosecond of a year belongs to it."""
    start = start_of_year(2027)
    assert (year_of(start - 1), year_of(start)) == (2026, 2027)


def test_ranges_are_half_open():
    """The start lies inside, the end does not; an empty range is one."""
    span = TimeRange(start=10, end=20)
    assert [ns in span for ns in (9, 10, 19, 20)] == [False, True, True, False]
    assert span.duration == 10
    assert TimeRange(start=10, end=10).split_years() == []


def test_ranges_are_read_from_text():
    """Both ends as `parse_time` reads them."""
    assert TimeRange.parse("-1h", "now", now=NOW) == TimeRange(start=MAY, end=NOW)


def test_a_range_that_ends_before_it_starts_is_refused():
    """The message shows both, as people read them."""
    with pytest.raises(InputError, match=r"ends at 1970-01-01T00:00:00\.000000001Z, before its start"):
        TimeRange(start=2, end=1)


def test_ranges_are_cut_at_years():
    """The pieces touch, cover the range, and each lies inside one UTC year."""
    span = TimeRange(start=start_of_year(2024) - 5, end=start_of_year(2026))
    assert [(piece.start, piece.end) for piece in span.split_years()] == [
        (start_of_year(2024) - 5, start_of_year(2024)),
        (start_of_year(2024), start_of_year(2025)),
        (start_of_year(2025), start_of_year(2026)),
    ]


def test_years_of_utc_are_those_of_the_calendar():
    """`start_of_year` agrees with datetime."""
    assert start_of_year(2024) == int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000_000
