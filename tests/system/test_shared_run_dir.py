"""Two sites whose PVs have the same names, and which share one folder of runs: each is told of its own only."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archredundancy.commit import recover
from archredundancy.pair import ClusterPair
from archredundancy.plan import PVPlan
from archredundancy.testing.embedded.bench import NOW, PV, Bench, open_bench
from archredundancy.testing.interruptions.crash import run_until


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[tuple[Bench, Bench]]:
    with open_bench(tmp_path / "one") as one, open_bench(tmp_path / "other") as other:
        yield one, other


def plan_of(primary: str, bench: Bench, run_dir: Path) -> PVPlan:
    """Return the plan of the PV by a folder of runs."""
    with ClusterPair(primary, bench.urls.secondary, fixed_now=NOW, run_dir=run_dir) as pair:
        return pair.plan_merge(PV, strategy="relay", progress=False).of(PV)


def unfinished(plan: PVPlan) -> list[str]:
    """Return what the plan tells of runs that have not ended."""
    return [hazard.message for hazard in plan.hazards if hazard.kind == "unfinished-run"]


def test_a_run_of_one_site_does_not_refuse_plans_of_the_other(sites: tuple[Bench, Bench]) -> None:
    """Nor does a pause at one of them become a hole at the other."""
    one, other = sites
    run = one.make_run(one.plan("relay"))
    assert run_until(run.path, "state paused", "after")
    assert run.path.name in unfinished(plan_of(one.urls.primary, one, one.run_dir))[0]
    assert not unfinished(plan_of(other.urls.primary, other, one.run_dir))
    recover(run.path)
    (pause,) = one.run_dir.glob("pauses/*/*.json")  # of no length, since the clock stands still
    pause.write_text(json.dumps({**json.loads(pause.read_bytes()), "start": "2024-03-18T00:00:00Z"}))
    assert len(plan_of(one.urls.primary, one, one.run_dir).pause_holes) == 1
    assert not plan_of(other.urls.primary, other, one.run_dir).pause_holes


def test_a_paused_pv_is_told_of_its_run_though_the_primary_has_another_address(sites: tuple[Bench, Bench]) -> None:
    """Who resumed it instead of recovering the run might do harm."""
    one, _ = sites
    run = one.make_run(one.plan("relay"))
    assert run_until(run.path, "state paused", "after")
    with one.moved() as appliance:
        plan = plan_of(appliance.url, one, one.run_dir)
        assert run.path.name in unfinished(plan)[0]
        assert not any(hazard.kind == "paused" for hazard in plan.hazards)
