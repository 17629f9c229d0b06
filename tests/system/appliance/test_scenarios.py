"""The real appliance's own tests of retrieval, and a table of edges, with their results (appliance.md G)."""

import pytest

MONTHS = ("2011-09-{:02}T00:00:00.111", "2012-06-{:02}T00:00:00.111")
DAILY = [month.format(day) for month in MONTHS for day in range(1, 31)]


def test_the_seconds_over_new_year_come_in_order(bench):
    """A sample a second, before and after: both years are answered, in order and whole (YearSpan)."""
    bench.primary.add(LTS="YEAR")
    start = 1325289600 * 10**9
    stamps = [start + second * 10**9 for second in range(86_400 + 28_801)]
    bench.primary.write(*stamps)
    times = bench.primary.times("2011-12-31T08:00:00", "2012-01-01T08:00:00")
    assert times == sorted(times)
    assert [sum(time.startswith(year) for time in times) for year in ("2011", "2012")] == [57_600, 28_801]


@pytest.fixture(scope="module")
def gaps(tmp_path_factory):
    """A primary with a sample a day in September 2011 and June 2012, in yearly files."""
    from archredundancy.appliance import AppliancePair
    from tests.system.conftest import Bench

    with AppliancePair(tmp_path_factory.mktemp("gaps"), lag=0.0) as pair:
        bench = Bench(pair)
        bench.primary.add(LTS="YEAR")
        bench.primary.write(*DAILY)
        yield bench.primary


#: Window, least number of samples, which one comes first; None for no sample.
WINDOWS = [
    ("2011-06-01", "2011-07-01", 0, None),
    ("2011-08-10", "2011-09-15T10:00", 15, 0),
    ("2011-09-10", "2011-09-15T10:00", 6, 8),
    ("2011-09-10", "2011-10-15T10:00", 22, 8),
    ("2011-10-10", "2011-10-15T10:00", 1, 29),
    ("2011-10-10", "2012-01-15T10:00", 1, 29),
    ("2012-01-10", "2012-01-15T10:00", 1, 29),
    ("2012-01-10", "2012-06-15T10:00", 16, 29),
    ("2012-06-10", "2012-06-15T10:00", 6, 38),
    ("2012-09-10", "2012-09-15T10:00", 1, 59),
    ("2013-01-10", "2013-01-15T10:00", 1, 59),
]


@pytest.mark.parametrize(("start", "end", "least", "first"), WINDOWS)
def test_gaps_of_months_and_years_begin_with_the_last_sample_known(gaps, start, end, least, first):
    """The first sample is the last one before the window, and all that follow are there (MissingDataYearSpan)."""
    times = gaps.times(start, end)
    assert len(times) >= least
    assert times == ([] if first is None else DAILY[first : first + len(times)])


EDGE = ["2024-05-31T23:59:58", "2024-05-31T23:59:59", "2024-05-31T23:59:59.5", "2024-06-01", "2024-06-01T00:00:01"]
#: Windows around the end of a partition, and which samples of EDGE they are answered with.
EDGES = {
    "all of it": ("2024-05-31T23:59:58", "2024-06-01T00:00:01", [0, 1, 2, 3, 4]),
    "the last whole second": ("2024-05-31T23:59:59", "2024-05-31T23:59:59", [1]),
    "between whole seconds": ("2024-05-31T23:59:58.5", "2024-05-31T23:59:59", [0, 1]),
    "up to the next partition": ("2024-05-31T23:59:59", "2024-06-01", [1, 2, 3]),
    "the open last second": ("2024-05-31T23:59:59.1", "2024-05-31T23:59:59.4", [2]),
    "from the open last second on": ("2024-05-31T23:59:59.1", "2024-06-01", [2, 3]),
    "the start of the next partition": ("2024-06-01", "2024-06-01", [3]),
    "after the start of the next partition": ("2024-06-01T00:00:00.5", "2024-06-01T00:00:00.9", [3]),
    "before all": ("2024-05-01", "2024-05-02", []),
    "after all": ("2024-07-01", "2024-07-02", [4]),
}


@pytest.mark.parametrize(("start", "end", "expected"), EDGES.values(), ids=EDGES)
def test_the_table_of_edges_holds(bench, start, end, expected):
    """What a window near the end of a partition is answered with (B.4)."""
    bench.primary.add()
    bench.primary.write(*EDGE)
    assert bench.primary.times(start, end) == [EDGE[number] for number in expected]
