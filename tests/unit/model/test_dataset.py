"""The Dataset contract: what each type becomes, what the attributes tell, and what is refused on the way back."""

import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

from archredundancy.errors import DatasetError, InputError
from archredundancy.model import (
    DbrType,
    Extras,
    Ragged,
    Samples,
    TimeRange,
    from_dataset,
    is_whole,
    to_dataset,
)

NOW = 1_795_000_000_123_456_789
NANOSECONDS = np.dtype("datetime64[ns]")


def dataset_of(dbr_type, values, **options):
    times = NOW + np.arange(len(values)) * 1_000_000_000
    return to_dataset(Samples.build(dbr_type, times, values), pv="SR:TEST", cluster="primary", **options)


SCALARS = {
    DbrType.SCALAR_SHORT: ([-1, 65535], "int32"),
    DbrType.SCALAR_FLOAT: ([0.5, np.nan], "float32"),
    DbrType.SCALAR_ENUM: ([0, 65535], "int32"),
    DbrType.SCALAR_BYTE: ([-128, 127], "int8"),
    DbrType.SCALAR_INT: ([-(2**31), 2**31 - 1], "int32"),
    DbrType.SCALAR_DOUBLE: ([0.1, np.inf], "float64"),
}


@pytest.mark.parametrize("dbr_type", SCALARS, ids=str)
def test_scalars_keep_their_dtype(dbr_type):
    """No NaN sneaks into integers and no object array into numbers; times are nanoseconds."""
    values, dtype = SCALARS[dbr_type]
    dataset = dataset_of(dbr_type, values)
    assert dataset.value.dtype == dtype
    np.testing.assert_array_equal(dataset.value, np.array(values, dtype))
    assert (dataset.severity.dtype, dataset.status.dtype) == (np.int32, np.int32)
    assert dataset.time.dtype == NANOSECONDS
    assert dataset.time.values.view(np.int64).tolist() == [NOW, NOW + 1_000_000_000]
    assert set(dataset.variables) == {"time", "value", "severity", "status"}


def test_strings_are_text():
    """numpy's StringDType, with NUL and everything else that UTF-8 holds; no flag is needed."""
    dataset = dataset_of(DbrType.SCALAR_STRING, ["", "offen", "20 °C", "a\0"])
    assert dataset.value.dtype == np.dtypes.StringDType()
    assert dataset.value.values.tolist() == ["", "offen", "20 °C", "a\0"]
    assert "value_is_latin1" not in dataset


def test_strings_that_are_no_utf8_read_as_latin1_and_come_back():
    """The degree sign of an old IOC is shown as such, a flag tells its row, and the bytes survive a selection."""
    dataset = dataset_of(DbrType.SCALAR_STRING, [b"C", b"\xb0C", "°C".encode()])
    assert dataset.value.values.tolist() == ["C", "°C", "°C"]
    assert dataset.value_is_latin1.values.tolist() == [False, True, False]
    assert from_dataset(dataset.isel(time=[1, 2])).value.to_bytes() == [b"\xb0C", "°C".encode()]


PADDED = {
    DbrType.WAVEFORM_DOUBLE: ([[1.0], [2.0, np.nan], []], [[1.0, np.nan], [2.0, np.nan], [np.nan, np.nan]]),
    DbrType.WAVEFORM_INT: ([[1], [2, 3], []], [[1, 0], [2, 3], [0, 0]]),
    DbrType.WAVEFORM_BYTE: ([[1], [2, -3], []], [[1, 0], [2, -3], [0, 0]]),
    DbrType.WAVEFORM_STRING: ([["a"], ["b", ""], []], [["a", ""], ["b", ""], ["", ""]]),
}


@pytest.mark.parametrize("dbr_type", PADDED, ids=str)
def test_waveforms_are_filled_up_to_the_longest(dbr_type):
    """NaN, 0 or the empty string fill up; `length` tells elements from filling, so a stored NaN comes back too."""
    values, padded = PADDED[dbr_type]
    dataset = dataset_of(dbr_type, values)
    assert dataset.value.dims == ("time", "element")
    np.testing.assert_array_equal(dataset.value.values.tolist(), padded)
    assert dataset.length.values.tolist() == [1, 2, 0]
    assert dataset.length.dtype == np.int64
    back = from_dataset(dataset.isel(time=[0, 1]).transpose("element", ...))
    assert back.value.lengths.tolist() == [1, 2]


def test_ragged_layout_is_that_of_the_cf_conventions():
    """Elements one after the other, with counts that name their dimension."""
    dataset = dataset_of(DbrType.WAVEFORM_INT, [[1], [], [2, 3]], layout="ragged")
    assert dataset.value.dims == ("element_of_all",)
    assert dataset.value.values.tolist() == [1, 2, 3]
    assert dataset.length.attrs["sample_dimension"] == "element_of_all"


