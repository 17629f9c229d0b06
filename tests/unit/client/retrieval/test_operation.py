"""Which operator of the server a caller means."""

import numpy as np
import pytest

from archredundancy.appliance.processors.processors import find_processor
from archredundancy.client import OPERATORS, Operation, Shape
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, TimeRange

S = NS_PER_SECOND
ASKED = TimeRange(start=100 * S + 1, end=7200 * S)
LENGTHS = {"optimized": None, "optimizedSample": None, "optimLastSample": None, "nth": None, "deadBand": None}


@pytest.mark.parametrize("name", OPERATORS)
def test_the_appliance_knows_every_operator(name):
    """A name that it does not know would bring samples as they are."""
    operation = Operation.parse(name, LENGTHS.get(name, "1h"), ASKED)
    assert find_processor(operation.text, operation.asked.start, operation.asked.end - 1) is not None


@pytest.mark.parametrize(
    ("operator", "length", "text", "seconds"),
    [
        ("mean", "15min", "mean_900", 900),
        ("mean_900", None, "mean_900", 900),
        ("ignoreflyers_300_2.5", None, "ignoreflyers_300_2.5", 300),
        ("nth_10", None, "nth_10", None),
        ("deadBand_0.5", None, "deadBand_0.5", None),
        ("optimized_71", None, "optimized_71", 99),
        ("optimized", None, "optimized", 7),
        ("optimizedSample_100000", None, "optimizedSample_100000", 1),
    ],
)
def test_operators_are_sent_as_the_server_wants_them(operator, length, text, seconds):
    """With the length of their bins in whole seconds."""
    operation = Operation.parse(operator, length, ASKED)
    assert (operation.text, operation.bin_seconds) == (text, seconds)


def test_bins_are_asked_for_whole():
    """Those of the range's ends, too; where there are none, whole seconds."""
    assert Operation.parse("mean", "1h", ASKED).asked == TimeRange(start=0, end=7200 * S)
    assert Operation.parse("nth_2", None, ASKED).asked == TimeRange(start=100 * S, end=7200 * S)


@pytest.mark.parametrize(
    ("operator", "length", "message"),
    [
        ("averge", "1h", "'averge' is not known"),
        ("median2", "1h", "'median2' is not known"),
        ("Mean", "1h", "did you mean 'mean'"),
        ("statistics", "1h", "use 'stats'. Allowed"),
        ("ncount", None, "counts samples twice"),
        ("mean", None, "is missing for operator 'mean'"),
        ("mean_900", "1h", "is told twice for operator 'mean_900'"),
        ("nth", "1h", "no bins of a given length"),
        ("mean_0", None, "a length of 0.0 is not possible"),
        ("optimized_0", None, "optimized_0 is not possible"),
        ("", "1h", "is not known"),
        ("mean(X)", "1h", "is not known"),
    ],
)
def test_what_the_server_would_misunderstand_is_refused(operator, length, message):
    """It takes unknown names for none at all, and `meanwhile` for `mean`."""
    with pytest.raises(InputError) as caught:
        Operation.parse(operator, length, ASKED)
    assert message in str(caught.value)


def test_middles_of_bins_are_told_from_samples():
    """Whole and half seconds for odd lengths, since the appliance rounds some."""
    operation = Operation.parse("mean", 7, ASKED)
    assert operation.in_middles(np.array([3 * S, 3 * S + S // 2, 10 * S]))
    assert not operation.in_middles(np.array([3 * S + 1]))
    assert operation.shape is Shape.BINS
