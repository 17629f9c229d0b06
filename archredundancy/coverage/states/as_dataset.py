"""States and what is known as Datasets, and back: one row a stretch."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.states.coverage import Coverage, Layer
from archredundancy.coverage.states.states import Cause, Proof, State
from archredundancy.errors import DatasetError
from archredundancy.model import TimeRange
from archredundancy.segments import Segments, as_ns

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["coverages_to_dataset", "dataset_to_coverage", "known_to_dataset"]

_Word = TypeVar("_Word", bound=Enum)
_COLUMNS = ("cluster", "start", "end", "state", "cause", "evidence")
_STATES = {state.label: state for state in State}


def coverages_to_dataset(coverages: Sequence[Coverage]) -> xr.Dataset:
    """Return the states of one or more sides.

    Returns
    -------
    xarray.Dataset
        Dim "stretch": start, end (datetime64[ns], UTC), cluster, state, cause, evidence (text).
    """
    import pandas as pd
    import xarray as xr

    table = pd.concat([coverage.to_dataframe() for coverage in coverages], ignore_index=True)
    columns: dict[str, object] = {name: ("stretch", table[name].to_numpy()) for name in ("start", "end")}
    columns |= {name: ("stretch", _texts(table[name].tolist())) for name in ("cluster", "state", "cause", "evidence")}
    return xr.Dataset(columns)


def known_to_dataset(coverages: Sequence[Coverage]) -> xr.Dataset:
    """Return where one or more sides can vouch either way.

    Returns
    -------
    xarray.Dataset
        Dim "segment": start, end (datetime64[ns], UTC), cluster (text).
    """
    import xarray as xr

    sides = [(coverage.cluster, coverage.known) for coverage in coverages]
    return xr.Dataset(
        {
            "cluster": ("segment", _texts([cluster for cluster, known in sides for _ in range(len(known))])),
            "start": ("segment", np.concatenate([known.start for _, known in sides]).view("datetime64[ns]")),
            "end": ("segment", np.concatenate([known.end for _, known in sides]).view("datetime64[ns]")),
        }
    )


def dataset_to_coverage(dataset: xr.Dataset | xr.DataTree, cluster: str | None = None) -> Coverage:
    """Return one side's coverage from the rows that `coverages_to_dataset` made of it.

    Raises
    ------
    DatasetError
        If a variable is missing, the cluster is not there, or the stretches do not fill a range.
    """
    if missing := [name for name in _COLUMNS if name not in dataset.variables]:
        raise DatasetError(f"the Dataset has no variable {missing}; give the node `coverage` of a loaded tree")
    columns = {name: np.asarray(dataset[name]) for name in _COLUMNS}
    clusters = [str(text) for text in columns["cluster"]]
    name_of_it = _one_of(sorted(set(clusters)), cluster)
    chosen = np.array([name == name_of_it for name in clusters])
    rows = {name: column[chosen] for name, column in columns.items()}
    start, end = as_ns(rows["start"]), as_ns(rows["end"])
    if not np.array_equal(start[1:], end[:-1]) or np.any(end <= start):
        raise DatasetError("the stretches overlap or leave holes; give them whole and in order, as they were written")
    words = list(zip(*([str(text) for text in rows[name]] for name in _COLUMNS[3:]), strict=True))
    return Coverage.from_layers(
        name_of_it,
        TimeRange(start=int(start[0]), end=int(end[-1])),
        [_layer(kind, Segments.from_arrays(*_edges(start, end, words, kind))) for kind in dict.fromkeys(words)],
    )


def _edges(
    start: npt.NDArray[np.int64], end: npt.NDArray[np.int64], words: list[tuple[str, ...]], kind: tuple[str, ...]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    chosen = np.array([word == kind for word in words], bool)
    return start[chosen], end[chosen]


def _layer(words: tuple[str, ...], segments: Segments) -> Layer:
    state, cause, proof = words
    if state not in _STATES:
        raise DatasetError(f"{state!r} is no state; allowed: {', '.join(_STATES)}")
    return Layer(segments=segments, state=_STATES[state], cause=_word(Cause, cause), proof=_word(Proof, proof))


def _word(kind: type[_Word], text: str) -> _Word:
    try:
        return kind(text)
    except ValueError:
        allowed = ", ".join(repr(word.value) for word in kind)
        raise DatasetError(f"{text!r} is no {kind.__name__.lower()} of this version; allowed: {allowed}") from None


def _one_of(clusters: list[str], wanted: str | None) -> str:
    if wanted is None and len(clusters) == 1:
        return clusters[0]
    if wanted not in clusters:
        raise DatasetError(f"the Dataset has clusters {clusters}, and {wanted!r} was asked for; give one of these")
    return wanted


def _texts(texts: list[str]) -> npt.NDArray[np.generic]:
    return np.array(texts, dtype=np.dtypes.StringDType())
