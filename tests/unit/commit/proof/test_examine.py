"""The primary is read again, and compared with what it had and what was promised."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from archredundancy.commit.journal.history import PVHistory
from archredundancy.commit.journal.journal import Entry
from archredundancy.commit.proof.examine import examine
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.commit.sides import Side
from archredundancy.model import DbrType, FailureKind, ReadFailure, Reading, Samples, TimeRange
from archredundancy.segments import Segments


@dataclass
class Flaky:
    """A cluster whose first readings are spoiled: a sample came while years ahead were asked for."""

    spoiled: int
    asked: list[TimeRange] = field(default_factory=list)

    def read(self, pv: str, asked: TimeRange) -> Reading:
        self.asked.append(asked)
        failures = (ReadFailure(range=asked, kind=FailureKind.CUT_SHORT, message="the last sample is another"),)
        return Reading(
            pv=pv,
            cluster="primary",
            asked=asked,
            samples=Samples.empty(DbrType.SCALAR_DOUBLE),
            before=Samples.empty(DbrType.SCALAR_DOUBLE),
            known=Segments.empty(),
            failures=failures if len(self.asked) <= self.spoiled else (),
            layout=(),
            headers={},
            names=(),
        )


@pytest.mark.parametrize(("archiving", "spoiled", "readings"), [(True, 2, 3), (True, 9, 3), (False, 9, 1)])
def test_a_pv_that_is_archived_is_read_again_before_it_is_called_unread(
    make_run: Callable[[], RunFolder], archiving: bool, spoiled: int, readings: int
) -> None:
    """Samples that arrive between two requests spoil a reading, but hardly three in a row; the reason is told."""
    run = make_run()
    primary: Any = Flaky(spoiled)
    plan = run.plan.pvs[0]
    facts = {"digests": {plan.partitions[0].partition.name: [1, 10**9, 10**9, "0f"]}, "unread": []}
    history = PVHistory(plan.pv, [Entry(number=1, time="", kind="before", pv=plan.pv, facts=facts)])
    outcomes = examine(run, plan, history, primary, cast(Side, None), archiving=archiving)
    assert len(primary.asked) == readings
    reasons = {each.reason for each in outcomes if each.result == "unread"}
    assert reasons == ({"the last sample is another"} if spoiled >= readings else set())
