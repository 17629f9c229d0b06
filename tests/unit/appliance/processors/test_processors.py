"""Which post-processor an argument means (appliance.md B.8)."""

import pytest

from archredundancy.appliance.processors.processor import AnswerLost
from archredundancy.appliance.processors.processors import cache_extension, find_processor, find_reducer
from archredundancy.appliance.server.replies import Refused

EXTENSIONS = {
    "mean": ".mean",
    "mean_900": ".mean",
    "mean_3600": ".mean_3600",
    "meanSample_60": ".mean_60",
    "maxOrSoItSeems": ".max",
    "firstSample_5": ".firstSample_5",
    "lastFill": ".lastFill",
    "ncount_7": ".ncount",
    "nth_7": ".nth_7",
    "stats_60": ".stats_60",
    "optimized": ".optimized",
    "optimized_900": ".optimized_900",
    "optimLastSample_20": ".optimLastSample_20",
    "caplotbinning_20": ".caplotbinning_20",
    "flyers": ".flyers",
    "ignoreflyers_300_2.5": ".ignoreflyers_300_2.5",
    "flyers_300": ".flyers_300_3.0",
    "deadBand_5": ".deadBand_5.0",
}


@pytest.mark.parametrize(("argument", "extension"), EXTENSIONS.items())
def test_an_argument_names_the_files_of_its_cache(argument, extension):
    """The first known name that an argument starts with is meant; the default number is left out."""
    assert find_processor(argument, 0, 10**13).extension == extension


@pytest.mark.parametrize("argument", ["", "nosuch", "statistics_600", "Mean"])
def test_unknown_names_are_none(argument):
    """A name that nobody knows is ignored, and raw samples are sent; `statistics` goes by the name of `stats`."""
    assert find_processor(argument, 0, 1) is find_reducer(argument) is None


@pytest.mark.parametrize("argument", ["mean_x", "firstSample_", "nth_2147483648", "deadBand_x", "flyers_60_x"])
def test_a_number_has_to_be_one(argument):
    """What follows a name and is no number is a 404."""
    with pytest.raises(Refused) as refusal:
        find_processor(argument, 0, 1)
    assert refusal.value.status == 404


@pytest.mark.parametrize("argument", ["mean_0", "firstSample_0", "nth_0", "optimized_0", "optimLastSample_5"])
def test_nothing_is_cut_into_nothing(argument):
    """A length of zero loses the whole answer."""
    with pytest.raises(AnswerLost, match="by zero"):
        find_processor(argument, 0, 10**9)


def test_merges_do_not_know_the_number_of_a_cache():
    """What mergeInData takes for a cache's extension lacks the number, so those with one are not merged into."""
    assert [cache_extension(argument) for argument in ("mean_3600", "firstSample")] == [".mean", ".firstSample"]


def test_merges_fail_at_a_cache_of_nothing():
    """A store whose `pp=` names no post-processor cannot be merged into."""
    with pytest.raises(Refused, match="no post-processor is called nosuch") as refusal:
        cache_extension("nosuch_5")
    assert refusal.value.status == 500
