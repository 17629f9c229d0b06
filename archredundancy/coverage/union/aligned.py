"""Held values of several PVs on one time axis, masked where nothing is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.union.history import Quality, UnionHistory
from archredundancy.errors import ArchRedundancyError, InputError
from archredundancy.model import DbrType, Description, Samples, flag_attributes, take_values
from archredundancy.model.dataset_values import value_variables

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Aligned", "align_history", "aligned_to_dataset", "unaligned"]

_BESIDE = ("sample_time", "severity", "status", "quality")
#: Marks severity and status where no sample is held; EPICS has no negative ones.
_NO_SAMPLE = -1
_NOT_A_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True, kw_only=True, eq=False)
class Aligned:
    """What one PV holds at `m` instants.

    Attributes
    ----------
    pv : str
    columns : mapping of str to ndarray, (m, ...)
        `value`, masked, and what belongs to it; see `aligned_to_dataset`.
    beside : mapping of str to ndarray, (m,)
        `sample_time`, `severity`, `status` and `quality`.
    attributes : mapping of str to Any
        Of the value.
    not_read : tuple of str
        What could not be read, and why.
    """

    pv: str
    columns: Mapping[str, npt.NDArray[Any]]
    beside: Mapping[str, npt.NDArray[Any]]
    attributes: Mapping[str, Any]
    not_read: tuple[str, ...]


def align_history(pv: str, history: UnionHistory, times: npt.NDArray[np.int64]) -> Aligned:
    """Return what a PV holds at instants, int64, (m,), ns since 1970 UTC, in any order."""
    row, quality = history.held_at(times)
    held, samples, comparison = quality == Quality.HELD, history.samples, history.comparison
    return Aligned(
        pv=pv,
        columns=_masked_values(samples, row, held),
        beside=_beside(samples, row, held, quality),
        attributes={"dbr_type": samples.dbr_type.name, **_described(history.description)},
        not_read=tuple(f"{pv}: {cluster}: {loss.range}: {loss.message}" for cluster, loss in comparison.failures),
    )


def _described(description: Description) -> dict[str, Any]:
    egu, labels = description.egu, list(description.labels)
    units = {"units": egu} if egu and "since" not in egu else {}  # with which xarray would take values for times
    return units | ({"enum_labels": labels} if labels else {})


def unaligned(pv: str, count: int, error: ArchRedundancyError) -> Aligned:
    """Return `count` unknown values for a PV that could not be asked for, with the reason as attribute `failure`."""
    nothing, reason = Samples.empty(DbrType.SCALAR_DOUBLE), str(error)
    row, held = np.full(count, -1, np.int64), np.zeros(count, bool)
    return Aligned(
        pv=pv,
        columns=_masked_values(nothing, row, held),
        beside=_beside(nothing, row, held, np.full(count, Quality.UNKNOWN, np.int8)),
        attributes={"failure": reason, "failure_kind": error.kind},
        not_read=(f"{pv}: {reason}",),
    )


def aligned_to_dataset(times: npt.NDArray[np.int64], aligned: Sequence[Aligned]) -> xr.Dataset:
    """Return the PVs as variables of one Dataset; see `ClusterPair.align` for what is in it.

    Raises
    ------
    InputError
        If a PV has the name of a variable that tells about all of them.
    """
    import xarray as xr

    variables: dict[str, Any] = {}
    for each in aligned:
        variables |= _variables_of(each, {"pv", "time", *_BESIDE})
    for name in _BESIDE:
        rows = np.array([each.beside[name] for each in aligned]).reshape(len(aligned), len(times))
        variables[name] = (("pv", "time"), rows, _attributes_of(name))
    coordinates = {"time": ("time", times.view("datetime64[ns]"), {"standard_name": "time"})}
    names = np.array([each.pv for each in aligned], np.dtypes.StringDType())
    not_read = [reason for each in aligned for reason in each.not_read]
    return xr.Dataset(variables, coords=coordinates | {"pv": ("pv", names)}, attrs={"not_read": not_read})


def _variables_of(aligned: Aligned, taken: set[str]) -> dict[str, Any]:
    """Return a PV's own variables.

    Raises
    ------
    InputError
        If its name is taken.
    """
    pv = aligned.pv
    if pv in taken:
        raise InputError(f"a PV named {pv!r} cannot be aligned; these names are taken: {', '.join(sorted(taken))}")
    attributes = {"long_name": pv, "ancillary_variables": " ".join(_BESIDE), **aligned.attributes}
    variables: dict[str, Any] = {}
    for name, column in aligned.columns.items():
        dims = ("time", f"{pv}.element")[: column.ndim]
        variables[pv if name == "value" else f"{pv}.{name}"] = (dims, column, attributes if name == "value" else {})
    return variables


def _attributes_of(name: str) -> dict[str, Any]:
    if name == "quality":
        return flag_attributes(Quality, np.int8)
    return {"long_name": "time of the sample that is held"} if name == "sample_time" else {"missing": _NO_SAMPLE}


def _masked_values(
    samples: Samples, row: npt.NDArray[np.int64], held: npt.NDArray[np.bool_]
) -> dict[str, npt.NDArray[Any]]:
    """Return `value`, and `length` and `value_is_latin1` where the type needs them, with a mark where none is held."""
    is_v4 = samples.dbr_type is DbrType.V4_GENERIC_BYTES  # padded like a waveform, for ragged rows have no mask
    layout_type = DbrType.WAVEFORM_BYTE if is_v4 else samples.dbr_type
    found = value_variables(take_values(samples.value, row[held]), layout_type, "padded")
    return {
        name: _spread(column, held, as_float=name == "value" and not is_v4 and column.dtype.kind in "iu")
        for name, (_, column, _) in found.items()
    }


def _spread(column: npt.NDArray[Any], held: npt.NDArray[np.bool_], *, as_float: bool) -> npt.NDArray[Any]:
    """Return a column of all instants from that of those at which a sample is held."""
    dtype = np.dtype(np.float64) if as_float else column.dtype  # float64 holds all integers of EPICS exactly
    shape = (len(held), *column.shape[1:])
    spread = np.full(shape, np.nan, dtype) if dtype.kind == "f" else np.zeros(shape, dtype)
    spread[held] = column
    return spread


def _beside(
    samples: Samples, row: npt.NDArray[np.int64], held: npt.NDArray[np.bool_], quality: npt.NDArray[np.int8]
) -> dict[str, npt.NDArray[Any]]:
    columns: dict[str, npt.NDArray[Any]] = {
        "sample_time": np.full(len(held), _NOT_A_TIME, np.int64),
        "severity": np.full(len(held), _NO_SAMPLE, np.int32),
        "status": np.full(len(held), _NO_SAMPLE, np.int32),
    }
    for name, source in (("sample_time", samples.time), ("severity", samples.severity), ("status", samples.status)):
        columns[name][held] = source[row[held]]
    return columns | {"sample_time": columns["sample_time"].view("datetime64[ns]"), "quality": quality}
