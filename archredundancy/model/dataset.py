"""The contract between `Samples` and the Datasets that people work with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from archredundancy._version import __version__
from archredundancy.errors import DatasetError, InputError
from archredundancy.model.alarm import AlarmSeverity, AlarmStatus, flag_attributes
from archredundancy.model.dataset_columns import fingerprint, is_whole, read_column, read_time
from archredundancy.model.dataset_extras import extras_variables, read_extras
from archredundancy.model.dataset_values import Layout, read_values, value_variables
from archredundancy.model.dbr_type import DbrType
from archredundancy.model.samples import Samples
from archredundancy.model.times import TimeRange, format_time

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["from_dataset", "is_whole", "to_dataset"]


def to_dataset(
    samples: Samples,
    *,
    pv: str,
    cluster: str,
    asked: TimeRange | None = None,
    egu: str = "",
    precision: int | None = None,
    limits: Mapping[str, float] | None = None,
    labels: Sequence[str] = (),
    history: str = "",
    layout: Layout = "auto",
) -> xr.Dataset:
    """Return samples as a Dataset.

    Parameters
    ----------
    samples : Samples
    pv, cluster : str
        Whose samples they are, and who stored them.
    asked : TimeRange, optional
        Written as `query_start` and `query_end`: what the samples are the full answer to.
    egu : str
        Engineering units as configured. They become `units` of the value too, where nobody can take them for a time's.
    precision : int, optional
        Digits to print.
    limits : mapping of str to float, optional
        Each becomes an attribute, such as `lowerDisplayLimit`.
    labels : sequence of str
        Names of the states of an enum, written as `enum_labels` of the value, and as its CF `flag_values` and
        `flag_meanings`, in which blanks are underscores.
    history : str
        What was done to get these samples.
    layout : {"auto", "padded", "ragged"}
        How waveforms are held; `auto` pads them unless that would take far more memory.

    Returns
    -------
    xarray.Dataset
        - `time` : datetime64[ns], dim "time", UTC.
        - `value` : dim "time", native dtype; `StringDType` for strings. Padded waveforms: dims ("time", "element"),
          filled up with NaN, 0 or the empty string. Ragged waveforms: dim "element_of_all". V4: uint8, dim "byte".
        - `length` : int64, dim "time", elements or bytes of each sample; only for waveforms and V4.
        - `value_is_latin1` : bool, dims of `value`; only where some string is no UTF-8 and was read as Latin-1.
        - `severity`, `status` : int32, dim "time".
        - `field_row`, `field_time`, `field_name`, `field_text` : dim "field"; only when samples carry field values.
        - `extra_row`, `extra_time`, `repeat_count`, `field_change`, `user_tag` : dim "extra"; only when samples carry
          them; -1 stands for none.

        The attribute `fingerprint` (count, first and last time) tells later whether the Dataset is still whole.

    Raises
    ------
    InputError
        If `layout` is none of the three.

    Notes
    -----
    Arrays are shared with `samples`, not copied, where the layout allows. `from_dataset` gives back the same samples,
    exactly.

    Examples
    --------
    >>> samples = Samples.build(DbrType.SCALAR_ENUM, [1_000_000_000, 2_000_000_000], [0, 1], severity=[0, 2])
    >>> dataset = to_dataset(samples, pv="SR:SHUTTER", cluster="primary", labels=["closed", "open"])
    >>> dataset.sizes["time"], dataset.value.dtype, dataset.time.dtype
    (2, dtype('int32'), dtype('<M8[ns]'))
    """
    import pandas as pd
    import xarray as xr

    # From a plain array xarray makes its index by a copy.
    time = pd.DatetimeIndex(samples.time.view("datetime64[ns]"), copy=False)
    dataset = xr.Dataset(
        {
            **value_variables(samples.value, samples.dbr_type, layout),
            "severity": ("time", samples.severity, flag_attributes(AlarmSeverity, np.int32)),
            "status": ("time", samples.status, flag_attributes(AlarmStatus, np.int32)),
            **extras_variables(samples),
        },
        coords={"time": ("time", time, {"standard_name": "time", "long_name": "UTC"})},
        attrs={
            "pv": pv,
            "cluster": cluster,
            "dbr_type": samples.dbr_type.name,
            "egu": egu,
            "interpolation_type": "ConstSucc",
            "fingerprint": fingerprint(samples.time),
            "history": history or f"archredundancy {__version__}: samples stored by {cluster}",
            **({} if asked is None else {"query_start": format_time(asked.start), "query_end": format_time(asked.end)}),
            **({} if precision is None else {"precision": precision}),
            **(limits or {}),
        },
    )
    dataset["value"].attrs |= _value_attributes(pv, egu, labels)
    return dataset


def _value_attributes(pv: str, egu: str, labels: Sequence[str]) -> dict[str, Any]:
    attributes: dict[str, Any] = {"long_name": pv, "ancillary_variables": "severity status"}
    # xarray takes any `units` with "since" for those of a time, and cannot open a file with it again.
    if egu and "since" not in egu:
        attributes["units"] = egu
    if labels:
        attributes |= {"enum_labels": list(labels), **_flags(labels)}
    return attributes


def _flags(labels: Sequence[str]) -> dict[str, Any]:
    """Return what the CF conventions want: one word a value, of letters, digits and `_ - . + @`."""
    words = [re.sub(r"[^\w\-.+@]", "_", label) or f"state_{number}" for number, label in enumerate(labels)]
    return {
        "flag_values": np.arange(len(words), dtype=DbrType.SCALAR_ENUM.element_dtype),
        "flag_meanings": " ".join(words),
    }


def from_dataset(dataset: xr.Dataset) -> Samples:
    """Return the samples of a Dataset that `to_dataset` made, or of a selection from it.

    Parameters
    ----------
    dataset : xarray.Dataset
        See `to_dataset` for what it must hold. After `isel` or `sel` along time, field values stay with their samples.

    Returns
    -------
    Samples

    Raises
    ------
    InputError
        If this is no Dataset.
    DatasetError
        If something is absent or of the wrong dtype; the message names it.
    """
    import xarray as xr

    if not isinstance(dataset, xr.Dataset):
        raise InputError(f"expected an xarray.Dataset, got {type(dataset).__name__}")
    time = read_time(dataset)
    dbr_type = _read_type(dataset)
    return Samples(
        dbr_type=dbr_type,
        time=time,
        value=read_values(dataset, dbr_type),
        severity=read_column(dataset, "severity", ("time",), np.int32),
        status=read_column(dataset, "status", ("time",), np.int32),
        extras=read_extras(dataset, time),
    )


def _read_type(dataset: xr.Dataset) -> DbrType:
    if "dbr_type" not in dataset.attrs:
        raise DatasetError(
            "the Dataset has no attribute 'dbr_type'; set it to one of: " + ", ".join(member.name for member in DbrType)
        )
    try:
        return DbrType.from_name(str(dataset.attrs["dbr_type"]))
    except InputError as error:
        raise DatasetError(f"attribute 'dbr_type': {error}") from None
