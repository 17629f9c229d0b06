"""A PV that is being archived is merged: its newest samples are in the engine's memory, then and later."""

from contextlib import contextmanager

import archredundancy as ar
from archredundancy.model import NS_PER_SECOND
from archredundancy.testing.embedded.bench import QUICK, trust_embedded

START = 1767225600


@contextmanager
def pair_with_a_gap(live, tmp_path):
    """The primary had no connection for 20 s, some minutes ago."""
    live.at(10.5)
    live.primary.engine.disconnect("A:B")
    live.at(30.5)
    live.primary.engine.reconnect("A:B")
    live.at(300.5)
    trust_embedded(tmp_path / "runs")
    options = {"allow_commit": True, "run_dir": tmp_path / "runs", "commit_settings": QUICK}
    now = round((START + 300.5) * NS_PER_SECOND)
    with ar.ClusterPair(live.primary.url, live.secondary.url, fixed_now=now, **options) as pair:
        yield pair


def test_what_is_in_memory_spoils_no_proof(bench, tmp_path):
    """No other answer vouches for it, which says nothing of what was there and what was merged."""
    live = bench()
    with pair_with_a_gap(live, tmp_path) as pair:
        plan = pair.plan_merge("A:B")
        report = pair.commit(plan, approve=str(plan.id), progress=False)
        assert report.ok, report
        live.at(325.5)
        again = pair.verify(report)
        assert again.ok, again
        assert [(each.gained, each.later) for each in again.pvs[0].outcomes] == [(19, 25)]


def test_what_is_in_memory_keeps_no_rebuild_from_being_undone(bench, tmp_path):
    """The pause writes it, and it is carried over to the old files."""
    live = bench()
    with pair_with_a_gap(live, tmp_path) as pair:
        plan = pair.plan_merge("A:B", strategy="rebuild", root="new")
        report = pair.commit(plan, approve=str(plan.id), progress=False)
        assert report.ok, report
        live.at(325.5)
        undone = pair.rollback(report, approve=str(pair.plan_rollback(report).id))
        assert undone.ok, undone
        assert pair.plan_merge("A:B").totals.gain == 19
        assert sum(outcome.after for outcome in undone.pvs[0].outcomes) == 326 - 19
