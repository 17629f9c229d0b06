"""Values between samples, in the order of arithmetic of Apache Commons Math.

Where it throws, as with too few samples or outside of them, the first value stands in (`LinearInterpolation`,
`LoessInterpolation`).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

__all__ = ["linear", "loess"]

_BANDWIDTH = 0.3
_ROBUSTNESS_ROUNDS = 2
_ACCURACY = 1e-12


def linear(times: Sequence[float], values: Sequence[float], at: float) -> float:
    """Return the value at an instant on straight lines between samples (`LinearInterpolator`).

    Examples
    --------
    >>> linear([0.0, 10.0], [1.0, 2.0], 5), linear([0.0, 10.0], [1.0, 2.0], 15)
    (1.5, 1.0)
    """
    if len(times) < 2 or not _is_inside(times, at):
        return values[0]
    index = _interval(times, at)
    slope = (values[index + 1] - values[index]) / (times[index + 1] - times[index])
    return _polynomial((values[index], slope), at - times[index])


def loess(times: Sequence[float], values: Sequence[float], at: float) -> float:
    """Return the value at an instant on a cubic spline through a local regression (`LoessInterpolator`)."""
    finite = all(map(math.isfinite, values))
    if int(_BANDWIDTH * len(times)) < 2 or not finite or not _is_inside(times, at):
        return values[0]
    index = _interval(times, at)
    return _polynomial(_spline(times, _smoothed(times, values))[index], at - times[index])


def _is_inside(times: Sequence[float], at: float) -> bool:
    """Whether an instant lies between samples whose times increase: those of a double may not."""
    return times[0] <= at <= times[-1] and all(one < two for one, two in pairwise(times))


def _interval(times: Sequence[float], at: float) -> int:
    return min(bisect_right(times, at) - 1, len(times) - 2)


def _polynomial(coefficients: Sequence[float], at: float) -> float:
    """Return the value of a polynomial, lowest power first (`PolynomialFunction`)."""
    count = len(coefficients)
    while count > 1 and coefficients[count - 1] == 0:
        count -= 1
    result = coefficients[count - 1]
    for coefficient in reversed(coefficients[: count - 1]):
        result = at * result + coefficient
    return result


def _smoothed(times: Sequence[float], values: Sequence[float]) -> list[float]:
    """Return the values of a robust local regression at the samples themselves."""
    weights = [1.0] * len(times)
    for round_number in range(_ROBUSTNESS_ROUNDS + 1):
        smoothed = _regression(times, values, weights)
        residuals = [abs(value - fit) for value, fit in zip(values, smoothed, strict=True)]
        median = sorted(residuals)[len(residuals) // 2]
        if round_number == _ROBUSTNESS_ROUNDS or median < _ACCURACY:
            break
        weights = [_robustness(residual / (6 * median)) for residual in residuals]
    return smoothed


def _robustness(ratio: float) -> float:
    return 0.0 if ratio >= 1 else (1 - ratio * ratio) * (1 - ratio * ratio)


def _regression(times: Sequence[float], values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return at each sample the value of a line fitted to its nearest neighbours."""
    left, right = 0, int(_BANDWIDTH * len(times)) - 1
    fitted = []
    for index, time in enumerate(times):
        if index and right + 1 < len(times) and times[right + 1] - time < time - times[left]:
            left, right = left + 1, right + 1
        fitted.append(_fit(index, times, values, weights, range(left, right + 1)))
    return fitted


def _fit(index: int, times: Sequence[float], values: Sequence[float], weights: Sequence[float], near: range) -> float:
    time = times[index]
    left, right = times[near[0]], times[near[-1]]
    scale = abs(1.0 / ((left if time - left > right - time else right) - time))
    sums = [0.0] * 5
    for other in near:
        x, y = times[other], values[other]
        weight = _tricube((time - x if other < index else x - time) * scale) * weights[other]
        for number, term in enumerate((weight, x * weight, x * (x * weight), y * weight, y * (x * weight))):
            sums[number] += term
    if not sums[0]:
        return math.nan
    mean_x, mean_xx, mean_y, mean_xy = (total / sums[0] for total in sums[1:])
    spread = mean_xx - mean_x * mean_x
    slope = 0.0 if math.sqrt(abs(spread)) < _ACCURACY else (mean_xy - mean_x * mean_y) / spread
    return slope * time + (mean_y - slope * mean_x)


def _tricube(distance: float) -> float:
    near = abs(distance)
    if near >= 1.0:
        return 0.0
    rest = 1 - near * near * near
    return rest * rest * rest


def _spline(x: Sequence[float], y: Sequence[float]) -> list[tuple[float, float, float, float]]:
    """Return the cubic polynomials of a natural spline, one for each interval (`SplineInterpolator`)."""
    count = len(x) - 1
    step = [two - one for one, two in pairwise(x)]
    ratio, offset = [0.0], [0.0]
    for index in range(1, count):
        both = x[index + 1] - x[index - 1]
        pivot = 2.0 * both - step[index - 1] * ratio[index - 1]
        bend = 3.0 * (y[index + 1] * step[index - 1] - y[index] * both + y[index - 1] * step[index])
        ratio.append(step[index] / pivot)
        offset.append((bend / (step[index - 1] * step[index]) - step[index - 1] * offset[index - 1]) / pivot)
    cubics: list[tuple[float, float, float, float]] = []
    next_square = 0.0
    for index in reversed(range(count)):
        square = offset[index] - ratio[index] * next_square
        line = (y[index + 1] - y[index]) / step[index] - step[index] * (next_square + 2.0 * square) / 3.0
        cubics.append((y[index], line, square, (next_square - square) / (3.0 * step[index])))
        next_square = square
    return cubics[::-1]
