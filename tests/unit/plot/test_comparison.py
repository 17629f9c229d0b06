"""Pictures of comparisons."""

import re
from itertools import combinations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from archredundancy.coverage.pictures.palette import WHO_LOOKS
from archredundancy.demo.signals import every_type
from archredundancy.model import NS_PER_SECOND, DbrType, FailureKind, ReadFailure, Samples, TimeRange
from archredundancy.plot import plot_comparison
from archredundancy.plot.bars import BARS
from archredundancy.plot.thinning import BINS
from archredundancy.plot.time_axis import positions, view_of
from archredundancy.testing.handmade.evidence import STORES_HALF_A_YEAR

HUNDRED = range(100)


def line(figure: Figure, label: str):
    """Return (seconds, heights) of the line that the legend calls so."""
    (found,) = [each for each in figure.axes[0].lines if each.get_label().startswith(label)]
    (origin,) = positions(figure.axes[0], np.array([0]))
    seconds = (np.asarray(found.get_xdata()) - origin) / NS_PER_SECOND
    return np.rint(seconds).astype(int).tolist(), np.asarray(found.get_ydata())


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def drawn_texts(figure: Figure):
    """Return each text that is seen, and its box; axes keep labels of ticks out of view as well."""
    unseen = {
        tick.label1
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    texts = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible() and text not in unseen]
    return [(text.get_text(), text.get_window_extent()) for text in texts]


def numbers(seconds, values) -> Samples:
    return Samples.build(DbrType.SCALAR_DOUBLE, np.asarray(seconds) * NS_PER_SECOND, values)


def test_lines_of_a_side_break_at_its_gap(compared):
    """The primary's line stops where its gap begins, and goes on after it; the secondary's runs through."""
    figure = plot_comparison(compared([s for s in HUNDRED if not 20 <= s < 50], HUNDRED))
    seconds, heights = line(figure, "primary")
    (first_break, last_break) = np.flatnonzero(np.isnan(heights))
    assert seconds[first_break - 1 : first_break + 2] == [20, 20, 50]
    assert last_break == len(seconds) - 1
    _, heights = line(figure, "secondary")
    assert np.flatnonzero(np.isnan(heights)).tolist() == [len(heights) - 1]


def test_lines_hold_values_as_steps(compared):
    """A sample holds until the next: every line is a step line."""
    figure = plot_comparison(compared(HUNDRED, HUNDRED))
    drawn = [each for each in figure.axes[0].lines if each.get_linestyle() != "None"]
    assert {each.get_drawstyle() for each in drawn} == {"steps-post"}


def test_the_union_is_coloured_by_origin(compared):
    """What only the secondary has is drawn in the colour that means so in the coverage rows."""
    figure = plot_comparison(compared([s for s in HUNDRED if not 20 <= s < 50], [s for s in HUNDRED if s < 80]))
    assert legend(figure) == ["primary", "secondary", "both, equal (50)", "only primary (20)", "only secondary (30)"]
    seconds, _ = line(figure, "only secondary")
    assert (seconds[0], seconds[-1]) == (20, 50)
    (found,) = [each for each in figure.axes[0].lines if each.get_label().startswith("only secondary")]
    assert found.get_color() == WHO_LOOKS["only_secondary"].colour


def test_conflicts_are_marked_with_both_values(compared):
    """A conflict has a mark at each side's value, and the legend counts it."""
    values = np.zeros(100)
    other = values.copy()
    other[30] = 7
    figure = plot_comparison(compared(numbers(HUNDRED, values), numbers(HUNDRED, other)))
    seconds, heights = line(figure, "conflict")
    assert (seconds, heights.tolist()) == ([30, 30], [0, 7])
    assert "conflict (1)" in legend(figure)


def test_a_conflict_of_alarms_alone_is_marked_too(compared):
    """Equal values with different severity differ."""
    severe = Samples.build(DbrType.SCALAR_DOUBLE, [10 * NS_PER_SECOND], [4.0], severity=[2])
    figure = plot_comparison(compared(numbers([10], [4.0]), severe))
    assert line(figure, "conflict")[1].tolist() == [4, 4]


def test_values_that_are_no_numbers_are_marked(compared):
    """NaN has no height, but is not passed over."""
    values = np.where(np.arange(100) == 40, np.nan, 1.0)
    figure = plot_comparison(compared(numbers(HUNDRED, values), numbers(HUNDRED, values)))
    assert line(figure, "not a finite number (1)")[0] == [40]