def test_padding_that_wastes_memory_is_avoided():
    """One long waveform among thousands of short ones would cost gigabytes; `padded` insists."""
    lengths = np.ones(2_000, np.int64)
    lengths[0] = 10_000
    waves = Ragged(np.concatenate([[0], np.cumsum(lengths)]), np.zeros(lengths.sum()))
    assert dataset_of(DbrType.WAVEFORM_DOUBLE, waves).value.dims == ("element_of_all",)
    few = dataset_of(DbrType.WAVEFORM_DOUBLE, waves.slice(0, 20))
    assert few.value.dims == ("time", "element")
    assert dataset_of(DbrType.WAVEFORM_DOUBLE, waves.slice(0, 20), layout="ragged").value.dims == ("element_of_all",)


def test_v4_values_are_bytes():
    """Structures nobody decodes here: uint8 one after the other, and how many each sample has."""
    dataset = dataset_of(DbrType.V4_GENERIC_BYTES, [b"\x01\x02", b"", b"\xff"])
    assert (dataset.value.dims, dataset.value.dtype) == (("byte",), np.uint8)
    assert dataset.length.values.tolist() == [2, 0, 1]


def test_alarms_are_named():
    """Severity and status say what their numbers mean, and value says that they belong to it."""
    dataset = dataset_of(DbrType.SCALAR_INT, [1])
    assert dataset.severity.attrs["flag_meanings"] == "NO_ALARM MINOR MAJOR INVALID"
    assert dataset.severity.attrs["flag_values"].dtype == np.int32
    meanings = dataset.status.attrs["flag_meanings"].split()
    assert (meanings[3], meanings[17], meanings[21]) == ("HIHI", "UDF", "WRITE_ACCESS")
    assert dataset.value.attrs["ancillary_variables"] == "severity status"


def test_attributes_tell_what_was_asked_and_of_whom():
    """Everything that is known of the PV and the query is on the Dataset."""
    dataset = dataset_of(
        DbrType.SCALAR_ENUM,
        [0],
        asked=TimeRange(start=NOW, end=NOW + 1),
        egu="mA",
        precision=3,
        limits={"upperAlarmLimit": 5.0},
        labels=["closed", "fully open"],
        history="loaded",
    )
    assert dataset.attrs == {
        "pv": "SR:TEST",
        "cluster": "primary",
        "dbr_type": "SCALAR_ENUM",
        "egu": "mA",
        "interpolation_type": "ConstSucc",
        "fingerprint": f"1 {NOW} {NOW}",
        "history": "loaded",
        "query_start": "2026-11-18T11:06:40.123456789Z",
        "query_end": "2026-11-18T11:06:40.123456790Z",
        "precision": 3,
        "upperAlarmLimit": 5.0,
    }
    assert dataset.value.attrs["enum_labels"] == ["closed", "fully open"]
    assert dataset.value.attrs["flag_meanings"] == "closed fully_open"
    assert dataset.value.attrs["units"] == "mA"


@pytest.mark.parametrize("egu", ["", "days since 1970-01-01"], ids=["none", "taken for dates"])
def test_units_are_given_only_where_they_are_safe(egu):
    """`egu` is kept raw; `units` that would turn values into dates on reading back are left out."""
    dataset = dataset_of(DbrType.SCALAR_DOUBLE, [1.0], egu=egu)
    assert dataset.attrs["egu"] == egu
    assert "units" not in dataset.value.attrs


EXTRAS = Extras.build(
    [
        (0, (("HIHI", "10"), ("EGU", "\udcb0C")), -1, -1, -1),
        (2, (), 5, 1, -1),
        (3, (("startup", "true"),), -1, 0, 77),
        (4, (), -1, -1, -1),
    ]
)


def with_extras(times=(10, 20, 30, 40, 50)):
    samples = Samples.build(DbrType.SCALAR_INT, list(times), range(5), extras=EXTRAS)
    return to_dataset(samples, pv="SR:TEST", cluster="primary")


def test_field_values_and_rare_attributes_are_sparse():
    """Only samples that carry some have rows; the row and the time of the sample stand beside them."""
    dataset = with_extras()
    assert dataset.field_row.values.tolist() == [0, 0, 3]
    assert dataset.field_time.dtype == dataset.extra_time.dtype == NANOSECONDS
    assert dataset.field_time.values.view(np.int64).tolist() == [10, 10, 40]
    assert dataset.field_name.values.tolist() == ["HIHI", "EGU", "startup"]
    assert dataset.field_text.values.tolist() == ["10", "°C", "true"]
    assert dataset.extra_row.values.tolist() == [2, 3, 4]
    assert dataset.repeat_count.values.tolist() == [5, -1, -1]
    assert dataset.field_change.values.tolist() == [1, 0, -1]
    assert dataset.user_tag.values.tolist() == [-1, 77, -1]


def test_field_values_come_back():
    """Also bytes that are no UTF-8, which travel as surrogates, and entries that say nothing."""
    back = from_dataset(with_extras()).extras
    assert back.row.tolist() == EXTRAS.row.tolist()
    assert back.fields.tolist() == EXTRAS.fields.tolist()
    assert back.user_tag.tolist() == EXTRAS.user_tag.tolist()


