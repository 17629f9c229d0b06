"""What real clusters recorded and every payload type, by each strategy: all that was promised, and no more."""

from pathlib import Path

import pytest

import archredundancy as ar
from archredundancy.commit import PairUrls, RunFolder, RunSettings, run_commit
from archredundancy.commit.steps.context import Context
from archredundancy.demo import DEMO_NOW
from archredundancy.demo.certificate import trust_embedded
from archredundancy.errors import CommitError
from archredundancy.model import DbrType

HURRY = RunSettings(flush=0, alive=0, poll=0.02, pause=20, resume=20)
TYPES = [f"DEMO:TYPE:{kind.name}" for kind in DbrType]
#: Strings, enums and bytes take ways of their own.
ODD_TYPES = [f"DEMO:TYPE:{name}" for name in ("SCALAR_ENUM", "SCALAR_STRING", "WAVEFORM_STRING", "V4_GENERIC_BYTES")]
LIVE = [f"LIVE:{name}" for name in ("COUNT", "SINE", "TEXT", "MODE", "WAVE", "BYTES", "SETPOINT")]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("pvs", "strategy"),
    [
        (ODD_TYPES, "relay"),
        pytest.param(TYPES, "relay", marks=pytest.mark.slow),
        pytest.param(TYPES, "rebuild", marks=pytest.mark.slow),
        pytest.param(TYPES, "direct", marks=pytest.mark.slow),
        pytest.param(LIVE, "relay", marks=pytest.mark.slow),
        pytest.param(LIVE, "rebuild", marks=pytest.mark.slow),
        pytest.param(LIVE, "direct", marks=pytest.mark.slow),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)}-pvs",
)
def test_many_pvs_in_one_run(pvs: list[str], strategy: str, tmp_path: Path) -> None:
    """Each PV of a plan is merged, proven, and archived again; a second plan finds nothing left to gain."""
    trust_embedded(tmp_path)
    with ar.demo_pair() as pair:
        plan = pair.plan_merge(pvs, strategy)
        urls = PairUrls(primary=pair.primary.url, secondary=pair.secondary.url, fixed_now=DEMO_NOW)
        report = run_commit(RunFolder.create(tmp_path, plan, urls, HURRY).path)
        assert report.ok, report
        assert [pv.pv for pv in report.pvs] == [pv.pv for pv in plan.pvs if pv.status == "ready"]
        assert sum(pv.count("gained") for pv in report.pvs) == plan.totals.gain > 0
        management = pair.primary.management
        assert management is not None
        assert {entry.status for entry in management.pv_status(pvs)} == {"Being archived"}
        assert pair.plan_merge(pvs, strategy).totals.gain == 0


def test_a_run_ends_at_the_first_pv_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the merge of one PV fails, the next is not begun, and both are archived."""

    def fail(context: Context, other: str) -> None:
        raise CommitError("no luck")

    monkeypatch.setattr("archredundancy.commit.strategies.merging.merge", fail)
    trust_embedded(tmp_path)
    with ar.demo_pair() as pair:
        plan = pair.plan_merge(LIVE[:2], "relay")
        urls = PairUrls(primary=pair.primary.url, secondary=pair.secondary.url, fixed_now=DEMO_NOW)
        report = run_commit(RunFolder.create(tmp_path, plan, urls, HURRY).path)
        assert [pv.state for pv in report.pvs] == ["closed", "planned"]
        assert report.pvs[0].message == "no luck"
        management = pair.primary.management
        assert management is not None
        assert {entry.status for entry in management.pv_status(LIVE[:2])} == {"Being archived"}
