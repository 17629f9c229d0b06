"""Up to four samples of each bin, as the Channel Archiver draws them."""


def test_one_or_two_samples_come_as_they_are(taken):
    """But for parts of a second; the last one before the first bin is shown, too."""
    assert taken("caplotbinning_20", (20, 60), [8.5, 21.5, 41, 42.5]) == [(8, 0), (21, 1), (41, 2), (42, 3)]


def test_of_more_there_are_first_lowest_highest_and_last(stream, taken):
    """At each quarter of the bin."""
    drawn = taken("caplotbinning_20", (20, 60), stream([21, 22, 23, 24, 25], [5.0, 9.0, 1.0, 7.0, 6.0]))
    assert drawn == [(20, 5), (25, 1), (30, 9), (35, 6)]


def test_repeats_of_other_streams_do_not_count(taken):
    """A sample that is not newer than the last one is left out."""
    assert taken("caplotbinning_20", (20, 60), [21, 22], [21, 22, 41]) == [(21, 0), (22, 1), (41, 2)]


def test_severity_and_connection_change_are_those_of_the_bin(made, stream, results):
    """Each sample of a bin has them."""
    extras = made.extras([(1, (("cnxregainedepsecs", "9"),), -1, 1, -1)])
    (result,) = results("caplotbinning_20", (20, 60), stream([21, 22, 41], severity=[2, 1, 0], extras=extras))
    rows = [row.sample for row in result.rows()]
    assert [(row.severity, row.fields) for row in rows] == [(2, {"connectionChange": "true"})] * 2 + [(0, {})]


def test_no_samples_make_an_empty_stream(results):
    """There is a header all the same; without any stream there is nothing."""
    assert [list(stream.rows()) for stream in results("caplotbinning", (0, 9), [])] == [[]]
    assert results("caplotbinning", (0, 9)) == []
