"""Planning many PVs: one history at a time."""

import gc
import weakref

import pytest

from archredundancy.client import spend
from archredundancy.commit.planning.many import plan_each
from archredundancy.errors import ConnectionFailed
from archredundancy.model import NS_PER_SECOND, DbrType, Samples
from archredundancy.plan import HazardKind, Limits, terms_of
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

START = NOW - 5 * 3600 * NS_PER_SECOND
TERMS = terms_of(None, NOW)


def evidence_of(pv):
    mine, theirs = (Samples.build(DbrType.SCALAR_INT, times, [1]) for times in ([START], [START + 1]))
    return make_merge_evidence(mine, theirs, pv=pv)


def plan(ask, pvs, *, limits=None, failing=False):
    return plan_each(ask, pvs, TERMS, limits or Limits(), failing=failing, parallel=1, progress=False)


def test_only_one_history_is_in_memory_at_a_time():
    """When the next PV is asked for, nothing is left of the samples of the one before the last."""
    alive = []

    def ask(pv):
        gc.collect()
        assert sum(each() is not None for each in alive) <= 1
        evidence = evidence_of(pv)
        alive.append(weakref.ref(evidence))
        return evidence

    assert [each.pv for each in plan(ask, [f"T:{row}" for row in range(5)])] == [f"T:{row}" for row in range(5)]


def test_a_pv_that_fails_costs_only_itself():
    """Unless it is the one that was asked for, whose reason is then raised."""

    def ask(pv):
        if pv == "B":
            raise ConnectionFailed("no answer", url="http://q1")
        return evidence_of(pv)

    assert [each.status for each in plan(ask, ["A", "B", "C"])] == ["ready", "refused", "ready"]
    with pytest.raises(ConnectionFailed, match="no answer"):
        plan(ask, ["B"], failing=True)


def test_each_pv_may_read_as_much_as_the_limit():
    """It is not what all of them read together; one that reads more is refused."""

    def ask(pv):
        spend(60 if pv != "large" else 101)
        return evidence_of(pv)

    found = plan(ask, ["A", "large", "B", "C"], limits=Limits(read_bytes=100))
    assert [each.status for each in found] == ["ready", "refused", "ready", "ready"]
    assert found[1].hazards[0].kind is HazardKind.OVER_LIMIT
