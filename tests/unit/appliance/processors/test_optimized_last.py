"""As `optimized`, but with the last value in empty bins."""

import pytest

from archredundancy.appliance.processors.processor import AnswerLost
from archredundancy.appliance.processors.processors import find_reducer


def test_few_samples_come_as_they_are(taken):
    """Those in the first bin before the start of the request, and in the last one after its end, count."""
    assert len(taken("optimLastSample_4", (22, 62), [8, 21, 29, 69])) == 4


def test_empty_bins_have_the_last_value(made, stream, results):
    """With count and deviation 0; severity and connection change are those of the bin after them."""
    extras = made.extras([(3, (("cnxregainedepsecs", "9"),), -1, 1, -1)])
    one = stream([12, 21, 22, 51], severity=[0, 2, 0, 1], extras=extras)
    (result,) = results("optimLastSample_3", (20, 50), one)
    rows = [row.sample for row in result.rows()]
    assert [row.value for row in rows] == [
        [0, 0, 0, 0, 1, 0],
        [1.5, 0.5**0.5, 1, 2, 2, 2],
        [1.5, 0.5**0.5, 1, 2, 2, 2],
        [1.5, 0.5**0.5, 1, 2, 2, 2],
        [3, 0, 3, 3, 1, 3],
    ]


def test_etl_has_no_last_bin_to_fill(stream):
    """The appliance runs out of memory."""
    with pytest.raises(AnswerLost, match="memory"):
        find_reducer("optimLastSample").take(stream([1, 2]))
