"""What post-processors make of a few samples."""

import pytest

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.processors.processors import find_processor, find_reducer
from archredundancy.appliance.storage.streams import Samples
from archredundancy.model import DbrType

SECOND = 10**9


@pytest.fixture
def stream(made):
    """A function that makes a stream of samples at these seconds; their values are 0, 1, 2 and so on unless given."""

    def make(seconds, values=None, dbr_type=DbrType.SCALAR_DOUBLE, year=1970, **columns):
        times = [round(time * SECOND) for time in seconds]
        rows = made.rows(made.samples(*times, values=values, dbr_type=dbr_type, **columns))
        return Samples(header=Header(dbr_type=dbr_type, pv="X:Y", year=year), content=tuple(rows))

    return make


@pytest.fixture
def results(stream):
    """A function that returns all streams that a post-processor sends, given streams or the seconds of their samples.

    Without a window it works as for ETL.
    """

    def make(argument, window, *streams):
        if window is None:
            processor = find_reducer(argument)
        else:
            processor = find_processor(argument, *(round(edge * SECOND) for edge in window), "X:Y")
        own = [processor.take(one if isinstance(one, Samples) else stream(one)) for one in streams]
        result, rest = processor.result(lambda header: header), processor.rest()
        return [*own, *filter(None, [rest])] if result is None else result

    return make


@pytest.fixture
def taken(results):
    """A function that returns times in seconds and values of all samples that a post-processor sends."""

    def make(argument, window, *streams):
        sent = results(argument, window, *streams)
        return [(row.time / SECOND, row.sample.value) for one in sent for row in one.rows()]

    return make
