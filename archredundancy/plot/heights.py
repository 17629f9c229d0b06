"""From values of any type to heights on the y axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from archredundancy.model import DbrType, Ragged, Samples, Values
from archredundancy.plot.text import drawable

__all__ = ["Heights", "Style", "heights_of"]

#: Distinct enum values or texts that get a lane of their own.
LANES = 12

Floats = npt.NDArray[np.float64]


class Style(Enum):
    """How heights are drawn."""

    STEPS = "steps"
    """A line that holds each height until the next."""
    TICKS = "ticks"
    """A mark a sample: it has no height that would mean anything."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Heights:
    """Where samples lie on the y axis.

    Attributes
    ----------
    curves : tuple of tuple of float64 arrays
        For each curve (one, or two that bound a waveform's elements) and each of the sample sets asked about, one
        height a sample; NaN where there is nothing to draw.
    label : str
        What the axis shows.
    missing : str
        What a sample without height is.
    lanes : tuple of str
        Names of the heights 0, 1, 2 and so on; empty where heights are numbers.
    style : Style
    """

    curves: tuple[tuple[Floats, ...], ...]
    label: str
    missing: str = "not a finite number"
    lanes: tuple[str, ...] = ()
    style: Style = Style.STEPS

    @property
    def are_numbers(self) -> bool:
        """Whether heights are the values themselves, in their unit."""
        return self.style is Style.STEPS and not self.lanes


def heights_of(dbr_type: DbrType, sets: Sequence[Samples]) -> Heights:
    """Return heights of some sample sets of one type, on one scale.

    Numbers are drawn as they are; enums and strings in lanes; enums with too many values for that as numbers. Of
    waveforms the smallest and the largest element, so that no spike is lost and lengths may change; of waveforms of
    strings how many there are. V4 samples are opaque bytes, and texts that hardly repeat have no lanes: of these, only
    that they are there.
    """
    values = [samples.value for samples in sets]
    if dbr_type is DbrType.V4_GENERIC_BYTES:
        return _ticks(values, "samples")
    if dbr_type is DbrType.SCALAR_STRING:
        return _text_lanes([value for value in values if isinstance(value, Ragged)])
    ragged = [value for value in values if isinstance(value, Ragged)]
    if dbr_type is DbrType.WAVEFORM_STRING:
        return Heights(curves=(tuple(value.lengths.astype(float) for value in ragged),), label="number of strings")
    if ragged:
        bounds = tuple(tuple(_bound(which, value) for value in ragged) for which in (np.fmin, np.fmax))
        return Heights(curves=bounds, label="smallest to largest element", missing="without finite element")
    arrays = [np.asarray(value) for value in values]
    return _enum_lanes(arrays) if dbr_type.is_enum else _numbers(arrays)


def _ticks(values: Sequence[Values], label: str) -> Heights:
    return Heights(curves=(tuple(np.zeros(len(value)) for value in values),), label=label, style=Style.TICKS)


def _numbers(arrays: Sequence[npt.NDArray[Any]]) -> Heights:
    return Heights(curves=(tuple(array.astype(np.float64, copy=False) for array in arrays),), label="value")


def _enum_lanes(arrays: Sequence[npt.NDArray[Any]]) -> Heights:
    import pandas as pd

    present = np.sort(pd.unique(np.concatenate(arrays)))
    if len(present) > LANES:
        return _numbers(arrays)
    heights = tuple(np.searchsorted(present, array).astype(np.float64) for array in arrays)
    return Heights(curves=(heights,), label="value", lanes=tuple(str(value) for value in present.tolist()))


def _text_lanes(values: Sequence[Ragged]) -> Heights:
    """Return a lane for each text, the commonest first; the rarer ones share the last one where there are too many."""
    import pandas as pd

    codes, texts = pd.factorize(np.array([text for value in values for text in value.to_bytes()], object))
    counts = np.bincount(codes, minlength=len(texts))
    commonest = np.argsort(-counts, kind="stable")
    names = [drawable(texts[code].decode(errors="backslashreplace")) or "(empty)" for code in commonest[:LANES]]
    if len(texts) > LANES:
        rare = commonest[LANES - 1 :]
        if 2 * counts[rare].sum() > len(codes):
            return _ticks(values, f"{len(texts):,} different texts")
        names[LANES - 1] = f"{len(rare):,} others"
    lane = np.empty(len(texts))
    lane[commonest] = np.minimum(np.arange(len(texts)), LANES - 1)
    edges = np.cumsum([len(value) for value in values])[:-1]
    return Heights(curves=(tuple(np.split(lane[codes], edges)),), label="text", lanes=tuple(names))


def _bound(which: np.ufunc, value: Ragged) -> Floats:
    """Return the smallest or largest element of each row, NaN for rows without any."""
    found = np.full(len(value), np.nan)
    filled = np.flatnonzero(value.lengths)
    if len(filled):
        found[filled] = which.reduceat(np.asarray(value.content, np.float64), value.offsets[filled])
    return found
