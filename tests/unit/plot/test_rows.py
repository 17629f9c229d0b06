"""Pictures of rows: many PVs x time."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure

from archredundancy.coverage import Coverage, Layer, State
from archredundancy.coverage.pictures.palette import STATE_LOOKS, WHO_LOOKS
from archredundancy.display.boxes import bin_edges
from archredundancy.errors import InputError
from archredundancy.model import TimeRange, parse_time
from archredundancy.plot import plot_many
from archredundancy.plot.rows import BARRED, BINS, LINES
from archredundancy.segments import Segments
from archredundancy.testing.twins.slow_boxes import worst_slowly

SECOND = 10**9
DECADE = TimeRange(start=parse_time("2016-01-01", now=0), end=parse_time("2026-01-01", now=0))
WHO, STATES = list(WHO_LOOKS), list(STATE_LOOKS)


def side(cluster: str, gaps: Segments, state: State = State.SILENT) -> Coverage:
    active = Layer(segments=Segments.of((DECADE.start, DECADE.end)), state=State.ACTIVE)
    return Coverage.from_layers(cluster, DECADE, [active, Layer(segments=gaps, state=state)])


def many(count: int, gaps=lambda number: Segments.empty()):
    """Rows of PVs, each with some gaps at the primary; the secondary has everything."""
    whole = side("secondary", Segments.empty())
    return [
        (f"SR:C{number % 30:02d}-MG{{PS:QH1A-{number}}}I:Sp", side("primary", gaps(number)), whole)
        for number in range(count)
    ]


def at(seconds: float, length: int) -> Segments:
    start = DECADE.start + round(seconds * SECOND)
    return Segments.of((start, start + length))


def image_of(figure: Figure):
    (image,) = figure.axes[0].images
    return np.ma.filled(image.get_array(), -1)


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def names_with_boxes(figure: Figure):
    figure.draw_without_rendering()
    low, high = sorted(figure.axes[0].get_ylim())
    axis = figure.axes[0].yaxis
    return [
        (label.get_text(), label.get_window_extent())
        for y, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
        if low <= y <= high
    ]


@pytest.mark.parametrize("seconds", [0, 1e8, 3.1e8, (DECADE.duration - SECOND) / SECOND])
def test_a_second_in_ten_years_is_seen_among_500_pvs(seconds):
    """One bin of the row, or the two on whose border it lies, has the colour of what only the secondary has."""
    figure = plot_many(many(500, lambda number: at(seconds, SECOND) if number == 123 else Segments.empty()))
    image = image_of(figure)
    assert image.shape == (500, BINS)
    rows, bins = np.nonzero(image == WHO.index("only_secondary"))
    assert set(rows.tolist()) == {123}
    assert 1 <= len(bins) <= 2
    assert np.all(image[:123] == WHO.index("both"))
    assert legend(figure) == ["both", "only secondary"]


def test_bins_of_an_image_are_wider_than_a_pixel():
    """Each bin of a picture of default size is at least a pixel wide, and each row at least one high."""
    figure = plot_many(many(500))
    figure.draw_without_rendering()
    box = figure.axes[0].get_window_extent()
    assert box.width / BINS > 2
    assert box.height / 500 > 2


@pytest.mark.parametrize("show", ["who", "primary", "secondary"])
def test_the_image_is_that_of_the_slow_twin(show):
    """Each point has the worst of all stretches in it, looked at one by one."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(BARRED + 1):
        start = np.sort(rng.integers(DECADE.start, DECADE.end, (2, 40)))
        gaps = [Segments.from_arrays(one, np.minimum(one + 10**15, DECADE.end)) for one in start]
        rows.append((f"PV{number}", side("primary", gaps[0]), side("secondary", gaps[1], State.STOPPED)))
    edges = bin_edges(DECADE, BINS).tolist()
    image = image_of(plot_many(rows, show=show))
    for number in (0, 7, BARRED):
        _, primary, secondary = rows[number]
        mine, theirs = primary.active, secondary.active
        everything = Segments.of((DECADE.start, DECADE.end))
        stretches = {
            "who": [mine & theirs, mine - theirs, Segments.empty(), everything - mine - theirs, theirs - mine],
            "primary": [primary.segments(state) for state in STATES],
            "secondary": [secondary.segments(state) for state in STATES],
        }[show]
        assert image[number].tolist() == worst_slowly([list(one) for one in stretches], edges)


