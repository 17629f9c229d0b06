"""The picture of many PVs without libraries."""

import base64
import re
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import imread

from archredundancy.coverage import Coverage, Layer, State, many_svg
from archredundancy.coverage.pictures.many import worst_image
from archredundancy.coverage.pictures.palette import WHO_LOOKS, who_layers
from archredundancy.display.painting import in_full
from archredundancy.display.png import indexed_png
from archredundancy.errors import InputError
from archredundancy.model import TimeRange
from archredundancy.segments import Segments
from archredundancy.testing.twins.slow_boxes import worst_slowly

SECOND = 10**9
DECADE = TimeRange(start=0, end=3653 * 86400 * SECOND)
SVG = "{http://www.w3.org/2000/svg}"
WHO = list(WHO_LOOKS)


def side(cluster: str, gaps: Segments) -> Coverage:
    active = Layer(segments=Segments.of((DECADE.start, DECADE.end)), state=State.ACTIVE)
    return Coverage.from_layers(cluster, DECADE, [active, Layer(segments=gaps, state=State.SILENT)])


def many(count: int, gaps=lambda number: Segments.empty()):
    whole = side("secondary", Segments.empty())
    return [(f"SR:PV{number:04d}", side("primary", gaps(number)), whole) for number in range(count)]


def texts(svg: str) -> list[str]:
    return [element.text for element in ET.fromstring(svg).iter(f"{SVG}text")]


def pixels(png: bytes):
    """Return what an independent reader of PNG files makes of one, uint8 (height, width, red green blue alpha)."""
    return np.rint(imread(BytesIO(png)) * 255).astype(int)


def images(svg: str):
    """Return the pixels for light and for dark paper."""
    return [pixels(base64.b64decode(found)) for found in re.findall(r'href="data:image/png;base64,([^"]+)"', svg)]


def colours(image) -> set[str]:
    return {"#" + "".join(f"{part:02x}" for part in pixel[:3]) for pixel in image.reshape(-1, 4).tolist()}


def test_a_second_in_ten_years_is_seen_among_500_pvs():
    """On light and on dark paper a point has the colour of what only the secondary has."""
    svg = many_svg(
        many(500, lambda number: Segments.of((10**17, 10**17 + SECOND)) if number == 250 else Segments.empty())
    )
    for image, dark in zip(images(svg), (False, True), strict=True):
        assert colours(image) == {WHO_LOOKS[name].on(dark) for name in ("both", "only_secondary")}
        lost = np.array([int(WHO_LOOKS["only_secondary"].on(dark)[place : place + 2], 16) for place in (1, 3, 5)])
        lines, _ = np.nonzero(np.all(image[..., :3] == lost, axis=-1))
        assert set(lines.tolist()) == {len(image) // 2}


@pytest.mark.parametrize("count", [1, 10, 500, 3000])
def test_the_size_is_bounded(count):
    """However many PVs, and however random their gaps, the text is shorter than 60 kB."""
    rng = np.random.default_rng(0)
    some = [np.sort(rng.integers(DECADE.start, DECADE.end - 10**16, 60)) for _ in range(20)]
    gaps = [Segments.from_arrays(start, start + 10**15) for start in some]
    svg = many_svg(many(count, lambda number: gaps[number % 20]), beside=["until 2026-12-01"] * count)
    assert len(svg) < 60_000
    assert len(texts(svg)) < 120


def test_the_picture_tells_what_it_shows():
    """Title, range, what a point is, names, times, and a legend of what occurs."""
    svg = many_svg(many(2, lambda number: Segments.of((0, 10**15))), beside=["until 2026-12-01", ""])
    assert texts(svg) == [
        "2 PVs",
        f"{DECADE}: who has what. Each point is 18 d 6 h, and has the colour of the worst in it.",
        "SR:PV0000", "until 2026-12-01", "SR:PV0001", None,
        "UTC", "1970-01-01", "1972-01-01", "1974-01-01", "1976-01-01", "1978-01-01", "1980-01-01",
        None, "both", "only secondary",
    ]  # fmt: skip


def test_names_in_capitals_have_room():
    """At a usual width of capitals the longest name begins inside the picture."""
    name = "SR:C01-MG{PS_QUADRUPOLE}CURRENT"
    rows = [(name, *sides) for _, *sides in many(1)]
    written = [each for each in ET.fromstring(many_svg(rows)).iter(f"{SVG}text") if each.text == name][-1]
    assert float(written.get("x")) - sum(8.4 if sign.isupper() else 6.5 for sign in name) > 0


def test_the_states_of_one_side_can_be_shown():
    """The legend then tells states."""
    assert {"active", "silent"} <= set(
        texts(many_svg(many(3, lambda number: Segments.of((0, 10**15))), show="primary"))
    )
    assert "silent" not in texts(many_svg(many(3, lambda number: Segments.of((0, 10**15))), show="secondary"))


def test_the_picture_asks_nobody():
    """It is the same each time, and needs neither scripts nor other hosts."""
    svg = many_svg(many(5))
    assert svg == many_svg(many(5))
    assert "<script" not in svg
    assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]


def test_what_cannot_be_drawn_is_refused():
    """The message tells what is allowed."""
    with pytest.raises(InputError, match="no coverage to draw"):
        many_svg([])
    with pytest.raises(InputError, match="cannot show 'all'; allowed: who, primary, secondary"):
        many_svg(many(1), show="all")
    with pytest.raises(InputError, match="2 texts beside 1 rows"):
        many_svg(many(1), beside=["a", "b"])


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_png_files_are_read_as_they_were_meant(height, width, seed):
    """matplotlib's reader finds each pixel in its colour, and those without one transparent."""
    colours = ["#bcd6ea", "#0072b2", "#000000"]
    codes = np.random.default_rng(seed).integers(-1, len(colours), (height, width))
    found = pixels(indexed_png(codes, colours))
    for code, colour in enumerate(colours):
        rgba = [*(int(colour[place : place + 2], 16) for place in (1, 3, 5)), 255]
        assert np.all(found[codes == code] == rgba)
    assert np.all(found[codes == -1][..., 3] == 0)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_groups_of_rows_show_their_worst(count, bins, lines, seed):
    """Each point is the worst of all stretches of all its rows in its bin, looked at one by one."""
    rng = np.random.default_rng(seed)
    window = TimeRange(start=0, end=100)
    paintings, stretches = [], []
    for _ in range(count):
        cuts = np.unique(rng.integers(0, 101, 8)).tolist()
        own = [[] for _ in WHO]
        for pair in pairwise(cuts):
            own[rng.integers(len(WHO))].append(pair)
        stretches.append(own)
        who = {name: Segments.of(*pairs) for name, pairs in zip(WHO, own, strict=True)}
        paintings.append(in_full(who_layers(who), WHO_LOOKS.values()))
    image = worst_image(paintings, window, bins, lines)
    edges = [100 * part // bins for part in range(bins + 1)]
    slow = [worst_slowly(one, edges) for one in stretches]
    groups = np.searchsorted([line * count // len(image) for line in range(len(image))], np.arange(count), "right") - 1
    expected = [
        np.max([slow[row] for row in np.flatnonzero(groups == line)], axis=0).tolist() for line in range(len(image))
    ]
    assert image.tolist() == expected
    assert len(image) == min(count, lines)


def test_no_rows_make_an_image_of_no_lines():
    """An image of nothing has bins and no lines."""
    assert worst_image([], DECADE, 10, 10).shape == (0, 10)
