"""Names beside many rows: as many as have room, and all of them once few rows are in view."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, Locator

from archredundancy.plot.picture import inches
from archredundancy.plot.text import drawable

__all__ = ["name_rows", "rows_in_view"]

_SIZE = 8
#: Points from one name to the next.
_SPACING = 1.3 * _SIZE
_LONGEST = 40


def name_rows(axis: Axis, names: Sequence[str]) -> None:
    """Write names of rows 0, 1, 2 and so on beside a y axis, each row's, or every second, third, ... one's."""
    axis.set_major_locator(_Rows(len(names)))
    axis.set_major_formatter(_Names(names))
    axis.set_tick_params(length=0, labelsize=_SIZE)


def rows_in_view(low: float, high: float, count: int) -> range:
    """Return the rows of which something is in view, given the limits of the y axis in either order."""
    first, last = sorted((low, high))
    return range(max(math.floor(first + 0.5), 0), min(math.ceil(last + 0.5), count))


class _Rows(Locator):
    """Puts ticks at every n-th row, so that names do not overlap."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __call__(self) -> Sequence[float]:
        return self.tick_values(*self.axis.get_view_interval()) if self.axis else []

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        rows = rows_in_view(vmin, vmax, self._count)
        step = max(math.ceil(abs(vmax - vmin) / max(self._room(), 1)), 1)
        return [row for row in rows if row % step == 0 and min(vmin, vmax) <= row <= max(vmin, vmax)]

    def _room(self) -> int:
        """Return how many names fit below each other."""
        if not isinstance(self.axis, Axis):
            return self._count
        return int(inches(self.axis.axes)[1] * 72 / _SPACING)


class _Names(Formatter):
    """Labels rows with their names."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def __call__(self, x: float, pos: int | None = None) -> str:
        row = round(x)
        return drawable(self._names[row], longest=_LONGEST, middle=True) if 0 <= row < len(self._names) else ""
