"""Times as the management interface prints them."""

import pytest

from archredundancy.client.management.server_times import parse_server_time
from archredundancy.model import parse_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jan/01/2020 00:00:00 UTC", "2020-01-01T00:00:00Z"),
        ("Nov/22/2026 21:21:05 GMT", "2026-11-22T21:21:05Z"),
        ("Jul/01/2026 12:00:00 CEST", "2026-07-01T10:00:00Z"),
        ("Dec/31/2026 23:00:00 PST", "2027-01-01T07:00:00Z"),
        ("Feb/29/2024 09:00:00 JST", "2024-02-29T00:00:00Z"),
    ],
)
def test_times_of_unambiguous_zones_are_read(text, expected):
    """English month, server's zone, whole seconds."""
    assert parse_server_time(text) == parse_time(expected, now=0)


@pytest.mark.parametrize(
    "text",
    [
        "Never",
        "",
        "Jul/01/2026 12:00:00 CST",
        "Jul/01/2026 12:00:00 IST",
        "Mai/01/2026 12:00:00 UTC",
        "Feb/30/2026 12:00:00 UTC",
        "2026",
    ],
)
def test_what_cannot_be_an_instant_is_none(text):
    """CST is American and Chinese; better no time than a wrong one."""
    assert parse_server_time(text) is None
