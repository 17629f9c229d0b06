"""Samples to Dataset and back, for all 15 types."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archredundancy.merge import merge_samples, unite
from archredundancy.model import DbrType, from_dataset, is_whole, to_dataset
from archredundancy.testing import assert_samples_equal
from archredundancy.testing.generated.pairs import histories, pairs_of_samples
from archredundancy.testing.generated.strategies import samples_strategy
from archredundancy.testing.twins.slow_merge import rows_of


def as_dataset(samples, **options):
    return to_dataset(samples, pv="SR:TEST", cluster="primary", **options)


@pytest.mark.parametrize("dbr_type", DbrType)
@settings(max_examples=25)
@given(data=st.data(), layout=st.sampled_from(["auto", "padded", "ragged"]))
def test_round_trip_is_exact(dbr_type, data, layout):
    """Every value, NaN, byte, alarm, field value and rare attribute comes back, in stored order."""
    samples = data.draw(histories(dbr_type))
    dataset = as_dataset(samples, layout=layout)
    assert dataset.time.dtype == np.dtype("datetime64[ns]")
    assert is_whole(dataset)
    back = from_dataset(dataset)
    assert back.dbr_type is dbr_type
    assert repr(rows_of(back)) == repr(rows_of(samples))


@given(samples=st.sampled_from(DbrType).flatmap(samples_strategy))
def test_any_bits_survive_a_round_trip(samples):
    """Payloads of NaN, bytes of any kind, alarms nobody has heard of, years from 1700 to 2100."""
    assert_samples_equal(from_dataset(as_dataset(samples)), samples)


@pytest.mark.parametrize("dbr_type", [kind for kind in DbrType if kind is not DbrType.V4_GENERIC_BYTES])
@settings(max_examples=25)
@given(data=st.data())
def test_selections_keep_what_belongs_to_their_samples(dbr_type, data):
    """After `isel` along time the rest comes back exactly, field values and rare attributes included."""
    samples = data.draw(histories(dbr_type, ordered=True))
    kept = data.draw(st.lists(st.booleans(), min_size=len(samples), max_size=len(samples)))
    rows = np.flatnonzero(np.array(kept, bool))
    back = from_dataset(as_dataset(samples).isel(time=rows))
    assert repr(rows_of(back)) == repr(rows_of(samples.take(rows)))


@given(pair=pairs_of_samples())
def test_merging_datasets_is_merging_samples(pair):
    """`merge_samples` gives the same union whether it gets Datasets or samples, and keeps nanoseconds."""
    merged = unite(*pair)
    dataset = merge_samples(*(as_dataset(samples) for samples in pair))
    assert dataset.time.dtype == np.dtype("datetime64[ns]")
    assert dataset.origin.values.tolist() == merged.origin.tolist()
    assert dataset.attrs["conflicts"] == len(merged.conflicts)
    assert repr(rows_of(from_dataset(dataset))) == repr(rows_of(merged.samples))
