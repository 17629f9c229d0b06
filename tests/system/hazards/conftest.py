"""A bench for hazards: a plan that must name one, and the merge that is made all the same."""

from dataclasses import replace

import pytest

from archredundancy.client import HttpTransport
from archredundancy.commit.sides import Side
from archredundancy.model import parse_time
from archredundancy.plan import build_plan
from archredundancy.survey import survey_for_merge
from tests.system.conftest import PV

OK = (200, {"status": "ok"})
FAILED = (500, None)
NOW = parse_time("2024-07-10T12:00:00Z", now=0)


@pytest.fixture
def clock():
    """The present of all appliances: it stands still."""
    return lambda: NOW


class Hazards:
    """Plans for the sides of a bench, made of nothing but what stock calls tell, and merges without any plan.

    Parameters
    ----------
    primary, secondary : tests.system.conftest.Side
    """

    def __init__(self, primary, secondary, now=NOW):
        self.primary, self.secondary, self.now = primary, secondary, now

    def evidence(self, pv=PV, storage=None, **survey):
        """Ask both clusters all that a plan goes by."""
        with HttpTransport() as transport:
            sides = (
                Side.connect(name, side.appliance.url, transport)
                for name, side in (("primary", self.primary), ("secondary", self.secondary))
            )
            return replace(survey_for_merge(pv, *sides, self.now, storage=storage, **survey), certified=True)

    def plan(self, pv=PV, storage=None, **terms):
        """Return the plan of a PV; terms are those of `build_plan`."""
        evidence = self.evidence(pv, storage, every_year=terms.get("strategy") == "rebuild")
        return build_plan([evidence], **terms)

    def foretell(self, kind, says, *, refuses, **options):
        """Check that a plan names a hazard with its evidence, and refuses as it should; return the plan."""
        plan = self.plan(**options)
        found = [hazard for hazard in plan.hazards if hazard.kind is kind]
        assert [hazard.refuses for hazard in found] == [refuses], [str(hazard) for hazard in plan.hazards]
        assert says in found[0].message
        assert found[0].remedy
        assert not refuses or plan.status == "refused"
        return plan

    def merge_anyhow(self, pv=PV, storage="LTS", **parameters):
        """Pause and merge as the appliance documents it, but without consolidating; return status and answer."""
        self.primary.call("pauseArchivingPV", pv=pv)
        return self.primary.merge(self.secondary, pv=pv, storage=storage, **parameters)


@pytest.fixture
def hazards(bench):
    """Return plans and merges for the pair of the bench."""
    return Hazards(*bench.both)


@pytest.fixture
def archived(hazards):
    """Both sides archive one PV in monthly files."""
    for side in (hazards.primary, hazards.secondary):
        side.add(paused=False)
    return hazards
