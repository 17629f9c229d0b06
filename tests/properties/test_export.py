"""Saving and reading back changes nothing, in any format."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from archredundancy.export import Format, open_saved, save
from archredundancy.export.attributes import (
    attributes_from_json,
    attributes_to_json,
    pack_attributes,
    unpack_attributes,
)
from archredundancy.export.texts import escape_texts, unescape_text
from archredundancy.model import DbrType, from_dataset, to_dataset
from archredundancy.testing import assert_datasets_equal, assert_samples_equal, assert_trees_equal
from archredundancy.testing.assertions import _typed
from archredundancy.testing.generated.strategies import (
    attributes_strategy,
    datasets_strategy,
    samples_strategy,
    trees_strategy,
)

EXACT = [Format.NETCDF, Format.ZARR, Format.PARQUET]


def there_and_back(data, kind):
    with TemporaryDirectory() as folder:
        return open_saved(save(data, Path(folder) / "saved", format=kind), format=kind)


@pytest.mark.parametrize("kind", Format)
@settings(max_examples=25)
@given(dataset=datasets_strategy())
def test_a_dataset_comes_back_to_the_last_bit(kind, dataset):
    """All types and layouts, selections, any bytes in strings, any attribute; in CSV one NaN may stand for another."""
    assert_datasets_equal(there_and_back(dataset, kind), dataset, any_nan=kind is Format.CSV)


@pytest.mark.parametrize("kind", Format)
@settings(max_examples=10)
@given(tree=trees_strategy())
def test_a_tree_comes_back_to_the_last_bit(kind, tree):
    """Both sides, union, conflicts, known intervals and attributes; a tree without children, too."""
    assert_trees_equal(there_and_back(tree, kind), tree, any_nan=kind is Format.CSV)


@pytest.mark.parametrize("kind", EXACT)
@settings(max_examples=10)
@given(samples=st.sampled_from(DbrType).flatmap(samples_strategy))
def test_samples_survive(kind, samples):
    """What `from_dataset` finds in a saved Dataset are the samples that it was made of, NaN payloads included."""
    dataset = to_dataset(samples, pv="X", cluster="primary")
    assert_samples_equal(from_dataset(there_and_back(dataset, kind)), samples)


@settings(max_examples=30)
@given(
    samples=st.sampled_from([DbrType.SCALAR_DOUBLE, DbrType.WAVEFORM_SHORT, DbrType.V4_GENERIC_BYTES]).flatmap(
        samples_strategy
    )
)
def test_plain_xarray_reads_the_same(samples):
    """xarray alone gives the same times, to the nanosecond, and values from netCDF and zarr."""
    dataset = to_dataset(samples, pv="X", cluster="primary", egu="days since")
    with TemporaryDirectory() as folder:
        netcdf, zarr = (save(dataset, f"{folder}/saved.{suffix}") for suffix in ("nc", "zarr"))
        for plain in (xr.open_dataset(netcdf), xr.open_dataset(zarr, engine="zarr", consolidated=False)):
            with plain:
                assert plain.time.dtype == np.dtype("datetime64[ns]")
                assert plain.time.values.tobytes() == dataset.time.values.tobytes()
                assert plain.value.dtype == dataset.value.dtype
                assert plain.value.values.tobytes() == dataset.value.values.tobytes()


@given(attributes=attributes_strategy())
def test_attributes_keep_their_types(attributes):
    """Packed attributes are of types that netCDF and JSON have, and unpack to the same values of the same types."""
    packed = pack_attributes(attributes)
    assert all(isinstance(value, str | int | float | np.ndarray) for value in packed.values())
    assert _typed(unpack_attributes(packed)) == _typed(attributes)
    assert _typed(attributes_from_json(json.loads(json.dumps(attributes_to_json(attributes))))) == _typed(attributes)


@given(texts=st.lists(st.text(alphabet="\0\r\n\\x0a", max_size=6), max_size=4))
def test_escaped_texts_come_back(texts):
    """What is escaped has no forbidden letter and gives the text back; what has none is left alone."""
    escaped = escape_texts(texts, "\0\r\n")
    if escaped is None:
        assert not set("".join(texts)) & set("\0\r\n")
    else:
        assert not set("".join(escaped)) & set("\0\r\n")
        assert [unescape_text(text) for text in escaped] == texts