def test_samples_where_nothing_is_known_are_dots(compared):
    """A sample in a stretch that could not be read whole is drawn, though nothing tells how long it holds."""
    failure = ReadFailure(
        range=TimeRange(start=20 * NS_PER_SECOND, end=50 * NS_PER_SECOND), kind=FailureKind.TIMEOUT, message="silent"
    )
    figure = plot_comparison(compared([10, 30, 60], [10, 60], failures=[failure]))
    dots = [each for each in figure.axes[0].lines if each.get_marker() == "o"]
    assert any(np.allclose(each.get_xdata(), 30 * NS_PER_SECOND) for each in dots)


@pytest.mark.parametrize("kind", list(DbrType))
def test_every_type_can_be_drawn(compared, kind):
    """All 15 payload types make a picture, with a gap and a conflict, and without a warning."""
    truth = every_type(0, 100, np.random.default_rng(0))[kind]
    other = Samples.build(kind, truth.time, truth.value, severity=np.arange(100) == 5)
    gap = truth.take(np.flatnonzero((truth.time < 20 * 60e9) | (truth.time >= 50 * 60e9)))
    figure = plot_comparison(compared(gap, other, window=(0, 6000)))
    figure.draw_without_rendering()
    assert figure.axes[0].lines


@pytest.mark.parametrize("kind", list(DbrType))
def test_sides_without_samples_can_be_drawn(compared, kind):
    """Where there is nothing, the picture says so."""
    empty = Samples.empty(kind)
    figure = plot_comparison(compared(empty, empty))
    assert "no sample on either side" in [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("kind", [DbrType.SCALAR_DOUBLE, DbrType.SCALAR_ENUM])
def test_what_is_drawn_is_bounded(compared, kind):
    """Thousands of gaps, dropouts and conflicts in 100,000 samples a side make some thousand points and bars."""
    rng = np.random.default_rng(0)
    count = 100_000
    time, value = np.arange(count) * NS_PER_SECOND, rng.integers(0, 3, count)
    kept = np.repeat(rng.random(count // 20) < 0.8, 20), rng.random(count) < 0.9
    other = np.where(rng.random(count) < 0.01, 2 - value, value)
    sides = [Samples.build(kind, time[chosen], side[chosen]) for chosen, side in zip(kept, (value, other), strict=True)]
    figure = plot_comparison(compared(*sides, window=(0, count)))
    above, below = figure.axes
    assert sum(len(each.get_xdata()) for each in above.lines) <= 60 * BINS
    assert sum(len(each.get_paths()) for each in below.collections) <= 10 * BARS


def test_a_part_of_the_range_can_be_shown(compared):
    """With start and end the picture shows and counts that part, and the value held at its start."""
    comparison = compared([s for s in HUNDRED if not 20 <= s < 50], HUNDRED)
    figure = plot_comparison(comparison, start="1970-01-01T00:00:30.5Z", end=np.datetime64("1970-01-01T00:01:00"))
    assert view_of(figure.axes[0]) == TimeRange(start=30_500_000_000, end=60_000_000_000)
    assert {"both, equal (10)", "only secondary (19)"} <= set(legend(figure))
    assert line(figure, "only secondary")[0][0] == 30
    assert [text.get_text() for text in figure.legends[0].get_texts()][2:] == [
        "active",
        "both",
        "silent",
        "only secondary",
    ]


def test_what_lies_outside_the_part_shown_is_not_explained(compared):
    """The legends are about the part that is shown; the verdict says that it is about everything."""
    comparison = compared([s for s in HUNDRED if not 20 <= s < 50], HUNDRED)
    figure = plot_comparison(comparison, start="1970-01-01T00:01:00Z")
    assert [text.get_text() for text in figure.legends[0].get_texts()][2:] == ["active", "both"]
    assert legend(figure) == ["primary", "secondary", "both, equal (40)"]
    seen, verdict = figure.axes[0].get_legend().get_title().get_text().split("\n", 1)
    assert seen == "1970-01-01T00:01:00.000000000Z .. 1970-01-01T00:01:40.000000000Z"
    assert verdict.startswith("All that was compared: Only the secondary")


def test_the_axis_tells_the_unit(compared):
    """Engineering units are on the y axis where heights are numbers."""
    assert plot_comparison(compared(HUNDRED, HUNDRED, egu="mA")).axes[0].get_ylabel() == "value (mA)"
    enums = Samples.build(DbrType.SCALAR_ENUM, [0, 1], [0, 1])
    assert plot_comparison(compared(enums, enums, egu="mA")).axes[0].get_ylabel() == "value"


def test_the_legend_below_tells_states_and_who_has_it(compared):
    """Each group of meanings has a row, headed by its name."""
    figure = plot_comparison(compared([s for s in HUNDRED if not 20 <= s < 50], HUNDRED))
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["a side is", "it is with", "active", "both", "silent", "only secondary"]


def test_the_picture_leads_with_what_can_be_gained(compared):
    """Title, range and verdict stand at the top."""
    figure = plot_comparison(compared([s for s in HUNDRED if not 20 <= s < 50], HUNDRED))
    assert figure.get_suptitle() == "T:PV"
    assert (
        figure.axes[0]
        .get_legend()
        .get_title()
        .get_text()
        .startswith(
            "1970-01-01T00:00:00.000000000Z .. 1970-01-01T00:01:40.000000000Z\nOnly the secondary has 30 samples"
        )
    )


def test_a_range_of_no_length_can_be_drawn(compared):
    """start = end is no error."""
    empty = Samples.empty(DbrType.SCALAR_DOUBLE)
    plot_comparison(compared(empty, empty, window=(5, 5))).draw_without_rendering()


def test_comparison_plot_is_the_same_picture(compared):
    """The method passes options on to the function."""
    figure = Figure()
    assert compared(HUNDRED, HUNDRED).plot(figure=figure) is figure
    assert len(figure.axes) == 2


def rows_of(figure: Figure) -> list[str]:
    return [label.get_text() for label in figure.axes[1].get_yticklabels()]


def test_zooming_draws_what_is_in_view_from_all_samples(compared):
    """Of 100,000 samples thinned to thousands of points, a view of ten seconds shows each, with its counts."""
    count = 100_000
    comparison = compared([s for s in range(count) if not 50_003 <= s < 50_006], range(count), window=(0, count))
    figure = plot_comparison(comparison)
    before = len(line(figure, "primary")[0])
    figure.axes[0].set_xlim(*(np.array([50_000, 50_010]) * NS_PER_SECOND).view("datetime64[ns]"))
    seconds, heights = line(figure, "only secondary")
    assert (seconds[0], seconds[-1]) == (50_003, 50_006)
    assert heights[0] == 50_003
    assert {"both, equal (7)", "only secondary (3)"} <= set(legend(figure))
    assert len(line(figure, "primary")[0]) < 20 < before
    assert len(figure.legends) == 1
    low, high = figure.axes[0].get_ylim()
    assert 49_990 < low < high < 50_020


def test_zooming_out_again_gives_the_first_picture(compared):
    """Nothing is left over from other views."""
    figure = plot_comparison(compared([s for s in HUNDRED if not 20 <= s < 50], HUNDRED))
    first = line(figure, "primary"), legend(figure), len(figure.axes[1].collections)
    whole = figure.axes[0].get_xlim()
    figure.axes[0].set_xlim("1970-01-01T00:00:30Z", "1970-01-01T00:00:31Z")
    figure.axes[1].set_xlim(*whole)
    assert legend(figure) == first[1]
    assert line(figure, "primary")[0] == first[0][0]
    assert len(figure.axes[1].collections) == first[2]


def test_the_y_axis_chosen_by_the_user_stays(compared):
    """Zooming in time does not undo a zoom of the values."""
    figure = plot_comparison(compared(HUNDRED, HUNDRED))
    figure.axes[0].set_ylim(-5, 5)
    figure.axes[0].set_xlim("1970-01-01T00:00:30Z", "1970-01-01T00:00:40Z")
    assert figure.axes[0].get_ylim() == (-5, 5)


def test_dropouts_and_conflicts_have_rows_of_their_density(compared):
    """Where there are any, a row says how many, and its height tells where they are dense."""
    seconds = range(1000)
    values = np.zeros(1000)
    other = np.where(np.arange(1000) == 900, 7, values)
    kept = np.array([s for s in seconds if not (s % 2 and 100 <= s < 200)])
    figure = plot_comparison(compared(numbers(kept, values[kept]), numbers(seconds, other), window=(0, 1000)))
    assert rows_of(figure) == ["primary", "dropouts (50)", "secondary", "who has it", "conflicts (1)"]
    dropouts, conflicts = [patch.get_data() for patch in figure.axes[1].patches]
    high = np.flatnonzero(dropouts.values < dropouts.baseline)
    assert 100 - 4 <= dropouts.edges[high[0]] / NS_PER_SECOND <= dropouts.edges[high[-1] + 1] / NS_PER_SECOND <= 200 + 4
    (high,) = np.flatnonzero(conflicts.values < conflicts.baseline)
    assert conflicts.edges[high] <= 900 * NS_PER_SECOND < conflicts.edges[high + 1]
    figure.axes[0].set_xlim("1970-01-01T00:02:00Z", "1970-01-01T00:03:00Z")
    assert rows_of(figure) == ["primary", "dropouts (30)", "secondary", "who has it", "conflicts (0)"]


def test_many_conflicts_are_small_dots_without_lines(compared):
    """Thousands of marks do not cover the values."""
    values = np.zeros(1000)
    figure = plot_comparison(compared(numbers(range(1000), values), numbers(range(1000), values + 1), window=(0, 1000)))
    (marks,) = [each for each in figure.axes[0].lines if each.get_label().startswith("conflict")]
    assert marks.get_markersize() < 3
    assert not figure.axes[0].collections


def test_expiry_is_written_below_who_has_it(compared):
    """A row says until when the secondary is sure to keep what only it has."""
    comparison = compared([s for s in HUNDRED if not 20 <= s < 50], HUNDRED, stores=STORES_HALF_A_YEAR)
    figure = plot_comparison(comparison)
    assert rows_of(figure)[-1] == "kept until"
    assert [text.get_text() for text in figure.axes[1].texts if text.get_position()[1] == 3] == ["1970-07-04"]


def test_causes_are_written_in_their_bars_and_below(compared):
    """A wide bar tells its cause; all causes in view are listed with the legend."""
    figure = plot_comparison(compared([s for s in HUNDRED if not 20 <= s < 50], HUNDRED))
    assert [text.get_text() for text in figure.axes[1].texts] == ["no cause recorded"]
    assert figure.legends[0].get_title().get_text() == "silent: no cause recorded."
    figure.axes[0].set_xlim("1970-01-01T00:01:00Z", "1970-01-01T00:01:10Z")
    assert [text.get_text() for text in figure.axes[1].texts] == []
    assert figure.legends[0].get_title().get_text() == ""


@pytest.mark.parametrize("gaps", [0, 1, 100, 3000])
def test_texts_do_not_overlap(compared, gaps):
    """With no gap, one, or thousands, no two texts of the picture lie over each other."""
    count = 30_000
    second = np.arange(count)
    lost = (second % (count // gaps) < count // gaps // 3) if gaps else np.zeros(count, bool)
    sides = numbers(second[~lost], second[~lost]), numbers(second, np.where(second % 5000 == 7, -1, second))
    figure = plot_comparison(compared(*sides, window=(0, count), min_gap=2, stores=STORES_HALF_A_YEAR))
    figure.draw_without_rendering()
    for (one, mine), (other, theirs) in combinations(drawn_texts(figure), 2):
        apart = mine.x1 <= theirs.x0 or theirs.x1 <= mine.x0 or mine.y1 <= theirs.y0 or theirs.y1 <= mine.y0
        assert apart, f"{one!r} lies over {other!r}"


@pytest.mark.parametrize("width", [6, 10, 16])
def test_figures_of_any_width_have_room_for_their_texts(compared, width):
    """Legends and titles are as wide as the figure; the axes keep most of it."""
    comparison = compared([s for s in HUNDRED if not 20 <= s < 50], [s for s in HUNDRED if s < 80], egu="mA")
    figure = plot_comparison(comparison, figure=Figure(figsize=(width, 6)))
    figure.draw_without_rendering()
    above, below = figure.axes
    assert above.get_window_extent().width > 0.7 * figure.bbox.width
    assert above.get_legend().get_window_extent().x1 <= figure.bbox.x1
    assert figure.legends[0].get_window_extent().x1 <= figure.bbox.x1
    assert below.get_window_extent().height > 50


def test_enrichment_has_rows_of_its_own(compared):
    """Two archives that sample at different moments lose nothing: what the other has besides is not called dropouts."""
    figure = plot_comparison(compared(range(0, 1000, 5), range(2, 1000, 5), window=(0, 1000)))
    names = [re.sub(r" \(\d+\)", "", name) for name in rows_of(figure)]
    assert names == ["primary", "enrichment", "secondary", "enrichment", "who has it"]
