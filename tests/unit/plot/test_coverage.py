"""Pictures of coverages."""

import numpy as np
import pytest

from archredundancy.coverage import Coverage, Layer, State
from archredundancy.errors import InputError
from archredundancy.model import TimeRange
from archredundancy.plot import plot_coverage
from archredundancy.plot.bars import BARS
from archredundancy.segments import Segments

WHOLE = TimeRange(start=0, end=10**15)


def coverage_with(gaps: Segments, state: State = State.SILENT, cluster: str = "primary", asked: TimeRange = WHOLE):
    active = Layer(segments=Segments.of((asked.start, asked.end)), state=State.ACTIVE)
    return Coverage.from_layers(cluster, asked, [active, Layer(segments=gaps, state=state)])


def legend_of(figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts() if text.get_text()]


def bars(figure) -> int:
    return sum(len(collection.get_paths()) for collection in figure.axes[0].collections)


def test_each_coverage_is_a_row_with_its_name():
    """Rows come from the top in the order given; a mapping names them."""
    one, two = coverage_with(Segments.empty()), coverage_with(Segments.empty(), cluster="secondary")
    for given, names in (
        (one, ["primary"]),
        ([one, two], ["primary", "secondary"]),
        ({"SR:A": one, "SR:B": two}, ["SR:A", "SR:B"]),
    ):
        axes = plot_coverage(given).axes[0]
        assert [label.get_text() for label in axes.get_yticklabels()] == names
        assert axes.yaxis_inverted()


def test_the_legend_tells_the_states_that_occur():
    """States that are nowhere are not explained."""
    figure = plot_coverage(coverage_with(Segments.of((10, 10**14)), State.DISCONNECTED))
    assert legend_of(figure) == ["active", "disconnected"]


@pytest.mark.parametrize("gaps", [1, 1000, 100_000])
def test_the_number_of_bars_is_bounded(gaps):
    """However many gaps there are, no more bars are drawn than fit beside each other."""
    start = np.arange(gaps) * (WHOLE.end // gaps)
    figure = plot_coverage(coverage_with(Segments.from_arrays(start, start + WHOLE.end // gaps // 3)))
    assert bars(figure) <= 2 * BARS + 1


def test_a_short_outage_is_drawn_wide_enough_to_be_seen():
    """An outage of a microsecond in eleven days has a bar of its own, inside the axis."""
    figure = plot_coverage(coverage_with(Segments.of((WHOLE.end - 1000, WHOLE.end))))
    low, high = figure.axes[0].get_xlim()
    last = [path for collection in figure.axes[0].collections for path in collection.get_paths()][-1].get_extents()
    assert last.width == pytest.approx((high - low) / BARS, rel=1e-3)
    assert last.x1 <= high * (1 + 1e-9)


def test_nothing_to_draw_is_refused():
    """No coverage, and one of no length, are told apart from a picture."""
    nothing = coverage_with(Segments.empty(), asked=TimeRange(start=5, end=5))
    for empty in ([], nothing):
        with pytest.raises(InputError, match="no coverage to draw"):
            plot_coverage(empty)
