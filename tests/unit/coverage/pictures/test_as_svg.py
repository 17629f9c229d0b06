"""The coverage picture without libraries."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from archredundancy.coverage import State, compare_evidence, coverage_svg
from archredundancy.coverage.pictures.palette import STATE_LOOKS
from archredundancy.display.svg_parts import class_of
from archredundancy.testing.handmade.evidence import STORES_HALF_A_YEAR, make_evidence, make_side


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
        "primary", "no cause recorded", "secondary", "who has it",
        "UTC", "00:00:00", "1970-01-01", "00:00:15", "00:00:30", "00:00:45", "00:01:00", "00:01:15", "00:01:30",
        "a side is", "active", "silent", "it is with", "both", "only secondary",
        "silent: no cause recorded.",
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
    silent = class_of(STATE_LOOKS[State.SILENT])
    (bar,) = re.findall(rf'<path d="M([\d.]+),\d+H([\d.]+)v-\d+H[\d.]+z" class="{silent}"/>', svg)
    assert float(bar[1]) - float(bar[0]) == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize("period", [20_000, 200, 20])
def test_the_size_is_bounded(period):
    """From ten to 10,000 outages of each side, with dropouts and expiry, the text is shorter than 60 kB."""
    rng = np.random.default_rng(0)
    seconds = np.arange(0, 200_000, 1.0)
    sides = [seconds[((seconds + shift) % period < period * 0.7) & (rng.random(200_000) < 0.99)] for shift in (0, 77)]
    svg = picture(*sides, (0, 200_000), stores=STORES_HALF_A_YEAR)
    assert len(svg) < 60_000
    words = " ".join(re.sub(r"<[^>]+>", " ", svg).split())
    assert ("the height of the worst state" in words) == (period < 2000)


def heights(svg: str, state: State) -> set[float]:
    shapes = re.findall(rf'd="([^"]+)" class="{class_of(STATE_LOOKS[state])}"', svg)
    return {float(height) for height in re.findall(r"v-([\d.]+)", "".join(shapes))}


def test_dense_outages_are_as_high_as_their_share():
    """With seventy seconds of a hundred lost, seven tenths of the row are silent, and not all of it."""
    seconds = np.arange(0, 200_000, 1.0)
    svg = picture(seconds[seconds % 100 < 30], seconds, (0, 200_000))
    assert heights(svg, State.ACTIVE) == {19}
    assert heights(svg, State.SILENT) <= {13.3, 15.2}


def test_dropouts_and_expiry_have_rows():
    """Each has a row where there are any, and says how many, or until when."""
    seconds = list(range(1000))
    some = [second for second in seconds if not (second % 2 and 100 <= second < 200) and not 500 <= second < 800]
    primary = make_side("primary", (0, 1000), some, some)
    secondary = make_side("secondary", (0, 1000), seconds, seconds, stores=STORES_HALF_A_YEAR)
    assert texts(coverage_svg(compare_evidence(make_evidence(primary, secondary))))[:8] == [
        "primary", "no cause recorded", "dropouts (50)", "secondary", "who has it", "kept until", "1970-07-04",
        "UTC",
    ]  # fmt: skip


def test_enrichment_has_rows_of_its_own():
    """What two archives have besides, which sample at different moments, is told apart from dropouts."""
    found = " ".join(texts(picture(range(0, 1000, 5), range(2, 1000, 5), (0, 1000)))[:5])
    assert found.count("enrichment (") == 2
    assert "dropouts" not in found


def test_the_picture_follows_the_scheme_of_its_reader():
    """Colours are classes, defined once for light and once for dark paper, and no shape has one of its own."""
    svg = picture(range(50), range(100))
    light, dark = re.search(r"<style>(.*)@media\(prefers-color-scheme:dark\){(.*)}</style>", svg).groups()
    assert ".p{fill:#fff}" in light
    assert ".p{fill:#16191d}" in dark
    for look in STATE_LOOKS.values():
        assert f".{class_of(look)}{{fill:{look.on(False)}}}" in light
        assert f".{class_of(look)}{{fill:{look.on(True)}}}" in dark
    assert set(re.findall(r'fill="([^"]+)"', svg)) <= {f"url(#{name})" for name in ("rise", "fall", "cross", "dots")}


def test_a_picture_that_stands_alone_has_a_title():
    """For a file it tells PV and range; names are escaped."""
    sides = [make_side(name, (0, 100), range(100)) for name in ("primary", "secondary")]
    comparison = replace(compare_evidence(make_evidence(*sides)), pv="SR:<A>&B")
    svg = coverage_svg(comparison, titled=True)
    assert texts(svg)[0] == "SR:<A>&B: 1970-01-01T00:00:00.000000000Z .. 1970-01-01T00:01:40.000000000Z"
    assert ET.fromstring(svg).find("{http://www.w3.org/2000/svg}title").text == "SR:<A>&B: coverage"


def test_long_names_of_clusters_are_cut():
    """No label runs into the bars."""
    sides = [make_side(name, (0, 100), range(100)) for name in ("the-primary-cluster-of-the-ring", "secondary")]
    assert texts(coverage_svg(compare_evidence(make_evidence(*sides))))[0] == "the-primary-clus\u2026"


def test_a_range_of_no_length_is_a_picture_too():
    """start = end is no error."""
    assert "UTC" in texts(picture([], [], (5, 5)))
