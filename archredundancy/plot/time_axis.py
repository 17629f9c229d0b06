"""The UTC time axis: nanoseconds since an origin, exact at any zoom near it, with round times and ISO labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, Locator
from matplotlib.units import ConversionInterface

from archredundancy.display.ticks import round_times, tick_labels
from archredundancy.model import TimeRange, format_time, parse_time
from archredundancy.plot.picture import inches

__all__ = ["part_in_view", "positions", "set_time_axis", "view_of"]

#: A view has at least this length, ns: one of no length cannot be drawn.
_NARROWEST = 10
#: Beyond this a float of nanoseconds is no whole number (from 104 days on), so ticks are taken to the microsecond.
_EXACT = 2**53
#: What zooming out may reach: the years 1679 to 2261.
_FARTHEST = 9_150_000_000 * 10**9
_INCHES_PER_TICK = 1.15


def part_in_view(whole: TimeRange, start: object, end: object, *, now: int) -> TimeRange:
    """Return what of a range is to be seen at first: all of it where a caller says nothing.

    Parameters
    ----------
    whole : TimeRange
    start, end : str, datetime, numpy.datetime64, pandas.Timestamp or None
        See `archredundancy.model.parse_time`.
    now : int, ns since 1970 UTC

    Raises
    ------
    InputError
        If a time cannot be understood.
    """
    return TimeRange(
        start=whole.start if start is None else parse_time(start, now=now),
        end=whole.end if end is None else parse_time(end, now=now),
    )


class _Since(ConversionInterface):
    """Takes instants to ns since an origin, as floats, and back."""

    def __init__(self, origin: int) -> None:
        self.origin = origin

    def default_units(self, x: Any, axis: Axis) -> None:  # type: ignore[override]
        """Return none: positions have one unit."""

    def convert(self, value: Any, unit: Any, axis: Axis) -> Any:  # type: ignore[override]
        """Return positions of datetime64, datetimes, time stamps or ISO text (without a zone, UTC)."""
        if isinstance(value, np.ndarray) and value.dtype.kind == "M":
            return self.position(value.astype("datetime64[ns]").view(np.int64))
        if isinstance(value, (list, tuple, np.ndarray)):
            return np.array([self.convert(one, unit, axis) for one in value], float)
        if isinstance(value, (int, float, np.number)):
            return float(value)
        return float(parse_time(value, now=0) - self.origin)

    def position(self, time: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return where instants, ns since 1970 UTC, lie on the axis."""
        return (time - self.origin).astype(np.float64)

    def instant(self, x: float) -> int:
        """Return which instant lies at a position."""
        ns = self.origin + round(x)
        if abs(x) > _EXACT:
            ns = (ns + 500) // 1000 * 1000
        return min(max(ns, -_FARTHEST), _FARTHEST)


def _scale(axis: Axis | None) -> _Since:
    converter = axis.get_converter() if axis is not None else None
    return converter if isinstance(converter, _Since) else _Since(0)


def positions(axes: Axes, time: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return where instants, int64 ns since 1970 UTC, lie on the time axis of some axes."""
    return _scale(axes.xaxis).position(time)


def view_of(axes: Axes) -> TimeRange:
    """Return what the time axis shows."""
    scale = _scale(axes.xaxis)
    start, end = sorted(scale.instant(x) for x in axes.get_xlim())
    return TimeRange(start=start, end=end)


def set_time_axis(axes: Axes, window: TimeRange) -> None:
    """Make the x axis a UTC time axis that shows `window`; datetime64, datetimes and ISO text can be used on it too."""
    scale = _Since(window.start)
    axes.xaxis.set_converter(scale)
    axes.xaxis.set_major_locator(_RoundTimes())
    axes.xaxis.set_major_formatter(_IsoText())
    axes.set_xlim(0, max(window.duration, _NARROWEST))
    axes.set_xlabel("UTC")


class _RoundTimes(Locator):
    """Puts ticks at round UTC times, as many as have room."""

    def __call__(self) -> Sequence[float]:
        return self.tick_values(*self.axis.get_view_interval()) if self.axis else []

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        scale = _scale(self.axis)  # type: ignore[arg-type]
        start, end = sorted((scale.instant(vmin), scale.instant(vmax)))
        return list(scale.position(round_times(TimeRange(start=start, end=end), self._most())))

    def _most(self) -> int:
        if not isinstance(self.axis, Axis):
            return 7
        return max(3, int(inches(self.axis.axes)[0] / _INCHES_PER_TICK))


class _IsoText(Formatter):
    """Labels ticks with ISO 8601 text, on a second line what it belongs to."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return format_time(_scale(self.axis).instant(x))  # type: ignore[arg-type]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        scale = _scale(self.axis)  # type: ignore[arg-type]
        return ["\n".join(lines) for lines in tick_labels([scale.instant(value) for value in values])]
