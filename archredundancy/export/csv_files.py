"""CSV: two lines of comment, a line of names, one line a sample.

Times have nine digits and a Z; floats as many digits as tell them apart; waveforms are JSON lists, V4 hexadecimal. The
second comment is the header as JSON. The one thing CSV cannot hold is which of the many NaN a NaN is.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from archredundancy.export.contents import Contents
from archredundancy.export.series import Cells, Lists, Series, dtype_named, lists_of
from archredundancy.export.series_folder import read_series_of, write_series_of
from archredundancy.export.texts import escape_texts, unescape_text

__all__ = ["read", "write"]

_SUFFIX = ".csv"
_FIRST_LINE = (
    "# archredundancy; to read it with pandas: read_csv(path, header=2, keep_default_na=False, na_values='NaN')\n"
)
_MARK = "# "
_ESCAPED = "escaped"
_LONGEST_CELL = 2**31 - 1

#: Letters that some readers of CSV stumble over.
_FORBIDDEN = "\0\r\n"


def write(contents: Contents, path: Path) -> None:
    """Write contents into a new file or folder."""
    write_series_of(contents, path, _SUFFIX, _write_one)


def read(path: Path) -> Contents:
    """Return the contents of a file or folder.

    Raises
    ------
    OSError, ValueError, KeyError
        If it is none of ours.
    """
    return read_series_of(path, _SUFFIX, _read_one)


def _write_one(series: Series, path: Path) -> None:
    variables = series.header["variables"]
    columns = {name: _texts(cells, variables[name]["held"]) for name, cells in series.columns.items()}
    escaped = {name: texts for name, column in columns.items() if (texts := _escaped(column, variables[name]))}
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"{_FIRST_LINE}{_MARK}{json.dumps(series.header | {_ESCAPED: list(escaped)})}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*(columns | escaped).values(), strict=True))


def _read_one(path: Path) -> Series:
    with path.open(encoding="utf-8", newline="") as file:
        first, second = file.readline(), file.readline()
        if not first.startswith("# archredundancy") or not second.startswith(_MARK):
            raise ValueError("it does not begin with our two lines of comment")
        header = json.loads(second.removeprefix(_MARK))
        csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
        names, *rows = csv.reader(file)
    if len(rows) != header["rows"]:
        raise ValueError(f"it has {len(rows)} rows, its header tells of {header['rows']}")
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    told = header["variables"]
    escaped = set(header[_ESCAPED])
    cells = {
        name: _cells(map(unescape_text, texts) if name in escaped else texts, told[name]["held"], told[name]["dtype"])
        for name, texts in zip(names, columns, strict=True)
    }
    return Series(header=header, columns=cells)


def _escaped(texts: list[str], told: dict[str, Any]) -> list[str] | None:
    """Return texts with the letters escaped that CSV had better not hold; None where nothing needs it."""
    is_text = told["held"] == "cell" and told["dtype"] == "string"
    return escape_texts(texts, _FORBIDDEN) if is_text else None


def _texts(cells: Cells, held: str) -> list[str]:
    """Return one text a row."""
    if isinstance(cells, Lists):
        pairs = pairwise(cells.start.tolist())
        if held == "bytes":
            content = cells.flat.tobytes()
            return [content[first:last].hex() for first, last in pairs]
        flat = cells.flat.tolist()
        return [json.dumps(flat[first:last], ensure_ascii=False) for first, last in pairs]
    if cells.dtype.kind == "M":
        return [f"{time}Z" for time in np.datetime_as_string(cells, unit="ns").tolist()]
    if cells.dtype.kind == "f":
        return ["NaN" if number != number else str(number) for number in cells]
    return [str(element) for element in cells.tolist()]


def _cells(texts: Iterable[str], held: str, dtype: str) -> Cells:
    """Return what `_texts` was given."""
    if held == "bytes":
        return lists_of([np.frombuffer(bytes.fromhex(text), np.uint8) for text in texts], np.dtype(np.uint8))
    if held != "cell":
        return lists_of([json.loads(text) for text in texts], dtype_named(dtype))
    kind = dtype_named(dtype)
    if kind.kind == "M":
        return np.array([text.removesuffix("Z") for text in texts], kind)
    parsers: dict[str, Callable[[str], Any]] = {"b": "True".__eq__, "f": float, "T": str}
    return np.array(list(map(parsers.get(kind.kind, int), texts)), kind)
