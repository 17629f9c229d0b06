"""Strings in a Dataset: text where people look, and still every byte as it was stored.

Strings of EPICS are bytes. Most are UTF-8; old IOCs write Latin-1, such as its degree sign. Latin-1 gives each byte a
character, so it can stand for any bytes; a flag beside the text tells which rows it was used for. No row needs another
one to be read back, so rows can be selected freely.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from archredundancy.errors import DatasetError
from archredundancy.model.dataset_columns import read_column

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["decode_text", "read_texts", "text_columns"]

_FLAG = "_is_latin1"


def text_columns(name: str, rows: Sequence[bytes]) -> dict[str, npt.NDArray[Any]]:
    """Return rows as text (`StringDType`) under `name`, and flags under `<name>_is_latin1` if any row is no UTF-8.

    Examples
    --------
    >>> text_columns("unit", [b"mA", bytes([0xB0, 0x43])])
    {'unit': array(['mA', '°C'], dtype=StringDType()), 'unit_is_latin1': array([False,  True])}
    """
    columns: dict[str, npt.NDArray[Any]] = {name: np.array([decode_text(row) for row in rows], np.dtypes.StringDType())}
    flags = np.array([not _is_utf8(row) for row in rows], bool)
    return columns | ({name + _FLAG: flags} if flags.any() else {})


def decode_text(row: bytes) -> str:
    """Return bytes as text: UTF-8, or Latin-1 where they are none."""
    try:
        return row.decode()
    except UnicodeDecodeError:
        return row.decode("latin-1")


def read_texts(
    dataset: xr.Dataset,
    name: str,
    dims: tuple[str, ...],
    flatten: Callable[[npt.NDArray[Any]], npt.NDArray[Any]] = np.ravel,
) -> list[bytes]:
    """Return the bytes behind texts that `text_columns` wrote.

    Parameters
    ----------
    dataset : xarray.Dataset
    name : str
    dims : tuple of str
        Dimensions the variable has.
    flatten : callable
        Picks the rows out of the array of these dimensions, in order.

    Raises
    ------
    DatasetError
        If the variable is absent, or no text.
    """
    texts = flatten(read_column(dataset, name, dims)).tolist()
    flagged = name + _FLAG in dataset.variables
    flags = flatten(read_column(dataset, name + _FLAG, dims, np.bool_)).tolist() if flagged else [False] * len(texts)
    try:
        return [text.encode("latin-1" if flag else "utf-8") for text, flag in zip(texts, flags, strict=True)]
    except (AttributeError, UnicodeEncodeError) as error:
        raise DatasetError(f"{name!r} holds something that is not the text of a stored string ({error})") from None


def _is_utf8(row: bytes) -> bool:
    try:
        row.decode()
    except UnicodeDecodeError:
        return False
    return True
