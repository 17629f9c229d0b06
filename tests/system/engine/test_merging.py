"""A PV that is being archived is merged: its newest samples are in the engine's memory, then and later."""

import archredundancy as ar
from archredundancy.model import NS_PER_SECOND
from archredundancy.testing.bench import QUICK, trust_embedded

START = 1767225600


def test_what_is_in_memory_spoils_no_proof(bench, tmp_path):
    """No other answer vouches for it, which says nothing of what was there and what was merged."""
    live = bench()
    live.at(10.5)
    live.primary.engine.disconnect("A:B")
    live.at(30.5)
    live.primary.engine.reconnect("A:B")
    live.at(300.5)
    trust_embedded(tmp_path / "runs")
    options = {"allow_commit": True, "run_dir": tmp_path / "runs", "commit_settings": QUICK}
    now = round((START + 300.5) * NS_PER_SECOND)
    with ar.ClusterPair(live.primary.url, live.secondary.url, fixed_now=now, **options) as pair:
        plan = pair.plan_merge("A:B")
        report = pair.commit(plan, approve=str(plan.id), progress=False)
        assert report.ok, report
        live.at(325.5)
        again = pair.verify(report)
        assert again.ok, again
        assert [(each.gained, each.later) for each in again.pvs[0].outcomes] == [(19, 25)]
