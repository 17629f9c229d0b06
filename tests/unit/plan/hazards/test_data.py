"""What is wrong with stored samples."""

from dataclasses import replace

import pytest

from archredundancy.model import NS_PER_SECOND, ChunkSummary, DbrType, Samples
from archredundancy.plan import HazardKind, Strategy, build_plan
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

MINUTE = 60 * NS_PER_SECOND
HOUR = 60 * MINUTE
#: Partitions are half hours: these moments share one.
START = NOW - 5 * HOUR


def history(*times):
    return Samples.build(DbrType.SCALAR_INT, times, range(len(times)))


def verdict(evidence, kind, strategy=Strategy.RELAY):
    plan = build_plan([evidence], strategy=strategy)
    return next((hazard.refuses for hazard in plan.hazards if hazard.kind is kind), None)


@pytest.mark.parametrize(
    ("ahead", "strategy", "expected"),
    [
        (29 * MINUTE, Strategy.DIRECT, None),
        (31 * MINUTE, Strategy.DIRECT, True),
        (31 * MINUTE, Strategy.RELAY, False),
    ],
)
def test_future_samples_of_the_secondary(ahead, strategy, expected):
    """Beyond the drift that engines allow they refuse a direct merge, and are left out of a relay's."""
    evidence = make_merge_evidence(history(START, NOW - MINUTE), history(START + 1, NOW + ahead))
    assert verdict(evidence, HazardKind.FUTURE_SAMPLES, strategy) is expected


@pytest.mark.parametrize("strategy", Strategy)
def test_future_samples_of_the_primary_are_refused(strategy):
    """Consolidating would make them the last of the store, which takes nothing older from then on."""
    evidence = make_merge_evidence(history(START, NOW + HOUR), history(START + 1))
    assert verdict(evidence, HazardKind.FUTURE_SAMPLES, strategy) is True


def with_layout(*spans):
    """Return evidence whose primary's answer came in chunks with these first and last times."""
    evidence = make_merge_evidence(history(START), history(START + 1))
    chunks = [
        ChunkSummary(dbr_type=DbrType.SCALAR_INT, year=2026, count=1, first=first, last=last) for first, last in spans
    ]
    primary = evidence.evidence.primary
    reading = replace(primary.reading, layout=tuple(chunks))
    return replace(evidence, evidence=replace(evidence.evidence, primary=replace(primary, reading=reading)))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(START, START + 1)], None),
        ([(START, START + 1), (START + HOUR, START + HOUR)], None),
        ([(START, START + 1), (START + 2, START + 3)], False),
        ([(START, START + 1), (START + HOUR, START + HOUR), (START + HOUR + 1, START + HOUR + 1)], False),
    ],
)
def test_more_than_one_file_of_a_partition_is_a_warning(spans, expected):
    """One file a partition can be the store's own; of two at least one lies in a finer store."""
    assert verdict(with_layout(*spans), HazardKind.FINER_STORES) is expected


def test_a_sample_looked_back_at_is_no_other_file():
    """The answer to the next window repeats the last sample of the window before."""
    spans = [(START, START + 9), (START + 9, START + 9), (START + HOUR, START + HOUR)]
    assert verdict(with_layout(*spans), HazardKind.FINER_STORES) is None


def test_files_that_were_moved_on_leave_a_plan_as_it_was():
    """What ETL does between the plan and its commit is told, and no part of what is approved."""
    moved, waiting = (
        build_plan([with_layout(*spans)]) for spans in ([(START, START)], [(START, START), (START + 1, START + 1)])
    )
    assert [HazardKind.FINER_STORES in {hazard.kind for hazard in plan.hazards} for plan in (moved, waiting)] == [
        False,
        True,
    ]
    assert moved.id == waiting.id
    assert moved.diff(waiting) == []


def test_files_after_the_horizon_do_not_count():
    """A file of the current hour that came since the plan was made does not make it another plan."""
    assert verdict(with_layout((NOW, NOW), (NOW + 1, NOW + 1)), HazardKind.FINER_STORES) is None


@pytest.mark.parametrize("times", [(START + 2, START + 1), (START + 1, START + 1)], ids=["back", "again"])
def test_samples_out_of_order_are_refused_where_they_go_through_a_merge(times):
    """The appliance merges streams as they come; the relay puts the secondary's samples in order."""
    tidy, odd = history(START, START + 3), history(*times)
    assert verdict(make_merge_evidence(odd, tidy), HazardKind.OUT_OF_ORDER) is True
    assert verdict(make_merge_evidence(tidy, odd), HazardKind.OUT_OF_ORDER) is None
    assert verdict(make_merge_evidence(tidy, odd), HazardKind.OUT_OF_ORDER, Strategy.DIRECT) is True


def test_samples_out_of_order_elsewhere_do_not_matter():
    """A partition that is not rewritten keeps its file as it is."""
    odd = history(START + HOUR + 1, START + HOUR, START + 2 * HOUR)
    evidence = make_merge_evidence(odd, history(START + 2 * HOUR + 1))
    assert verdict(evidence, HazardKind.OUT_OF_ORDER) is None
