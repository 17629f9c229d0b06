"""`merge_samples` on Datasets: the union people hold, with what is known of it."""

import numpy as np
import pytest

from archredundancy.errors import DatasetError, InputError
from archredundancy.merge import Merged, Origin, merge_samples, merged_to_dataset, unite
from archredundancy.model import DbrType, Samples, TimeRange, to_dataset
from archredundancy.segments import Segments

MINE = Samples.build(DbrType.SCALAR_DOUBLE, [10, 20, 40], [1, 2, 4])
THEIRS = Samples.build(DbrType.SCALAR_DOUBLE, [10, 20, 30], [1, 7, 3])


def primary(samples=MINE, start=0, end=100, **options):
    options = {"egu": "mA", "precision": 3, "pv": "SR:DCCT", **options}
    return to_dataset(samples, cluster="primary", asked=TimeRange(start=start, end=end), **options)


def secondary(samples=THEIRS, start=0, end=100, **options):
    options = {"egu": "A", "limits": {"upperAlarmLimit": 9.0}, "pv": "SR:DCCT", **options}
    return to_dataset(samples, cluster="secondary", asked=TimeRange(start=start, end=end), **options)


def test_the_union_tells_where_each_sample_comes_from():
    """`origin` is int8 with the names of its values beside it, and conflicts are counted."""
    merged = merge_samples(primary(), secondary())
    assert merged.time.dtype == np.dtype("datetime64[ns]")
    assert merged.value.values.tolist() == [1, 2, 3, 4]
    assert merged.origin.values.tolist() == [Origin.BOTH_EQUAL, Origin.BOTH_DIFFER, Origin.SECONDARY, Origin.PRIMARY]
    assert merged.origin.dtype == np.int8
    assert merged.origin.attrs["flag_meanings"] == "PRIMARY SECONDARY BOTH_EQUAL BOTH_DIFFER"
    assert merged.origin.attrs["flag_values"].tolist() == [0, 1, 2, 3]
    assert merged.attrs["conflicts"] == 1


def test_attributes_of_the_primary_win():
    """What only the secondary tells is kept; the cluster is neither."""
    merged = merge_samples(primary(), secondary())
    assert (merged.attrs["egu"], merged.value.attrs["units"]) == ("mA", "mA")
    assert (merged.attrs["precision"], merged.attrs["upperAlarmLimit"]) == (3, 9.0)
    assert (merged.attrs["pv"], merged.attrs["cluster"]) == ("SR:DCCT", "merged")
    assert merged.value.attrs["ancillary_variables"] == "severity status origin"
    assert merged.attrs["history"].count("\n") == 2


def test_the_query_of_a_union_is_what_both_were_asked_for():
    """Outside the range of one side a union is no full answer."""
    merged = merge_samples(primary(start=5, end=90), secondary(start=0, end=50))
    assert merged.attrs["query_start"].endswith(":00.000000005Z")
    assert merged.attrs["query_end"].endswith(":00.000000050Z")


CUT = {
    "a selection": lambda: (primary().isel(time=[0, 1]), secondary()),
    "ranges that do not meet": lambda: (primary(start=0, end=50), secondary(start=50, end=100)),
    "a Dataset without a query": lambda: (to_dataset(MINE, pv="SR:DCCT", cluster="primary"), secondary()),
}


@pytest.mark.parametrize("sides", CUT.values(), ids=CUT)
def test_a_union_of_parts_claims_no_query(sides):
    """Where one side is not the full answer to its query, the union does not pass for one."""
    assert "query_start" not in merge_samples(*sides()).attrs


def test_a_union_can_be_united_again():
    """Merging month by month works, and counts of one merge are not carried over to the next."""
    once = merge_samples(primary(), secondary())
    again = merge_samples(once, secondary(Samples.build(DbrType.SCALAR_DOUBLE, [30], [3])))
    assert again.attrs["conflicts"] == 0
    assert again.sizes["time"] == 4


def test_gaps_only_works_on_datasets():
    """`active` says where the primary was active."""
    merged = merge_samples(primary(), secondary(), policy="gaps_only", active=Segments.of((25, 35)))
    assert merged.sizes["time"] == 3


def test_samples_give_a_merged():
    """The same call unites samples, with conflicts and disorder at hand."""
    assert isinstance(merge_samples(MINE, THEIRS), Merged)


REFUSED = {
    "two PVs": (
        lambda: (primary(), secondary(pv="SR:OTHER")),
        InputError,
        "are of SR:DCCT, the secondary's of SR:OTHER",
    ),
    "mixed kinds": (lambda: (primary(), THEIRS), InputError, "two of one kind"),
    "something else": (lambda: ([1], [2]), InputError, "expected an xarray.Dataset, got list"),
    "no severity": (lambda: (primary().drop_vars("severity"), secondary()), DatasetError, "no variable 'severity'"),
}


@pytest.mark.parametrize(("sides", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_united_is_refused(sides, error, message):
    """The message says which of the two does not fit, and why."""
    with pytest.raises(error, match=message):
        merge_samples(*sides())


def test_a_merged_becomes_a_dataset_with_metadata():
    """What `to_dataset` takes can be given along."""
    dataset = merged_to_dataset(unite(MINE, THEIRS), pv="SR:DCCT", asked=TimeRange(start=0, end=50), egu="mA")
    assert dataset.attrs["cluster"] == "merged"
    assert dataset.attrs["egu"] == "mA"
    assert dataset.attrs["query_end"].endswith(":00.000000050Z")
    assert dataset.origin.sizes["time"] == 4
