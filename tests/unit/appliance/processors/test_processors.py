"""What post-processors make of samples (appliance.md B.8)."""

import pytest

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.processors.processors import cache_extension, find_processor
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.storage.streams import Samples
from archredundancy.model import DbrType

SECOND = 10**9
HEADER = Header(dbr_type=DbrType.SCALAR_DOUBLE, pv="X:Y", year=1970)


def taken(made, argument, window, *streams):
    """Times in seconds and values of all that a post-processor gives for streams of samples at these seconds."""
    processor = find_processor(argument, window[0] * SECOND, window[1] * SECOND)
    results = [
        processor.take(
            Samples(header=HEADER, content=tuple(made.rows(made.samples(*(round(time * SECOND) for time in one)))))
        )
        for one in streams
    ]
    results = [processor.result()] if processor.result() else [*results, processor.rest()]
    return [(row.time / SECOND, row.sample.value) for one in results if one is not None for row in one.rows()]


def test_a_count_is_one_integer_at_the_start(made):
    """Samples whose millisecond lies in the window are counted; repeats of other streams are counted again."""
    assert taken(made, "ncount", (10, 20), [5, 10, 15], [15, 20, 20.0005, 21]) == [(10, 5)]


def test_a_count_without_streams_is_nought(made):
    """Also where there is nothing, there is a sample."""
    assert taken(made, "ncount", (10, 20)) == [(10, 0)]


def test_the_first_sample_of_each_bin_is_kept(made):
    """Bins begin at multiples of their length; the last sample before the first bin comes first."""
    assert taken(made, "firstSample_10", (20, 50), [3, 8, 12, 21, 29, 30], [31, 55, 61]) == [
        (12, 2),
        (21, 3),
        (30, 5),
        (55, 1),
    ]


def test_the_sample_before_the_first_bin_may_be_all(made):
    """Without samples in the bins it comes alone."""
    assert taken(made, "firstSample_10", (20, 50), [3, 8]) == [(8, 1)]


def test_a_processor_that_is_not_here_says_so():
    """501 is no status of the real appliance: nobody takes it for a recorded behaviour."""
    with pytest.raises(Refused, match="does not have the post-processor mean"):
        find_processor("mean_60", 0, 1)


def test_unknown_processors_are_none():
    """A name that nobody knows is ignored, and raw samples are sent."""
    assert find_processor("nosuch", 0, 1) is None


def test_a_bin_needs_a_number():
    """A length that is no number is a 404."""
    with pytest.raises(Refused) as refusal:
        find_processor("firstSample_x", 0, 1)
    assert refusal.value.status == 404


def test_merges_do_not_know_the_number_of_a_cache():
    """What mergeInData takes for a cache's extension lacks the number, so those with one are not merged into."""
    assert [cache_extension(argument) for argument in ("mean_3600", "firstSample")] == [".mean", ".firstSample"]
