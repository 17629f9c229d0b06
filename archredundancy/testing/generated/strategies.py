"""Hypothesis strategies for samples, headers and lines, good and damaged. The one module here that needs hypothesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from hypothesis import strategies as st

from archredundancy.merge import merged_to_dataset, unite
from archredundancy.model import NS_PER_SECOND, DbrType, Extras, Samples, start_of_year, to_dataset
from archredundancy.model.dataset_values import Layout
from archredundancy.testing.generated.pairs import pairs_of_samples
from archredundancy.wire import ChunkHeader, escape

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "attributes_strategy",
    "damaged",
    "datasets_strategy",
    "headers_strategy",
    "odd_lines",
    "pieces_of",
    "samples_strategy",
    "trees_strategy",
]

_SECONDS_IN_YEAR = 365 * 86400
_UINT32 = st.sampled_from([0, 1, 10, 13, 27, 2**31, 2**32 - 1]) | st.integers(0, 2**32 - 1)
_INT32 = st.sampled_from([-(2**31), -1, 2**31 - 1]) | st.integers(-(2**31), 2**31 - 1)

#: Where varints grow by a byte, and the windows in which every line has an escape (its last seconds byte is 0A or 0D).
_SECONDS = (
    st.sampled_from([0, 127, 128, 2**14 - 1, 2**14, 2**21 - 1, 2**21, 20_971_520, 23_068_671, 27_262_976, 29_360_127])
    | st.integers(20_971_520, 23_068_671)
    | st.integers(0, _SECONDS_IN_YEAR - 1)
)
_NANOS = st.sampled_from([0, 10, 13, 27, 2**28 - 1, 2**28, 999_999_999]) | st.integers(0, NS_PER_SECOND - 1)
_ALARMS = st.sampled_from([0, 0, 0, 0, 1, 2, 3, 9, 10, 11, 12, 13, 27, 3904, -1]) | _INT32

#: Bytes that a varint has more than it needs.
_PADDING = st.sampled_from([0] * 12 + [1, 2, 5, 9])

#: Bytes that mean something to some reader: escapes and their codes, white space, continuation bits, tags.
_BYTES = st.sampled_from(list(b"\x00\x01\x02\x03\x08\x09\x0a\x0b\x0c\x0d\x10\x18\x19\x1a\x1b\x1d\x20\x28\x7f\x80\xff"))
_TEXTS = st.sampled_from(["HIHI", "cnxlostepsecs", "", "5 \N{MICRO SIGN}m\n"]) | st.text(max_size=8)
_FIELDS = st.lists(st.tuples(_TEXTS, _TEXTS), max_size=3).map(tuple)


def samples_strategy(dbr_type: DbrType, *, year: int | None = None, max_size: int = 20) -> st.SearchStrategy[Samples]:
    """Return a strategy for samples of one UTC year, in any order of time, with all that a sample can carry.

    Parameters
    ----------
    dbr_type : DbrType
    year : int, optional
        Any year between 1700 and 2100 if not given.
    max_size : int
        Most samples in one example.
    """
    has_tag = dbr_type is DbrType.V4_GENERIC_BYTES
    absent_or = st.just(-1)
    extra = st.tuples(
        _FIELDS, absent_or | _UINT32, st.sampled_from([-1, 0, 1]), (absent_or | _UINT32) if has_tag else absent_or
    )
    row = st.tuples(_SECONDS, _NANOS, _values(dbr_type), _ALARMS, _ALARMS, st.just(((), -1, -1, -1)) | extra)
    years = st.integers(1700, 2100) if year is None else st.just(year)
    return st.builds(_build, st.just(dbr_type), years, st.lists(row, max_size=max_size))


def headers_strategy(dbr_type: DbrType, year: int) -> st.SearchStrategy[ChunkHeader]:
    """Return a strategy for headers of this type and year."""
    return st.builds(
        ChunkHeader,
        dbr_type=st.just(dbr_type),
        pv=st.text(max_size=12),
        year=st.just(year),
        element_count=st.none() | _INT32,
        headers=_FIELDS,
    )


def odd_lines(dbr_type: DbrType) -> st.SearchStrategy[bytes]:
    """Return a strategy for lines that are legal but unusual, or nearly legal.

    Fields come in order or not, once or twice, unknown ones among them, values packed or not or of another type,
    varints in more bytes than they need.
    """
    usual = [_fields((1, 0)), _fields((2, 0)), _fields(*[(3, kind) for kind in (0, 1, 2, 5, _usual_kind(dbr_type))])]
    rest = st.lists(_fields((4, 0), (5, 0), (6, 0), (7, 2), (8, 0), (9, 0)), max_size=2).map(b"".join)
    good = st.tuples(*usual, rest).map(b"".join)
    stray = _fields(*[(number, kind) for number in range(20) for kind in range(8)])
    jumbled = st.lists(st.one_of(*usual, *usual, stray), max_size=8).map(b"".join)
    return st.lists(good | good | jumbled, max_size=12).map(
        lambda all_: b"".join(escape(line) + b"\n" for line in all_)
    )


def damaged(data: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Return a strategy for bytes in which a few were changed, lost or put in."""
    edit = st.tuples(st.sampled_from(["change", "lose", "insert"]), st.floats(0, 1), _BYTES | st.integers(0, 255))
    return st.tuples(data, st.lists(edit, min_size=1, max_size=4)).map(lambda case: _edit(*case))


