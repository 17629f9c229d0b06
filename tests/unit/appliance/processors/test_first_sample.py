"""What comes first in each bin, as it is."""


def test_the_first_sample_of_each_bin_is_kept(taken):
    """Bins begin at multiples of their length; the last sample before the first bin comes first."""
    assert taken("firstSample_10", (20, 50), [3, 8, 12, 21, 29, 30], [31, 55, 61]) == [
        (12, 2),
        (21, 3),
        (30, 5),
        (55, 1),
    ]


def test_the_sample_before_the_first_bin_may_be_all(taken):
    """Without samples in the bins it comes alone."""
    assert taken("firstSample_10", (20, 50), [3, 8]) == [(8, 1)]
