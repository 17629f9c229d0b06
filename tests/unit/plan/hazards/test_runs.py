"""What earlier runs and saved copies say against a merge."""

import pytest

from archredundancy.model import NS_PER_SECOND, DbrType, Samples
from archredundancy.plan import HazardKind, Status, build_plan
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

START = NOW - 5 * 3600 * NS_PER_SECOND


def history(*times):
    return Samples.build(DbrType.SCALAR_INT, times, [1] * len(times))


@pytest.mark.parametrize("theirs", [(START + 1,), (START,)], ids=["something to gain", "nothing"])
def test_a_run_that_has_not_ended_refuses_its_pv(theirs):
    """Its merge may still be at work, so that nobody can say what there is to gain."""
    evidence = make_merge_evidence(history(START), history(*theirs), unfinished_run="20260501T000000Z-7f3a-91c2")
    (hazard,) = build_plan([evidence]).hazards
    assert (hazard.kind, hazard.refuses) == (HazardKind.UNFINISHED_RUN, True)
    assert "20260501T000000Z-7f3a-91c2" in hazard.message
    assert build_plan([evidence]).status is Status.REFUSED


def test_a_saved_copy_is_told():
    """With what kind it is, and what span of the secondary's it holds."""
    evidence = make_merge_evidence(history(START), history(START, START + 1), saved_copy="a saved file")
    (hazard,) = build_plan([evidence]).hazards
    assert (hazard.kind, hazard.refuses) == (HazardKind.SAVED_COPY, False)
    assert hazard.message == (
        "The secondary's samples are those of a saved file: 2 samples from 2026-05-01T07:00:00.000000000Z to "
        "2026-05-01T07:00:00.000000001Z."
    )