def pieces_of(data: bytes) -> st.SearchStrategy[list[bytes]]:
    """Return a strategy for the same bytes in pieces, empty ones among them."""
    cuts = st.lists(st.integers(0, len(data)), max_size=6).map(sorted)
    return cuts.map(lambda at: [data[start:end] for start, end in zip([0, *at], [*at, len(data)], strict=True)])


def attributes_strategy() -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for attributes of all types that can be saved, under names some formats have a meaning for."""
    names = st.sampled_from(["units", "calendar", "not_read", "_FillValue", "dtype", "limit", "a b", "coordinates"])
    texts = st.sampled_from(["", "days since it began", "m\0", "\udcb0C", "bool", "None", "[]"]) | st.text(max_size=4)
    numbers = st.integers() | st.floats() | st.booleans() | st.none()
    arrays = st.sampled_from(["<i4", "<f8", "|i1", "<u8", "<M8[ns]", "|b1"]).flatmap(
        lambda dtype: st.lists(st.integers(0, 100), max_size=3).map(lambda column: np.array(column).astype(dtype))
    )
    single = texts | numbers | arrays | arrays.filter(len).map(lambda array: array[0])
    nested = st.recursive(
        single, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(texts, inner, max_size=2)
    )
    return st.dictionaries(names | st.text(min_size=1, max_size=4), nested, max_size=4)


@st.composite
def datasets_strategy(draw: st.DrawFn) -> xr.Dataset:
    """Return a Dataset of any of the 15 types and layouts, now and then a selection, with attributes of any kind."""
    samples = draw(st.sampled_from(DbrType).flatmap(samples_strategy))
    layout = draw(st.sampled_from(get_args(Layout)))
    labels = draw(st.lists(_TEXTS, max_size=2))
    dataset = to_dataset(samples, pv="SR:X", cluster="primary", egu="days since", labels=labels, layout=layout)
    dataset.attrs |= draw(attributes_strategy())
    dataset["value"].attrs |= draw(attributes_strategy())
    keep = draw(st.just(slice(None)) | st.slices(len(samples)))
    return dataset.isel(time=keep)


@st.composite
def trees_strategy(draw: st.DrawFn) -> xr.DataTree:
    """Return a tree of two sides that meet often, with their union, conflicts and known intervals."""
    import xarray as xr

    sides = draw(pairs_of_samples(ordered=True))
    merged = unite(*sides)
    edges = np.array(sorted(draw(st.sets(st.integers(0, 2**62), max_size=6))), np.int64).view("datetime64[ns]")
    known = {"start": ("segment", edges[: len(edges) // 2]), "end": ("segment", edges[len(edges) - len(edges) // 2 :])}
    names = zip(("primary", "secondary"), sides, strict=True)
    children = {name: to_dataset(samples, pv="SR:X", cluster=name) for name, samples in names}
    children |= {
        "merged": merged_to_dataset(merged, pv="SR:X"),
        "conflicts": merged.conflicts.to_dataset(pv="SR:X"),
        "known": xr.Dataset(known),
    }
    tree = xr.DataTree.from_dict(draw(st.just(children) | st.just({})))
    tree.attrs = draw(attributes_strategy())
    return tree


def _values(dbr_type: DbrType) -> st.SearchStrategy[Any]:
    """Return a strategy for one value as `Samples.build` takes it, of any bits."""
    if dbr_type is DbrType.WAVEFORM_STRING:
        return st.lists(_content(0, 6), max_size=4)
    if dbr_type in (DbrType.SCALAR_STRING, DbrType.V4_GENERIC_BYTES):
        return _content(0, 140)
    dtype = dbr_type.element_dtype
    if dbr_type.is_numeric_scalar:
        bits = _content(dtype.itemsize, dtype.itemsize)
    else:
        bits = _content(0, 20 * dtype.itemsize).map(
            lambda content: content[: len(content) // dtype.itemsize * dtype.itemsize]
        )
    return bits.map(lambda content: np.frombuffer(content, dtype))


def _content(least: int, most: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=least, max_size=most) | st.lists(_BYTES, min_size=least, max_size=most).map(bytes)


def _build(dbr_type: DbrType, year: int, rows: list[Any]) -> Samples:
    values: Any = [row[2] for row in rows]
    if dbr_type.is_numeric_scalar:  # joined by numpy, since Python floats lose NaN payloads
        values = np.concatenate([np.empty(0, dbr_type.element_dtype), *values])
    extras = [(number, *row[5]) for number, row in enumerate(rows) if row[5] != ((), -1, -1, -1)]
    return Samples.build(
        dbr_type,
        [start_of_year(year) + seconds * NS_PER_SECOND + nano for seconds, nano, *_ in rows],
        values,
        [row[3] for row in rows],
        [row[4] for row in rows],
        Extras.build(extras),
    )


def _usual_kind(dbr_type: DbrType) -> int:
    return {4: 5, 8: 1}.get(dbr_type.element_dtype.itemsize, 2)


def _fields(*keys: tuple[int, int]) -> st.SearchStrategy[bytes]:
    """Return a strategy for fields with one of these numbers and wire types."""
    numbers = _UINT32 | st.integers(0, 2**64 - 1)
    # Tags and lengths of more than five bytes are left out: Java's parser takes them, Google's others do not.
    return st.builds(
        _write_field, st.sampled_from(keys), _PADDING.map(lambda n: min(n, 3)), _PADDING, numbers, _content(0, 24)
    )


def _write_field(key: tuple[int, int], tag_padding: int, padding: int, number: int, content: bytes) -> bytes:
    tag = _write_varint(key[0] << 3 | key[1], tag_padding)
    size = {1: 8, 5: 4}.get(key[1], 0)
    if key[1] == 0:
        return tag + _write_varint(number, min(padding, 10 - len(_write_varint(number, 0))))
    if key[1] == 2:
        return tag + _write_varint(len(content), tag_padding) + content
    return tag + (content + bytes(8))[:size]


def _write_varint(number: int, padding: int) -> bytes:
    groups = [number & 127]
    while number := number >> 7:
        groups.append(number & 127)
    groups += [0] * padding
    return bytes([group | 128 for group in groups[:-1]] + groups[-1:])


def _edit(data: bytes, edits: list[tuple[str, float, int]]) -> bytes:
    content = bytearray(data)
    for what, place, byte in edits:
        at = int(place * len(content))
        if what == "insert":
            content.insert(at, byte)
        elif at < len(content) and what == "change":
            content[at] = byte
        elif at < len(content):
            del content[at]
    return bytes(content)
