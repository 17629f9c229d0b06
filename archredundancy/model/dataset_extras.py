"""Field values and rare attributes of samples as variables of a Dataset, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from archredundancy.errors import DatasetError
from archredundancy.model.dataset_columns import Variables, is_whole, read_column, read_time
from archredundancy.model.dataset_texts import read_texts, text_columns
from archredundancy.model.extras import Extras, FieldValue
from archredundancy.model.samples import Samples

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["extras_variables", "read_extras"]

_RARE = ("repeat_count", "field_change", "user_tag")
_GONE = -1


def extras_variables(samples: Samples) -> Variables:
    """Return what is on the dimensions "field" and "extra"; nothing where samples carry nothing."""
    extras = samples.extras
    counts = np.array([len(fields) for fields in extras.fields], np.int64)
    variables: Variables = {}
    if counts.any():
        pairs = [pair for fields in extras.fields for pair in fields]
        variables |= _places("field", samples, np.repeat(extras.row, counts))
        for name, texts in (("field_name", [name for name, _ in pairs]), ("field_text", [text for _, text in pairs])):
            columns = text_columns(name, [text.encode("utf-8", "surrogateescape") for text in texts])
            variables |= {key: ("field", column, {}) for key, column in columns.items()}
    rare = np.flatnonzero(np.any([getattr(extras, name) != -1 for name in _RARE], axis=0) | (counts == 0))
    if len(rare):
        variables |= _places("extra", samples, extras.row[rare])
        variables |= {name: ("extra", getattr(extras, name)[rare], {}) for name in _RARE}
    return variables


def _places(dim: str, samples: Samples, row: npt.NDArray[np.int64]) -> Variables:
    return {
        f"{dim}_row": (dim, row, {"long_name": "row of the sample, along time"}),
        f"{dim}_time": (dim, samples.time[row].view("datetime64[ns]"), {"long_name": "time of the sample, UTC"}),
    }


def read_extras(dataset: xr.Dataset, time: npt.NDArray[np.int64]) -> Extras:
    """Return the extras of the samples that are still there.

    Parameters
    ----------
    dataset : xarray.Dataset
    time : int64, (n,), ns since 1970 UTC
        Its time.

    Raises
    ------
    DatasetError
        If variables are absent, or extras cannot be given to their samples any more.
    """
    fields: dict[int, tuple[FieldValue, ...]] = {}
    rare: dict[int, tuple[int, int, int]] = {}
    if "field" in dataset.dims:
        names, texts = (
            [text.decode("utf-8", "surrogateescape") for text in read_texts(dataset, name, ("field",))]
            for name in ("field_name", "field_text")
        )
        for row, name, text in zip(_rows(dataset, "field", time), names, texts, strict=True):
            fields[row] = (*fields.get(row, ()), (name, text))
    if "extra" in dataset.dims:
        columns = [read_column(dataset, name, ("extra",)).tolist() for name in _RARE]
        rare = dict(zip(_rows(dataset, "extra", time), zip(*columns, strict=True), strict=True))
    rows = sorted({*fields, *rare} - {_GONE})
    return Extras.build([(row, fields.get(row, ()), *rare.get(row, (-1, -1, -1))) for row in rows])


def _rows(dataset: xr.Dataset, dim: str, time: npt.NDArray[np.int64]) -> list[int]:
    """Return for each entry along `dim` the row of its sample; -1 where a selection left the sample out.

    Raises
    ------
    DatasetError
        If that cannot be told any more.
    """
    if is_whole(dataset):
        row = read_column(dataset, f"{dim}_row", (dim,), np.int64)
        if len(row) and not 0 <= row.min() <= row.max() < len(time):
            raise DatasetError(f"'{dim}_row' points to rows that are not there; time has {len(time)}")
        return [int(number) for number in row]
    if np.any(time[1:] <= time[:-1]):
        raise DatasetError(
            f"samples were selected while times repeat or go back, so '{dim}_row' cannot be followed any more; "
            f"select from samples in order, or leave these variables out with drop_dims({dim!r})"
        )
    stamps = read_time(dataset, f"{dim}_time", dim)
    row = np.searchsorted(time, stamps)
    found = np.searchsorted(time, stamps, "right") > row
    return [int(number) for number in np.where(found, row, _GONE)]
