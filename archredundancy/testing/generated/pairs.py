"""Strategies for two sample sets of one PV that meet often: same few instants, same few values."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from archredundancy.model import DbrType, Extras, FieldValue, Samples

__all__ = ["histories", "pairs_of_samples"]

_BASE = 1_700_000_000_000_000_000
_FIELDS: list[tuple[FieldValue, ...]] = [(), (("HIHI", "10.0"),), (("cnxlostepsecs", "1"), ("DESC", "20 \udcb0C"))]
_TEXTS = [b"", b"open", b"\xb0C", b"\xc2\xb0C", b"a\x00", b"\\xb0"]
_INTEGERS = {DbrType.SCALAR_BYTE: [0, -128, 127], DbrType.WAVEFORM_BYTE: [0, -128, 127]}
_FLOATS = [0.0, -0.0, 1.5, float("nan"), float("inf")]


def _elements(dbr_type: DbrType) -> st.SearchStrategy[Any]:
    if dbr_type.is_string:
        return st.sampled_from(_TEXTS)
    if dbr_type.element_dtype.kind == "f":
        return st.sampled_from(_FLOATS)
    return st.sampled_from(_INTEGERS.get(dbr_type, [0, -1, 65535, 2**31 - 1]))


def _values(dbr_type: DbrType) -> st.SearchStrategy[Any]:
    if dbr_type is DbrType.V4_GENERIC_BYTES:
        return st.sampled_from(_TEXTS)
    elements = _elements(dbr_type)
    return st.lists(elements, max_size=3) if dbr_type.is_waveform else elements


@st.composite
def histories(draw: st.DrawFn, dbr_type: DbrType, *, ordered: bool = False, max_size: int = 12) -> Samples:
    """Return samples of one type within 20 ns, so that two draws share instants; in any order and repeated at will."""
    offsets = draw(st.lists(st.integers(0, 20), max_size=max_size, unique=ordered))
    times = np.array(sorted(offsets) if ordered else offsets, np.int64) + _BASE
    count = len(times)

    def column(strategy: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(strategy, min_size=count, max_size=count))

    rare = st.sampled_from([-1, 0, 1])
    extras = column(st.none() | st.tuples(st.sampled_from(_FIELDS), rare, rare, rare))
    return Samples.build(
        dbr_type,
        times,
        column(_values(dbr_type)),
        severity=column(st.sampled_from([0, 0, 2, 3904])),
        status=column(st.sampled_from([0, 0, 17])),
        extras=Extras.build([(row, *entry) for row, entry in enumerate(extras) if entry is not None]),
    )


@st.composite
def pairs_of_samples(draw: st.DrawFn, *, ordered: bool = False, max_size: int = 12) -> tuple[Samples, Samples]:
    """Return two sample sets of one type, drawn from all 15; see `histories`."""
    dbr_type = draw(st.sampled_from(DbrType))
    mine = draw(histories(dbr_type, ordered=ordered, max_size=max_size))
    return mine, draw(histories(dbr_type, ordered=ordered, max_size=max_size))
