"""The coverage picture without libraries."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from archredundancy.coverage import compare_evidence, coverage_svg
from archredundancy.testing.evidence import make_evidence, make_side


def picture(primary, secondary, window=(0, 100), **options) -> str:
    sides = [
        make_side(name, window, seconds, seconds, **options)
        for name, seconds in (("primary", primary), ("secondary", secondary))
    ]
    return coverage_svg(compare_evidence(make_evidence(*sides)))


def texts(svg: str) -> list[str]:
    return [element.text for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_the_picture_tells_rows_times_and_what_occurs():
    """Rows and times are labelled, and a legend explains the states that occur and no others."""
    svg = picture([second for second in range(100) if not 20 <= second < 50], range(100))
    assert texts(svg) == [
        "primary", "secondary", "who has it",
        "UTC", "00:00:00", "1970-01-01", "00:00:15", "00:00:30", "00:00:45", "00:01:00", "00:01:15", "00:01:30",
        "a side is", "active", "silent", "it is with", "both", "only secondary",
    ]  # fmt: skip


def test_the_picture_is_the_same_each_time():
    """It can be compared as text, and needs neither scripts nor other hosts."""
    svg = picture(range(50), range(100))
    assert svg == picture(range(50), range(100))
    assert "<script" not in svg
    assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]


def test_a_short_outage_is_three_pixels_wide():
    """One of ten seconds in eleven days is seen."""
    seconds = np.arange(0, 1_000_000, 10.0)
    svg = picture(np.delete(seconds, [50_000, 50_001, 50_002, 50_003, 50_004, 50_005]), seconds, (0, 1_000_000))
    (bar,) = re.findall(r'<path d="M([\d.]+),\d+H([\d.]+)v\d+H[\d.]+z" fill="#d55e00"/>', svg)
    assert float(bar[1]) - float(bar[0]) == pytest.approx(3, abs=0.2)


def test_the_number_of_shapes_is_bounded():
    """Ten thousand outages make no more shapes than fit beside each other."""
    seconds = np.arange(0, 200_000, 1.0)
    svg = picture(seconds[seconds % 20 < 10], seconds, (0, 200_000))
    assert svg.count("z") < 3 * 3 * 270


def test_a_range_of_no_length_is_a_picture_too():
    """start = end is no error."""
    assert "UTC" in texts(picture([], [], (5, 5)))
