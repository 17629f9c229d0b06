"""Times as Java reads and prints them."""

import re

import pytest

from archredundancy.appliance.java.instants import (
    UnparsableTime,
    instant_text,
    parse_instant,
    parse_period,
    report_text,
    zoned_text,
)

READ = {
    "2024-01-01T00:00:00Z": 1704067200_000000000,
    "2024-01-01t00:00:00.5z": 1704067200_500000000,
    "2024-01-01T00:00:00.000000001Z": 1704067200_000000001,
    "2024-01-01T02:00:00+02:00": 1704067200_000000000,
    "2023-12-31T19:00:00.-05:00": 1704067200_000000000,
    "2023-12-31T24:00:00.000Z": 1704067200_000000000,
    "2016-12-31T23:59:60.5Z": 1483228799_500000000,
}
REFUSED = {
    "": 0,
    "now": 0,
    "2024-01-01": 10,
    "2024-01-01T00:00": 16,
    "2024-01-01T00:00:00": 19,
    "2024-01-01T00:00:00.1234567890Z": 29,
    "2024-01-01T00:00:00Z ": 20,
    "2024-13-01T00:00:00Z": 0,
    "2024-01-01T24:00:00.1Z": 0,
    "2024-01-01T00:00:60Z": 0,
    "0001-01-01T00:00:00+14:00": 0,
    "9999-12-31T24:00:00Z": 0,
}


@pytest.mark.parametrize(("text", "time"), READ.items())
def test_java_reads(text, time):
    """Seconds and a zone are needed, letters may be small, up to nine digits follow the point."""
    assert parse_instant(text) == time


@pytest.mark.parametrize(("text", "index"), REFUSED.items())
def test_java_refuses(text, index):
    """The message tells where the text leaves the format; years before 1 and after 9999 are refused as well."""
    with pytest.raises(UnparsableTime, match=f"^Text '{re.escape(text)}' could not be parsed at index {index}$"):
        parse_instant(text)


PRINTED = {
    0: "1970-01-01T00:00:00Z",
    1_000_000: "1970-01-01T00:00:00.001Z",
    1_000: "1970-01-01T00:00:00.000001Z",
    1: "1970-01-01T00:00:00.000000001Z",
    -1: "1969-12-31T23:59:59.999999999Z",
}


@pytest.mark.parametrize(("time", "text"), PRINTED.items())
def test_java_prints_digits_by_threes(time, text):
    """No, three, six or nine digits of a second."""
    assert instant_text(time) == text


def test_reports_say_never():
    """A time that never was is a word."""
    assert (report_text(0), report_text(1704067200_999999999)) == ("Never", "Jan/01/2024 00:00:00 UTC")


PERIODS = {"P1D": (0, 0, 1), "p2w-1d": (0, 0, 13), "-P1Y2M": (-1, -2, 0), "P+3M": (0, 3, 0)}


@pytest.mark.parametrize(("text", "period"), PERIODS.items())
def test_java_reads_periods(text, period):
    """Weeks are days, each part may have a sign, and letters may be small."""
    assert parse_period(text) == period


TOO_LARGE = ["P2147483648D", "P306783379W", "P306783378W2D", "P" + "9" * 5000 + "D"]


@pytest.mark.parametrize("text", ["", "P", "1D", "PT1H", "P1D ", "P1.5D", *TOO_LARGE], ids=lambda text: text[:20])
def test_java_refuses_periods(text):
    """A period has at least one part, none below a day, and no number that is no `int`."""
    with pytest.raises(UnparsableTime, match="cannot be parsed to a Period"):
        parse_period(text)


def test_zoned_times_leave_out_empty_seconds():
    """Seconds are there if they or a fraction are not zero."""
    times = [1704067200_000000000, 1704067201_000000000, 1704067200_500000000]
    assert [zoned_text(time)[16:] for time in times] == ["Z[Etc/UTC]", ":01Z[Etc/UTC]", ":00.500Z[Etc/UTC]"]
