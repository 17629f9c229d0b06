"""Plans made from the files before a recorded merge say exactly what the files held after it."""

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from archredundancy.model import Samples
from archredundancy.plan import (
    HazardKind,
    MergePlan,
    NotFillable,
    Strategy,
    build_plan,
    digest,
    predicted_after,
    promised_samples,
)
from archredundancy.testing import assert_samples_equal, open_recording, recording_names
from archredundancy.testing.recorded.recorded_merges import RecordedMerge, recorded_merges

#: Recordings whose merges ended as the rules say, and how many merges each has.
FORETOLD = {
    **{name: 1 for name in recording_names() if name.startswith("01_types")},
    **{name: 2 for name in recording_names() if name.startswith("02_gran")},
    "08_merge_basic": 4,
    "08_merge_consolidate": 1,
    "08_merge_misc": 5,
    "08_merge_stub": 4,
    "13_gapfields": 5,
    "14_live": 8,
    "20_live": 8,
}
#: PVs of these recordings whose merge failed, or spoilt the file.
NOT_FORETOLD = {"G08:foreign", "G08:stub:zero", "G08:stub:noeol", "G08:stub:type"}
UNLIKE_TYPES = [name for name in recording_names() if name.startswith("08_merge_type")]


@cache
def merges_of(recording: str) -> tuple[RecordedMerge, ...]:
    return tuple(recorded_merges(open_recording(recording)))


def foretold(recording: str) -> list[RecordedMerge]:
    return [merge for merge in merges_of(recording) if merge.pv not in NOT_FORETOLD]


def with_gain(recording: str) -> list[RecordedMerge]:
    return [merge for merge in foretold(recording) if plan_of(merge).totals.gain]


def merge_of(recording: str, pv: str) -> RecordedMerge:
    """Return the first merge of a PV."""
    return next(merge for merge in merges_of(recording) if merge.pv == pv)


def plan_of(merge: RecordedMerge, strategy: Strategy = Strategy.DIRECT) -> MergePlan:
    return build_plan([merge.evidence], strategy=strategy)


def refusals(plan: MergePlan) -> set[HazardKind]:
    return {hazard.kind for hazard in plan.hazards if hazard.refuses}


@pytest.mark.parametrize(("recording", "count"), FORETOLD.items())
def test_no_recorded_merge_is_overlooked(recording: str, count: int) -> None:
    """Each recording gives as many merges as were counted by hand."""
    assert len(foretold(recording)) == count


@pytest.mark.parametrize("recording", FORETOLD)
def test_a_plan_foretells_the_files_sample_for_sample(recording: str) -> None:
    """What a direct plan predicts is what the files held after the merge, to the last bit, attributes included."""
    for merge in with_gain(recording):
        predicted = predicted_after(merge.evidence, plan_of(merge).of(merge.pv))
        assert_samples_equal(with_sorted_fields(predicted), with_sorted_fields(merge.after))


@pytest.mark.parametrize("recording", FORETOLD)
def test_a_merge_without_gain_would_add_nothing(recording: str) -> None:
    """Where a plan finds nothing to do the recorded merge changed no more than attributes: it is rightly not made."""
    idle = [merge for merge in foretold(recording) if not plan_of(merge).totals.gain]
    for merge in idle:
        plan = plan_of(merge)
        assert plan.status == "nothing to do"
        assert not plan.totals.rewritten
        assert digest(merge.after) == digest(merge.evidence.evidence.primary.reading.samples)


@pytest.mark.parametrize("recording", FORETOLD)
def test_the_numbers_of_a_plan_are_those_of_the_files(recording: str) -> None:
    """Gain, losses, samples out of reach and dropped attributes are exactly what the files show."""
    for merge in with_gain(recording):
        totals = plan_of(merge).totals
        sides = merge.evidence.evidence
        before, secondary = (side.reading.samples for side in (sides.primary, sides.secondary))
        had, could_have, has = (set(samples.time.tolist()) for samples in (before, secondary, merge.after))
        assert totals.gain == len(has - had)
        assert totals.would_be_lost == len(had - has)
        assert sum(totals.not_fillable.values()) == len(could_have - had - has)
        assert totals.attributes_dropped == dropped(before, secondary, merge.after)


@pytest.mark.parametrize("recording", FORETOLD)
def test_the_relay_promises_the_same_and_rewrites_no_more(recording: str) -> None:
    """A relay plan without limits gains the same samples, and rewrites only partitions that gain."""
    for merge in foretold(recording):
        direct, relay = (plan_of(merge, strategy) for strategy in (Strategy.DIRECT, Strategy.RELAY))
        promises = [promised_samples(merge.evidence, plan.of(merge.pv)) for plan in (direct, relay)]
        assert_samples_equal(*promises)
        assert all(bool(each.gain) == each.rewritten for each in relay.partitions)
        assert relay.totals.would_be_lost <= direct.totals.would_be_lost


