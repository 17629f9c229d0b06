"""`decode_columns`: a block of sample lines to `Samples`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archredundancy.errors import InputError, WireError
from archredundancy.model import NS_PER_SECOND, DbrType, Extras, Ragged, Samples, Values, start_of_year
from archredundancy.wire.block import LineBlock
from archredundancy.wire.columns import Columns, read_columns
from archredundancy.wire.events import Damage
from archredundancy.wire.lines import Line, read_line
from archredundancy.wire.message import Malformed
from archredundancy.wire.payload import SAMPLE_YEARS, as_elements, explain_year

__all__ = ["DecodedBlock", "decode_columns"]


class DecodedBlock(NamedTuple):
    """What a block of lines holds.

    Attributes
    ----------
    samples : Samples
        One for each line that could be read, in stored order.
    damages : tuple of Damage
        One for each line that could not, in stored order.
    """

    samples: Samples
    damages: tuple[Damage, ...]


def decode_columns(dbr_type: DbrType, year: int, block: bytes, *, offset: int = 0) -> DecodedBlock:
    r"""Return the samples in a block of complete lines.

    Parameters
    ----------
    dbr_type : DbrType
        Type in the header above the lines.
    year : int
        UTC year in that header.
    block : bytes
        Lines as stored, escaped, each with its line end. About 1 MiB at a time is fastest.
    offset : int
        Position of the block in the stream, for the offsets of damages.

    Returns
    -------
    DecodedBlock
        Samples and damages. Nanoseconds of 1e9 and more, known from old data, run over into the next second. Cost:
        linear, for scalars some 50 ns a line.

    Raises
    ------
    InputError
        If the block does not end with a line end.
    WireError
        If samples of this year do not fit int64 nanoseconds.

    Examples
    --------
    >>> decode_columns(DbrType.SCALAR_SHORT, 1970, b"\x08\x01\x10\x02\x18\x06\n").samples.time
    array([1000000002])
    """
    if block and not block.endswith(b"\n"):
        raise InputError("the block ends in the middle of a line; give whole lines, each with its line end")
    if year not in SAMPLE_YEARS:
        raise WireError(explain_year(year), offset=offset)
    lines = LineBlock.split(block)
    columns = read_columns(dbr_type, lines)
    found, damages = _read_irregular(dbr_type, lines, np.flatnonzero(~columns.regular).tolist(), offset)
    samples = _assemble(dbr_type, start_of_year(year), columns, found)
    if damages:
        columns.regular[list(found)] = True
        samples = samples.take(np.flatnonzero(columns.regular))
    return DecodedBlock(samples, damages)


def _read_irregular(
    dbr_type: DbrType, block: LineBlock, rows: list[int], offset: int
) -> tuple[dict[int, Line], tuple[Damage, ...]]:
    found, damages = {}, []
    for row in rows:
        start, end = block.raw_span(row)
        try:
            found[row] = read_line(dbr_type, block.raw[start:end])
        except Malformed as error:
            damages.append(Damage(offset + start, end - start, str(error)))
    return found, tuple(damages)


def _assemble(dbr_type: DbrType, year_start: int, columns: Columns, found: dict[int, Line]) -> Samples:
    """Return a sample for each row, with `found` put in place; rows neither regular nor found hold anything."""
    time, value = columns.since_year + year_start, columns.value
    if found:
        rows = np.array(list(found), np.int64)
        time[rows] = [year_start + line.seconds * NS_PER_SECOND + line.nano for line in found.values()]
        columns.severity[rows] = [line.severity for line in found.values()]
        columns.status[rows] = [line.status for line in found.values()]
        value = _put(value, rows, _as_values(dbr_type, list(found.values())))
    return Samples(
        dbr_type=dbr_type,
        time=time,
        value=value,
        severity=columns.severity,
        status=columns.status,
        extras=Extras.build(
            [
                (row, line.fields, line.repeat_count, line.field_change, line.user_tag)
                for row, line in found.items()
                if line.has_extras
            ]
        ),
    )


def _as_values(dbr_type: DbrType, lines: list[Line]) -> Values:
    if dbr_type is DbrType.WAVEFORM_STRING:
        return Ragged.from_strings([line.value for line in lines if isinstance(line.value, tuple)])
    content = [line.value for line in lines if isinstance(line.value, bytes)]
    if dbr_type.is_numeric_scalar:
        return np.frombuffer(b"".join(content), dbr_type.element_dtype)
    return as_elements(Ragged.from_bytes(content), dbr_type.element_dtype)


def _put(value: Values, rows: npt.NDArray[np.int64], found: Values) -> Values:
    if isinstance(value, Ragged) and isinstance(found, Ragged):
        order = np.arange(len(value))
        order[rows] = len(value) + np.arange(len(rows))
        return Ragged.concatenate([value, found]).take(order)
    np.asarray(value)[rows] = found
    return value
