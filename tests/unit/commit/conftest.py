"""A run folder that nobody has to ask anything for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from archredundancy.commit import PairUrls, RunFolder, RunSettings
from archredundancy.model import MergeEvidence
from archredundancy.plan import MergePlan, build_plan
from archredundancy.testing.handmade.evidence import make_evidence, make_side

URLS = PairUrls(primary="http://p:17665", secondary="http://s:17665", fixed_now=0)


@pytest.fixture
def plan() -> MergePlan:
    """A plan of one PV that gains a sample."""
    asked = (0.0, 1e5)
    primary = make_side("primary", asked, [1.0, 2.0, 50.0], [1, 2, 50])
    secondary = make_side("secondary", asked, [1.0, 2.0, 30.0, 50.0], [1, 2, 30, 50])
    evidence = make_evidence(primary, secondary)
    return build_plan([MergeEvidence(evidence=evidence, storage="LTS", certified=True)], strategy="relay")


@pytest.fixture
def make_run(tmp_path: Path, plan: MergePlan) -> Callable[[], RunFolder]:
    """Makes run folders of that plan."""
    return lambda: RunFolder.create(tmp_path / "runs", plan, URLS, RunSettings())
