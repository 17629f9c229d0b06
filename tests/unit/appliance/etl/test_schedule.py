"""When ETL runs (appliance.md A.6)."""

import pytest

from archredundancy.appliance.etl.schedule import due_runs, next_start, periods
from archredundancy.model import NS_PER_SECOND, StoreUrl

HOUR = 3600 * NS_PER_SECOND


def sources(*granularities):
    return [
        StoreUrl.parse(f"pb://localhost?name=X&rootFolder=/x&partitionGranularity=PARTITION_{granularity}")
        for granularity in granularities
    ]


PERIODS = [
    (("5MIN", "HOUR"), [HOUR // 12, HOUR]),
    (("HOUR", "DAY"), [HOUR, 8 * HOUR]),
    (("DAY", "HOUR"), [8 * HOUR, 8 * HOUR]),
    (("YEAR",), [8 * HOUR]),
]


@pytest.mark.parametrize(("granularities", "expected"), PERIODS)
def test_a_stage_runs_once_a_partition_of_its_source(granularities, expected):
    """At least every 8 hours, and not more often than the stages before it."""
    assert periods(sources(*granularities)) == expected


def test_a_new_stage_waits_for_the_next_boundary(made):
    """Five minutes after the next full period; the boundary itself belongs to the period that begins."""
    assert next_start(HOUR, made.instant("2024-06-02T10:20")) == made.instant("2024-06-02T11:05")
    assert next_start(HOUR, made.instant("2024-06-02T11:00")) == made.instant("2024-06-02T12:05")


def test_the_stages_of_a_morning(made):
    """STS hours go hourly, MTS days at 8, 16 and 24 o'clock with them, ten seconds after they may."""
    runs = due_runs(sources("HOUR", "DAY"), made.instant("2024-06-02T06:00"), made.instant("2024-06-02T09:00"))
    assert [(run.at, run.stages) for run in runs] == [
        (made.instant("2024-06-02T06:05:10"), (0,)),
        (made.instant("2024-06-02T07:05:10"), (0,)),
        (made.instant("2024-06-02T08:05:10"), (0, 1)),
    ]


def test_spans_may_be_cut_anywhere(made):
    """The runs of two spans are those of both together: the first instant is excluded, the second included."""
    layout, begin = sources("15MIN", "HOUR", "DAY"), made.instant("2024-06-02")
    whole = list(due_runs(layout, begin, begin + 30 * HOUR))
    for cut in (begin + 5 * HOUR, whole[7].at, whole[7].at - 1):
        assert [*due_runs(layout, begin, cut), *due_runs(layout, cut, begin + 30 * HOUR)] == whole


def test_a_single_store_has_no_runs(made):
    """Nothing runs where nothing moves."""
    assert list(due_runs([], 0, made.instant("2024-06-02"))) == []
