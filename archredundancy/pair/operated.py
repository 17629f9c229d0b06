"""What a server made of samples, as a Dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from archredundancy.client import Operation, Shape
from archredundancy.errors import ReplyError
from archredundancy.model import DbrType, Ragged, Samples, to_dataset

if TYPE_CHECKING:
    import xarray as xr

    from archredundancy.client import OperatedAnswer

__all__ = ["operated_to_dataset"]

_NUMBERS = ("mean", "std", "min", "max", "count", "last")
_WIDTHS = (5, 6)
_NOTHING = (
    "nothing came back, as from texts, from a range without samples, and from a damaged file; load the range without "
    "operator to tell which"
)


def operated_to_dataset(answer: OperatedAnswer, pv: str, cluster: str) -> xr.Dataset:
    """Return the answer to a request with an operator; see `Cluster.load` for what is in it.

    Raises
    ------
    ReplyError
        If the server did not do what it was told.
    """
    operation, samples = answer.operation, answer.samples
    numbers = _numbers(operation, samples)
    has_bins = operation.shape is Shape.BINS or bool(numbers)
    if not has_bins and operation.shape is Shape.NUMBERS and len(samples):
        raise ReplyError(_not_done(operation), url=answer.url, status=200)
    if operation.shape is Shape.BINS and not operation.in_middles(samples.time):
        raise ReplyError(_not_done(operation), url=answer.url, status=200)
    if numbers:
        samples = Samples.build(
            DbrType.SCALAR_DOUBLE, samples.time, numbers["mean"], samples.severity, samples.status, samples.extras
        )
    dataset = to_dataset(
        samples,
        pv=pv,
        cluster=cluster,
        asked=operation.asked,
        egu=answer.headers.get("EGU", ""),
        history=f"archredundancy: {operation.text} as {cluster} answered it",
    )
    for name, column in numbers.items():
        dataset[name] = ("time", column)
    dataset.attrs |= {"operator": operation.text, "not_read": [*answer.not_read, *([] if len(samples) else [_NOTHING])]}
    if has_bins:
        dataset.attrs |= {"interpolation_type": "none", "bin_seconds": operation.bin_seconds}
    return dataset


def _numbers(operation: Operation, samples: Samples) -> dict[str, npt.NDArray[Any]]:
    """Return mean, deviation and so on of each bin; nothing where samples are what they seem to be."""
    if operation.shape not in {Shape.NUMBERS, Shape.EITHER} or samples.dbr_type is not DbrType.WAVEFORM_DOUBLE:
        return {}
    arrays = samples.value
    width = int(arrays.lengths.max(initial=0)) if isinstance(arrays, Ragged) else 0
    if not isinstance(arrays, Ragged) or width not in _WIDTHS or (arrays.lengths != width).any():
        return {}
    if not operation.in_middles(samples.time):
        return {}
    table = np.asarray(arrays.content).reshape(len(samples), width)
    return {name: table[:, column] for column, name in enumerate(_NUMBERS[:width])}


def _not_done(operation: Operation) -> str:
    return (
        f"the server answered {operation.text} with values that are not in the middles of bins of "
        f"{operation.bin_seconds} s, as one does that does not know the operator and sends its samples; load the range "
        "without operator"
    )
