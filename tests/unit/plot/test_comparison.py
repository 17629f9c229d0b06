"""Pictures of comparisons."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from archredundancy.coverage.palette import WHO_LOOKS
from archredundancy.demo.signals import every_type
from archredundancy.model import NS_PER_SECOND, DbrType, FailureKind, ReadFailure, Samples, TimeRange
from archredundancy.plot import plot_comparison
from archredundancy.plot.bars import BARS
from archredundancy.plot.thinning import BINS
from archredundancy.plot.time_axis import days

HUNDRED = range(100)


def line(figure: Figure, label: str):
    """Return (seconds, heights) of the line that the legend calls so."""
    (found,) = [each for each in figure.axes[0].lines if each.get_label().startswith(label)]
    return np.rint(np.asarray(found.get_xdata()) * 86400).astype(int).tolist(), np.asarray(found.get_ydata())


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


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
    assert any(np.allclose(each.get_xdata(), days(np.array([30 * NS_PER_SECOND]))) for each in dots)


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
    assert figure.axes[0].get_xlim() == pytest.approx(days(np.array([30_500_000_000, 60_000_000_000])))
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
    assert figure.axes[0].get_legend().get_title().get_text().startswith("All that was compared: Only the secondary")


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
    """The verdict stands at the top."""
    figure = plot_comparison(compared([s for s in HUNDRED if not 20 <= s < 50], HUNDRED))
    assert figure.get_suptitle() == "T:PV"
    assert figure.axes[0].get_legend().get_title().get_text().startswith("Only the secondary has 30 samples")


def test_a_range_of_no_length_can_be_drawn(compared):
    """start = end is no error."""
    empty = Samples.empty(DbrType.SCALAR_DOUBLE)
    plot_comparison(compared(empty, empty, window=(5, 5))).draw_without_rendering()


def test_comparison_plot_is_the_same_picture(compared):
    """The method passes options on to the function."""
    figure = Figure()
    assert compared(HUNDRED, HUNDRED).plot(figure=figure) is figure
    assert len(figure.axes) == 2
