"""One number, or a few, for each bin."""

import math

import pytest

from archredundancy.appliance.processors.processor import AnswerLost, NoNumber
from archredundancy.appliance.processors.processors import find_processor, find_reducer
from archredundancy.model import DbrType, parse_time

TIMES = [3, 8, 12, 21, 29, 50, 50.5]
BINS = {
    "mean_10": [(15, 2), (25, 3.5), (35, 3.5), (45, 3.5), (55, 5.5)],
    "meanSample_10": [(15, 2), (25, 3.5), (55, 5.5)],
    "max_10": [(15, 2), (25, 4), (35, 4), (45, 4), (55, 6)],
    "minSample_10": [(15, 2), (25, 3), (55, 5)],
    "count_10": [(15, 1), (25, 2), (35, 0), (45, 0), (55, 2)],
    "countSample_10": [(15, 1), (25, 2), (55, 2)],
    "popvarianceSample_10": [(15, 0), (25, 0.25), (55, 0.25)],
    "medianSample_10": [(15, 2), (25, 3.5), (55, 5.5)],
    "linearSample_10": [(15, 2), (25, 3.5), (55, 5)],
    "loessSample_10": [(15, 2), (25, 3), (55, 5)],
    "statsSample_20": [
        (10, [2, 0, 2, 2, 1]),
        (30, [3.5, math.sqrt(0.5), 3, 4, 2]),
        (50, [5.5, math.sqrt(0.5), 5, 6, 2]),
    ],
}


@pytest.mark.parametrize(("argument", "bins"), BINS.items())
def test_each_bin_makes_a_number(taken, argument, bins):
    """The last sample before the request makes the bin before the first one; empty ones are filled unless `Sample`."""
    assert taken(argument, (20, 55), TIMES) == bins


def test_samples_outside_of_the_request_do_not_count(taken):
    """Also in the bins that its ends lie in."""
    assert taken("count_10", (22, 27), [21, 23, 24, 28]) == [(15, 1), (25, 2)]


def test_repeats_of_other_streams_do_not_count(taken):
    """A sample that is not newer than the last one is left out, also one before the request."""
    assert taken("count_10", (20, 29), [21, 23], [5, 21, 23, 25]) == [(25, 3)]


def test_a_sample_at_the_start_loses_the_last_bin(taken):
    """If an earlier one was offered too: the bin that it would make takes the place of the open one."""
    assert taken("countSample_10", (20, 55), [8, 20, 31]) == [(15, 1), (25, 1)]


def test_severity_and_connection_change_are_those_of_the_bin(made, stream, results):
    """The highest severity, and whether a sample tells of a connection regained; neither of the sample before."""
    extras = made.extras([(row, (("cnxregainedepsecs", "9"),), -1, 1, -1) for row in (0, 2)])
    one = stream([8, 21, 22, 31], severity=[3, 1, 2, 0], extras=extras)
    (result,) = results("errorbar_10", (20, 35), one)
    rows = [row.sample for row in result.rows()]
    assert [row.severity for row in rows] == [0, 2, 0]
    assert [list(row.fields) for row in rows] == [["stdz"], ["stdz", "connectionChange"], ["stdz"]]
    assert rows[1].fields == {"stdz": "0.7071067811865476", "connectionChange": "true"}


def test_nan_is_left_out(stream, taken):
    """A bin of nothing else has no mean, and a count of 0; of an empty array, too."""
    numbers = stream([21, 22, 31], [math.nan, 4.0, math.nan])
    assert taken("countSample_10", (20, 35), numbers) == [(25, 1), (35, 0)]
    arrays = stream([21, 22], [[], [4.0, 9.0]], dbr_type=DbrType.WAVEFORM_DOUBLE)
    assert taken("meanSample_10", (20, 35), arrays) == [(25, 4.0)]


def test_bytes_of_arrays_have_a_sign(stream, taken):
    """The number of an array is its first element."""
    assert taken("max_10", (20, 29), stream([21], [[-56, 1]], dbr_type=DbrType.WAVEFORM_BYTE)) == [(25, -56.0)]


def test_texts_have_no_number(stream, results):
    """Their streams are left out, and the sample before the request loses the answer."""
    texts = stream([8, 21], ["a", "b"], dbr_type=DbrType.SCALAR_STRING)
    with pytest.raises(NoNumber, match="SCALAR_STRING"):
        results("mean_10", (20, 29), texts)


def test_the_text_before_the_request_loses_the_answer(stream):
    """It is looked at once more when all streams are read."""
    processor = find_processor("mean_10", 20 * 10**9, 29 * 10**9)
    with pytest.raises(NoNumber, match="SCALAR_STRING"):
        processor.take(stream([8], ["a"], dbr_type=DbrType.SCALAR_STRING))
    with pytest.raises(AnswerLost, match="SCALAR_STRING"):
        processor.result(lambda header: header)


def test_a_jitter_may_be_infinite(stream, taken):
    """The deviation is divided by the mean, even by 0."""
    assert taken("jitter_10", (20, 29), stream([21, 22], [-1.0, 1.0])) == [(25, math.inf)]


def test_no_samples_make_an_empty_stream(results):
    """There is a header all the same, of the type of the samples; without any stream there is nothing."""
    (empty,) = results("mean_10", (20, 30), [])
    assert (list(empty.rows()), empty.header.dbr_type) == ([], DbrType.SCALAR_DOUBLE)
    assert results("mean_10", (20, 30)) == []


def test_bins_of_a_new_year_come_under_a_new_header(stream, results):
    """Seconds count from the year that a header names."""
    edge = parse_time("2024-01-01", now=0) // 10**9
    sent = results("mean_60", (edge - 120, edge + 119), stream([edge - 90, edge + 90], year=2023))
    assert [(part.header.year, len(list(part.rows()))) for part in sent] == [(2023, 2), (2024, 2)]


def test_what_a_stream_gives_ends_with_the_year(stream):
    """Nobody but the one who sends an answer goes on after it: ETL does not."""
    edge = parse_time("2024-01-01", now=0) // 10**9
    taken = find_reducer("meanSample_60").take(stream([edge - 90, edge + 90, edge + 150], year=2023))
    assert len(list(taken.rows())) == 1