def test_the_first_recorded_merge_in_numbers() -> None:
    """08_merge_basic by hand: what it gained, destroyed, left out for two reasons, and dropped."""
    totals = plan_of(merge_of("08_merge_basic", "G08:basic")).totals
    assert (totals.gain, totals.would_be_lost, totals.ties_equal, totals.ties_different) == (4, 2, 0, 1)
    assert totals.not_fillable == {NotFillable.NO_FILE: 3, NotFillable.LAST_SECOND: 1}
    assert totals.attributes_dropped == {"repeat_count": 1}


def test_the_longest_recorded_merge_in_numbers() -> None:
    """20_live: P's 317 samples of LIVE:COUNT and S's 429 become 453."""
    merge = merge_of("20_live", "LIVE:COUNT")
    plan = plan_of(merge)
    assert plan.totals.gain == 136
    assert len(predicted_after(merge.evidence, plan.of(merge.pv))) == 453


@pytest.mark.parametrize(
    ("pv", "kind"),
    [
        ("G08:stub:zero", HazardKind.NOT_READ),
        ("G08:stub:noeol", HazardKind.NOT_READ),
        ("G08:stub:type", HazardKind.TYPE_MISMATCH),
    ],
)
def test_a_stub_that_fails_or_spoils_the_merge_is_refused(pv: str, kind: HazardKind) -> None:
    """A stub of no bytes or without line end made mergeInData fail; one of another type was filled with rubbish."""
    plan = plan_of(merge_of("08_merge_stub", pv))
    assert kind in refusals(plan)
    assert plan.status == "refused"


@pytest.mark.parametrize("pv", ["zero", "junk", "hdrcut", "zeroed", "cut", "noeol", "emptyline"])
def test_a_damaged_file_of_the_primary_is_refused(pv: str) -> None:
    """Each damaged file that made mergeInData fail is refused, and three more that it went through."""
    assert HazardKind.NOT_READ in refusals(plan_of(merge_of("06_damaged_mergeP", f"G06:mergeP:{pv}")))


@pytest.mark.parametrize("recording", UNLIKE_TYPES)
def test_types_that_spoilt_a_file_are_refused(recording: str) -> None:
    """Each recorded merge of unlike types, all of which the appliance took, is refused."""
    plans = [plan_of(merge) for merge in merges_of(recording)]
    assert plans
    assert all(HazardKind.TYPE_MISMATCH in refusals(plan) and plan.status == "refused" for plan in plans)


def test_data_in_finer_stores_are_told() -> None:
    """08_merge_noconsolidate, where P's samples in MTS and STS vanished, has the hazard; data in one store have not."""
    spread, merged = merge_of("08_merge_noconsolidate", "G08:noconsolidate"), merge_of("08_merge_basic", "G08:basic")
    assert HazardKind.FINER_STORES in {hazard.kind for hazard in plan_of(spread).hazards}
    assert HazardKind.FINER_STORES not in {hazard.kind for hazard in plan_of(merged).hazards}
    assert len(spread.after) < len(predicted_after(spread.evidence, plan_of(spread).of(spread.pv)))


def test_samples_of_the_future_are_refused_while_they_are() -> None:
    """A sample of 2031 on the secondary refuses a direct merge planned in 2026, and is left out of a relay's."""
    merge = merge_of("08_merge_misc", "G08:futp")
    then = np.datetime64("2026-11-22", "ns").astype(int)
    evidence = replace(merge.evidence, evidence=replace(merge.evidence.evidence, now=int(then)))
    direct, relay = (build_plan([evidence], strategy=strategy) for strategy in (Strategy.DIRECT, Strategy.RELAY))
    assert HazardKind.FUTURE_SAMPLES in refusals(direct)
    assert promised_samples(evidence, relay.of(merge.pv)).time.max() < then
    assert relay.totals.not_fillable[NotFillable.AFTER_HORIZON] == 1


def with_sorted_fields(samples: Samples) -> Samples:
    """Return samples whose field values are in order of name; the appliance writes them in that of a hash map."""
    extras = samples.extras
    fields = np.empty(len(extras), object)
    fields[:] = [tuple(sorted(each)) for each in extras.fields]
    return replace(samples, extras=replace(extras, fields=fields))


def dropped(primary: Samples, secondary: Samples, after: Samples) -> dict[str, int]:
    """Return how many samples of the file after had an attribute where they came from, and do not have it there."""
    plain: dict[int, dict[str, int]] = {time: {} for time in primary.time.tolist()}
    stored = rare(secondary) | plain | rare(primary)
    now = rare(after)
    counts: Counter[str] = Counter()
    for time in after.time.tolist():
        for name, value in stored.get(time, {}).items():
            counts[name] += now.get(time, {}).get(name) != value
    return {name: count for name, count in counts.items() if count}


def rare(samples: Samples) -> dict[int, dict[str, int]]:
    """Return for each time the attributes that mean something: a `field_change` that is false does not."""
    extras = samples.extras
    columns = {
        "field_change": extras.field_change == 1,
        "repeat_count": extras.repeat_count >= 0,
        "user_tag": extras.user_tag >= 0,
    }
    return {
        int(samples.time[row]): {name: int(getattr(extras, name)[entry]) for name, has in columns.items() if has[entry]}
        for entry, row in enumerate(extras.row)
    }
