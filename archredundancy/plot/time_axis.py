"""The UTC time axis: matplotlib's days as floats, with round times and ISO labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import Formatter, Locator

from archredundancy.coverage.ticks import round_times, tick_labels
from archredundancy.model import TimeRange, format_time

__all__ = ["days", "set_time_axis"]

_US_PER_DAY = 86_400_000_000
_NS_PER_DAY = _US_PER_DAY * 1000
#: A day as a float tells a third of a microsecond; narrower views than this would show nothing but rounding.
_NARROWEST = 10_000
_TICKS = 7


def days(time: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return instants, int64 ns, as matplotlib counts them: days since 1970 UTC, good to a third of a microsecond."""
    whole, rest = np.divmod(time, _NS_PER_DAY)
    return whole + rest / _NS_PER_DAY


def set_time_axis(axes: Axes, window: TimeRange) -> None:
    """Make the x axis a UTC time axis that shows `window`; datetime64 and datetimes can be drawn on it too."""
    end = max(window.end, window.start + _NARROWEST)
    axes.xaxis_date()
    axes.xaxis.set_major_locator(_RoundTimes())
    axes.xaxis.set_major_formatter(_IsoText())
    axes.set_xlim(*days(np.array([window.start, end])))
    axes.set_xlabel("UTC")


def _microseconds(x: float) -> int:
    """Return an axis position as ns since 1970, rounded to what a float of days can tell."""
    return round(x * _US_PER_DAY) * 1000


class _RoundTimes(Locator):
    """Puts ticks at round UTC times."""

    def __call__(self) -> Sequence[float]:
        return self.tick_values(*self.axis.get_view_interval()) if self.axis else []

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        start, end = sorted((_microseconds(vmin), _microseconds(vmax)))
        return list(days(round_times(TimeRange(start=start, end=end), _TICKS)))


class _IsoText(Formatter):
    """Labels ticks with ISO 8601 text, on a second line what it belongs to."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return format_time(_microseconds(x))

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        return ["\n".join(lines) for lines in tick_labels([_microseconds(value) for value in values])]
