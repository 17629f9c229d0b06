"""Plans, a comparison, a journal and a report that the panel's tests share; made by hand, without a cluster."""

from pathlib import Path

import pytest

from archredundancy.commit import Entry, Report
from archredundancy.coverage import compare_evidence
from archredundancy.model import NS_PER_SECOND, DbrType, Samples
from archredundancy.plan import build_plan
from archredundancy.testing.handmade.evidence import make_evidence, make_side
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

START = NOW - 5 * 3600 * NS_PER_SECOND


def plan_of(primary, secondary, **changes):
    mine, theirs = (Samples.build(DbrType.SCALAR_INT, times, [1] * len(times)) for times in (primary, secondary))
    return build_plan([make_merge_evidence(mine, theirs, **changes)])


@pytest.fixture(scope="session")
def ready():
    """A plan that gains one sample."""
    return plan_of((START, START + 9), (START, START + 1))


@pytest.fixture(scope="session")
def other():
    """Another plan that is ready."""
    return plan_of((START, START + 9), (START, START + 2))


@pytest.fixture(scope="session")
def refused():
    """A plan that would lose the last second of a file."""
    return plan_of((START, START + 1800 * NS_PER_SECOND - 1), (START, START + 1))


@pytest.fixture(scope="session")
def idle():
    """A plan that has nothing to gain."""
    return plan_of((START, START + 9), (START,))


@pytest.fixture(scope="session")
def comparison():
    """A comparison in which the primary lacks some seconds, for ever kept by the secondary."""
    span = (0.0, 100.0)
    primary = make_side("primary", span, [*range(30), *range(60, 100)])
    return compare_evidence(make_evidence(primary, make_side("secondary", span, range(100))))


@pytest.fixture(scope="session")
def entry():
    """A line of a journal."""
    return Entry(number=1, time="2026-05-01T12:00:00.000000000Z", kind="state", pv="T:PV", facts={"state": "<locked>"})


@pytest.fixture(scope="session")
def report():
    """A report of a run that did nothing."""
    return Report(journal=Path("runs/1/journal.jsonl"), plan_id="7f3a-91c2", strategy="relay", pvs=(), ended=True)