def test_field_values_stay_with_their_samples_in_a_selection():
    """After `sel` along time they are found by time; those of samples left out are left out."""
    back = from_dataset(with_extras().sel(time=slice(np.datetime64(30, "ns"), None)))
    assert back.extras.row.tolist() == [0, 1, 2]
    assert back.extras.fields.tolist() == [(), (("startup", "true"),), ()]


def test_a_selection_is_not_whole():
    """The fingerprint, which selections keep, tells that samples are missing."""
    dataset = with_extras()
    assert is_whole(dataset)
    assert is_whole(dataset.copy(deep=True))
    assert not is_whole(dataset.isel(time=slice(1, None)))
    assert is_whole(dataset_of(DbrType.SCALAR_INT, []))


def test_memory_is_shared():
    """Ten million values are not copied on the way out, nor on the way back."""
    samples = Samples.build(DbrType.SCALAR_DOUBLE, [1, 2], [1.0, 2.0])
    dataset = to_dataset(samples, pv="SR:TEST", cluster="primary")
    assert np.shares_memory(dataset.value.values, samples.value)
    assert np.shares_memory(dataset.time.values, samples.time)
    assert np.shares_memory(from_dataset(dataset).value, samples.value)


def scalar():
    return dataset_of(DbrType.SCALAR_INT, [1, 2, 3])


def waves(**options):
    return dataset_of(DbrType.WAVEFORM_INT, [[1], [2, 3]], **options)


def changed(dataset, **variables):
    return dataset.assign({name: (dims, data) for name, (dims, data) in variables.items()})


BROKEN = {
    "no variable": (lambda: scalar().drop_vars("value"), "no variable 'value'; it has .*severity"),
    "no type": (lambda: scalar().drop_attrs(), "no attribute 'dbr_type'; set it to one of: SCALAR_STRING"),
    "unknown type": (
        lambda: scalar().assign_attrs(dbr_type="DOUBLE"),
        "attribute 'dbr_type': unknown DBR type 'DOUBLE'",
    ),
    "microseconds": (
        lambda: scalar().assign_coords(time=scalar().time.values.astype("datetime64[us]")),
        r"'time' is datetime64\[us\], expected datetime64\[ns\]",
    ),
    "NaT": (lambda: scalar().reindex(time=[np.datetime64("NaT", "ns")], fill_value=0), "'time' holds NaT"),
    "another dtype": (lambda: scalar().astype(float), "'value' is float64, expected int32; where, reindex"),
    "another dimension": (lambda: scalar().expand_dims("run"), "'value' has dimensions .*'run'.*expected"),
    "no text": (
        lambda: changed(dataset_of(DbrType.SCALAR_STRING, ["a"]), value=("time", np.array([1.5], object))),
        "'value' holds something that is not the text",
    ),
    "no Latin-1": (
        lambda: changed(dataset_of(DbrType.SCALAR_STRING, [b"\xb0"]), value=("time", np.array(["€"]))),
        "'value' holds something that is not the text",
    ),
    "lengths that do not add up": (
        lambda: changed(waves(layout="ragged"), length=("time", np.array([1, 1]))),
        "'length' adds up to 2, but 'value' has 3 elements",
    ),
    "lengths beyond the width": (
        lambda: changed(waves(), length=("time", np.array([1, 7]))),
        "'length' adds up to 8, but 'value' has 3 elements",
    ),
    "a selection of ragged waveforms": (
        lambda: waves(layout="ragged").isel(time=[0]),
        "selected from a Dataset in ragged layout",
    ),
    "rows that are not there": (
        lambda: changed(with_extras(), extra_row=("extra", np.array([2, 3, 9]))),
        "'extra_row' points to rows that are not there; time has 5",
    ),
    "fields of repeated times after a selection": (
        lambda: with_extras(times=[10, 20, 20, 40, 50]).isel(time=slice(1, None)),
        r"'field_row' cannot be followed any more; .*drop_dims\('field'\)",
    ),
}


@pytest.mark.parametrize(("make", "message"), BROKEN.values(), ids=BROKEN)
def test_a_dataset_that_breaks_the_contract_is_refused(make, message):
    """The message names the variable or attribute, and mostly what to do."""
    with pytest.raises(DatasetError, match=message):
        from_dataset(make())


def test_other_things_are_refused():
    """A DataArray is no Dataset, and there are three layouts."""
    with pytest.raises(InputError, match=r"expected an xarray\.Dataset, got DataArray"):
        from_dataset(xr.DataArray([1]))
    with pytest.raises(InputError, match="unknown layout 'dense'; allowed: auto, padded, ragged"):
        dataset_of(DbrType.SCALAR_INT, [1], layout="dense")


def test_the_model_loads_neither_xarray_nor_pandas():
    """Programs that only move samples start fast."""
    code = "import sys, archredundancy.merge, archredundancy.segments; print({'xarray', 'pandas'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