def test_more_rows_than_lines_are_drawn_in_groups_by_their_worst():
    """Of 2000 PVs with one gap each at another time, each gap is in the image, in the line of its group."""
    rows = many(2000, lambda number: at(number * 1e5, SECOND))
    image = image_of(plot_many(rows))
    assert image.shape == (LINES, BINS)
    bins = np.searchsorted(bin_edges(DECADE, BINS), DECADE.start + np.arange(2000) * 10**14, "right") - 1
    lines = np.searchsorted(np.arange(LINES) * 2000 // LINES, np.arange(2000), "right") - 1
    assert np.all(image[lines, bins] == WHO.index("only_secondary"))


def test_zooming_bins_anew():
    """What was one bin of ten days is, in a view of a minute, a gap of a second with its edges."""
    gap = at(1e8, SECOND)
    figure = plot_many(many(BARRED + 1, lambda number: gap if number == 3 else Segments.empty()))
    axes = figure.axes[0]
    axes.set_xlim(*(np.array([gap.start[0] - 30 * SECOND, gap.end[0] + 29 * SECOND]).view("datetime64[ns]")))
    row = image_of(figure)[3]
    seen = np.flatnonzero(row == WHO.index("only_secondary"))
    assert seen.tolist() == list(range(180, 186))
    assert axes.get_title(loc="left").startswith("2019-03-03T09:46:10.000000000Z .. 2019-03-03T09:47:10.000000000Z")
    axes.set_xlim(*(np.array([DECADE.start, DECADE.start + SECOND]).view("datetime64[ns]")))
    assert legend(figure) == ["both"]


def test_few_rows_in_view_are_bars():
    """Zooming in to few rows replaces the image by bars, and zooming out brings it back."""
    figure = plot_many(many(200, lambda number: at(1e8, 10**17)))
    axes = figure.axes[0]
    axes.set_ylim(BARRED - 0.5, -0.5)
    assert not axes.images
    assert len(axes.collections) == 2 * BARRED
    assert [text for text, _ in names_with_boxes(figure)] == [many(BARRED)[row][0] for row in range(BARRED)]
    assert axes.get_title(loc="left").endswith(f"who has what, rows 1 to {BARRED} of 200.")
    axes.set_ylim(199.5, -0.5)
    assert image_of(figure).shape == (200, BINS)
    assert not axes.collections


def test_what_others_draw_stays_when_the_picture_is_zoomed():
    """A line of the user's is not taken away."""
    figure = plot_many(many(3))
    line = figure.axes[0].axvline("2020-01-01")
    figure.axes[0].set_xlim("2019-01-01", "2021-01-01")
    assert line in figure.axes[0].lines


@pytest.mark.parametrize("count", [1, 10, 60, 500, 2000])
def test_names_do_not_overlap(count):
    """As many names are written as have room, the first one always; all of them up to 60 PVs."""
    names = names_with_boxes(plot_many(many(count)))
    assert names[0][0] == many(1)[0][0]
    assert len(names) >= min(count, 60)
    boxes = [box for _, box in names]
    assert all(upper.y0 > lower.y1 for upper, lower in pairwise(boxes))


def test_long_names_keep_both_ends():
    """The names of PVs differ at their ends."""
    coverage = side("primary", Segments.empty())
    figure = plot_many([(f"FACILITY:SECTOR-{'X' * 40}:SETPOINT", coverage, coverage)])
    ((name, _),) = names_with_boxes(figure)
    assert name.startswith("FACILITY:SECTOR-X")
    assert name.endswith("X:SETPOINT")
    assert len(name) == 40


def test_texts_stand_beside_their_rows():
    """The caller's texts are at the right, as many as names."""
    figure = plot_many(many(3), beside=["until 2026-12-01", "", "never"])
    figure.draw_without_rendering()
    (right,) = figure.axes[0].child_axes
    assert [label.get_text() for label in right.get_yticklabels()] == ["until 2026-12-01", "", "never"]


def test_the_title_tells_what_is_seen():
    """How many PVs, which range, what of them, and what a point stands for."""
    figure = plot_many(many(500), show="primary")
    assert figure.get_suptitle() == "500 PVs"
    assert figure.axes[0].get_title(loc="left") == (
        "2016-01-01T00:00:00.000000000Z .. 2026-01-01T00:00:00.000000000Z: states at the primary.\n"
        "Each point is 10 d 3 h, and has the colour of the worst in it."
    )


def test_a_part_of_the_range_can_be_shown():
    """Start and end choose what is in view at first."""
    figure = plot_many(many(500, lambda number: at(0, SECOND)), start="2020-01-01", end="2021-01-01")
    assert legend(figure) == ["both"]


def test_a_million_stretches_make_few_shapes():
    """2000 PVs of 500 gaps each are one image of bounded size."""
    rng = np.random.default_rng(0)
    start = np.sort(rng.integers(DECADE.start, DECADE.end - 2 * SECOND, (10, 500)), axis=1)
    gaps = [Segments.from_arrays(one, one + SECOND) for one in start]
    figure = plot_many(many(2000, lambda number: gaps[number % 10]))
    assert image_of(figure).shape == (LINES, BINS)


def test_rows_of_other_lengths_share_an_axis():
    """A PV that was compared over a part only has nothing, not a colour, elsewhere."""
    part = TimeRange(start=DECADE.start, end=DECADE.start + DECADE.duration // 2)
    short = Coverage.from_layers("primary", part, [])
    image = image_of(plot_many([*many(BARRED), ("SR:SHORT", short, short)]))
    assert set(image[-1][: BINS // 2].tolist()) == {WHO.index("undecided")}
    assert set(image[-1][BINS // 2 :].tolist()) == {-1}


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([], {}, "no coverage to draw"),
        (many(2), {"show": "both"}, "cannot show 'both'; allowed: who, primary, secondary"),
        (many(2), {"beside": ["one"]}, "1 texts beside 2 rows"),
        (many(2), {"start": "tomorrow"}, "tomorrow"),
    ],
)
def test_what_cannot_be_drawn_is_refused(rows, options, message):
    """The message names what was given and what is allowed."""
    with pytest.raises(InputError, match=message):
        plot_many(rows, **options)
