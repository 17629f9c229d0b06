"""All samples if they are few, else five numbers for each bin."""

import pytest

from archredundancy.appliance.processors.processor import AnswerLost


def test_few_samples_come_as_they_are(taken):
    """The last one before the request counts; later ones do not."""
    assert taken("optimized_4", (20, 40), [8, 21, 29], [31, 45]) == [(8, 0), (21, 1), (29, 2), (31, 0)]


def test_many_samples_come_in_bins(taken):
    """About as many bins as points were asked for; each has mean, deviation, extremes and count."""
    assert taken("optimizedSample_2", (20, 40), [8, 21, 31, 38]) == [
        (15, [0, 0, 0, 0, 1]),
        (25, [1, 0, 1, 1, 1]),
        (35, [2.5, 0.5**0.5, 2, 3, 2]),
    ]


def test_empty_bins_repeat_the_one_before(taken):
    """Unless the name ends in `Sample`."""
    assert [numbers[-1] for _, numbers in taken("optimized_2", (20, 49), [21, 22, 23])] == [3, 3, 3]


@pytest.mark.parametrize("argument", ["optimized_5", "optimLastSample_5"])
def test_nothing_to_count_loses_the_answer(results, argument):
    """Where there is no stream, Java stumbles over what it did not make."""
    with pytest.raises(AnswerLost, match="no samples"):
        results(argument, (0, 100))


def test_less_than_no_points_lose_the_answer(results):
    """No list can have them."""
    with pytest.raises(AnswerLost, match="Illegal Capacity: -5"):
        results("optimized_-5", (0, 100))
