"""Scratch data are laid out so that every habit of a merge shows, whatever the partitions and the moment."""

import pytest

from archredundancy.commit.certification.scratch_data import scratch_data
from archredundancy.commit.certification.scratch_stores import plain_store
from archredundancy.model import NS_PER_SECOND, Granularity, Partition, StoreUrl, parse_time

MOMENTS = [
    "2024-03-20T12:00:00Z",
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:01Z",
    "2024-03-01T00:10:00Z",
    "2024-03-01T00:10:02Z",
    "2024-02-29T23:59:59.999Z",
]


@pytest.mark.parametrize("granularity", Granularity)
@pytest.mark.parametrize("moment", MOMENTS)
def test_each_sample_shows_what_it_is_for(granularity: Granularity, moment: str) -> None:
    """One partition that only the secondary has, one sample in a last second that is lost, four that are gained."""
    now = parse_time(moment, now=0)
    data = scratch_data(granularity, now)
    files = {Partition.holding(each, granularity) for each in [*data.coarse.time.tolist(), *data.fine.time.tolist()]}
    theirs = data.secondary.time.tolist()
    own = {*data.coarse.time.tolist(), *data.fine.time.tolist()}
    unfillable = [each for each in theirs if Partition.holding(each, granularity) not in files]
    rewritten = {Partition.holding(each, granularity) for each in theirs} & files
    lost = [
        each
        for each in own
        if Partition.holding(each, granularity) in rewritten and each > Partition.holding(each, granularity).last_read
    ]
    assert (len(unfillable), len(lost), len(set(theirs) - own - set(unfillable))) == (
        data.unfillable,
        data.lost,
        data.gain,
    )
    assert len(rewritten) == 2 and len(files) == 3
    assert max(own | set(theirs)) < now - 60 * NS_PER_SECOND
    assert max(data.coarse.time) < min(data.fine.time)


@pytest.mark.parametrize(
    ("option", "alone", "stays"),
    [
        ("pp=firstSample&pp=mean_60", False, False),
        ("reducedata=mean_60", False, False),
        ("hold=5", False, True),
        ("hold=5", True, False),
    ],
)
def test_a_scratch_store_keeps_all_and_leaves_nothing(option: str, alone: bool, stays: bool) -> None:
    """No caches, which outlive a PV, nothing that thins out; and a store that is alone moves nothing on."""
    base = "pb://localhost?name=MTS&rootFolder=/mts&partitionGranularity=PARTITION_DAY"
    assert plain_store(StoreUrl.parse(f"{base}&{option}"), alone=alone) == (f"{base}&{option}" if stays else base)
