"""Scratch data are laid out so that every habit of a merge shows, whatever the partitions and the moment."""

import numpy as np
import pytest

from archredundancy.commit.certification.scratch_data import samples_of, scratch_data
from archredundancy.commit.certification.scratch_stores import plain_store
from archredundancy.model import NS_PER_SECOND, DbrType, Granularity, Partition, Samples, StoreUrl, parse_time
from archredundancy.plan.forecast.hashing import sample_hashes

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


@pytest.mark.parametrize("dbr_type", DbrType)
def test_each_number_has_a_value_of_its_own_in_each_type(dbr_type: DbrType) -> None:
    """So that a sample which takes the place of another is seen; an alarm is with each fifth."""
    samples = samples_of(dbr_type, {1000 + number: number for number in range(1, 128)})
    bare = Samples.build(dbr_type, [0] * len(samples), samples.value)
    assert len(np.unique(sample_hashes(bare))) == len(samples) == 127
    assert int((samples.severity > 0).sum()) == 25


def test_a_store_that_is_both_oldest_and_youngest_gets_all() -> None:
    """As where a site has one store only."""
    data = scratch_data(Granularity.DAY, parse_time("2024-03-20T12:00:00Z", now=0))
    apart, together = data.of_primary("LTS", "STS"), data.of_primary("LTS", "LTS")
    assert {name: len(samples) for name, samples in apart.items()} == {"LTS": 7, "STS": 2}
    assert {name: len(samples) for name, samples in together.items()} == {"LTS": 9}
