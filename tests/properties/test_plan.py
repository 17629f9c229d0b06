"""Plans against what the appliance does file by file, and the laws that every plan keeps."""

import json

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType, Granularity, Partition, Samples
from archredundancy.plan import MergePlan, Root, Strategy, build_plan, predicted_after, promised_samples
from archredundancy.segments import Segments
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence
from archredundancy.testing.twins.slow_merge_in_data import slow_merge_in_data

LENGTH = 1800 * NS_PER_SECOND
BASE = NOW - 10 * LENGTH
LAST_READ = LENGTH - NS_PER_SECOND
#: Where partitions, their last second and milliseconds begin and end.
EDGES = [
    0,
    1,
    LENGTH // 2,
    LAST_READ - 1,
    LAST_READ,
    LAST_READ + 1,
    LAST_READ + 999_999,
    LAST_READ + 1_000_000,
    LENGTH - 1,
]
MOMENTS = st.tuples(st.integers(0, 4), st.sampled_from(EDGES)).map(lambda place: BASE + place[0] * LENGTH + place[1])
EMPTY_FILES = st.lists(st.sampled_from(["2026_05_01_08_00", "2026_05_01_08_30", "2026_05_01_09_30"]), unique=True)


@st.composite
def sides(draw):
    """Two histories of five partitions, whose samples lie where it matters."""
    return tuple(history(draw(st.dictionaries(MOMENTS, st.integers(0, 1), max_size=12))) for _ in range(2))


def history(rows):
    times = sorted(rows)
    return Samples.build(DbrType.SCALAR_INT, times, [rows[time] for time in times])


def rows_of(samples):
    return dict(zip(samples.time.tolist(), samples.value.tolist(), strict=True))


@given(pair=sides(), empty_files=EMPTY_FILES)
def test_a_direct_plan_foretells_what_the_appliance_does(pair, empty_files):
    """With everything before the horizon, what a merge from the secondary leaves is what was predicted, if it gains."""
    evidence = make_merge_evidence(*pair, empty_files=tuple(empty_files))
    plan = build_plan([evidence], strategy="direct").of("T:PV")
    own, other = map(rows_of, pair)
    after = slow_merge_in_data(own, other, Granularity.MIN30, empty_files)
    assert rows_of(predicted_after(evidence, plan)) == (after if plan.totals.gain else own)
    assert plan.totals.gain == len(after.keys() - own.keys())


@given(pair=sides(), empty_files=EMPTY_FILES, edges=st.lists(MOMENTS, min_size=6, max_size=6).map(sorted))
def test_a_relay_plan_foretells_what_the_appliance_does(pair, empty_files, edges):
    """With window, exclusions and horizon, what a merge from the promised samples leaves is what was predicted."""
    evidence = make_merge_evidence(*pair, empty_files=tuple(empty_files))
    start, first, after_first, second, end, horizon = edges
    excluded = Segments.of((first, after_first), (after_first, second))
    plan = build_plan([evidence], start=start, end=end, excluded=excluded, horizon=horizon).of("T:PV")
    promised = rows_of(promised_samples(evidence, plan))
    after = slow_merge_in_data(rows_of(pair[0]), promised, Granularity.MIN30, empty_files)
    assert rows_of(predicted_after(evidence, plan)) == after
    assert all(start <= time < end and time < horizon and not first <= time < second for time in promised)


@given(
    pair=sides(),
    empty_files=EMPTY_FILES,
    edges=st.lists(MOMENTS, min_size=4, max_size=4).map(sorted),
    root=st.sampled_from(Root),
)
def test_a_rebuild_plan_promises_the_exact_union_within_its_limits(pair, empty_files, edges, root):
    """What the primary will have is all it has, to the last attribute, and what the other has of what is wanted."""
    evidence = make_merge_evidence(*pair, empty_files=tuple(empty_files))
    start, after_first, end, horizon = edges
    excluded = Segments.of((start, after_first))
    plan = build_plan(
        [evidence], strategy="rebuild", root=root, start=start, end=end, excluded=excluded, horizon=horizon
    ).of("T:PV")
    own, other = map(rows_of, pair)
    wanted = {time: value for time, value in other.items() if after_first <= time < min(end, horizon)}
    assert rows_of(predicted_after(evidence, plan)) == dict(sorted({**wanted, **own}.items()))
    assert plan.totals.gain == len(wanted.keys() - own.keys())
    assert (plan.totals.would_be_lost, plan.totals.attributes_dropped) == (0, {})
    after = predicted_after(evidence, plan)
    held = {Partition.holding(time, Granularity.MIN30) for time in after.time.tolist()} if plan.totals.gain else set()
    held |= {each.partition for each in plan.partitions if each.exists and plan.totals.gain}
    assert {each.partition for each in plan.partitions if each.rewritten} == {
        each for each in held if each.start < horizon
    }


@given(pair=sides(), strategy=st.sampled_from(Strategy), horizon=MOMENTS)
def test_every_sample_is_accounted_for(pair, strategy, horizon):
    """What only the secondary has is gained or not fillable; the primary keeps its samples but for those told of."""
    evidence = make_merge_evidence(*pair)
    plan = build_plan([evidence], strategy=strategy, horizon=horizon)
    own, other, after = (set(samples.time.tolist()) for samples in (*pair, predicted_after(evidence, plan.pvs[0])))
    totals = plan.totals
    assert totals.gain + sum(totals.not_fillable.values()) == len(other - own)
    assert len(own - after) == totals.would_be_lost
    assert {time for each in plan.partitions for time in each.lost_times} == own - after
    assert len(after - own) == totals.gain
    settled = {time for time in own & other if time < horizon}
    assert totals.ties_equal + totals.ties_different == len(settled)


@given(
    pair=sides(), strategy=st.sampled_from(Strategy), empty_files=EMPTY_FILES, accept_loss=st.none() | st.integers(0, 3)
)
def test_a_saved_plan_is_the_same_plan(pair, strategy, empty_files, accept_loss):
    """What is read back equals what was saved, gives the same text, and shows the same id."""
    evidence = make_merge_evidence(*pair, empty_files=tuple(empty_files))
    plan = build_plan([evidence], strategy=strategy, accept_loss=accept_loss)
    text = plan.to_json()
    saved = MergePlan.from_json(text)
    assert saved == plan
    assert saved.id == plan.id
    assert saved.to_json() == text
    assert repr(saved) == repr(plan)
    assert plan.diff(saved) == []


def places(content, path=()):
    """Yield where each value in a JSON document is, those that hold others included."""
    inside = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


ANY_VALUE = st.sampled_from([None, True, -1, 7, 3.5, 10**30, "", "x", "now", "2026-05-01", [], [1], {}, {"a": 1}])
#: What changes by itself, and is not approved: any fitting value will do.
FREE = {"after_horizon", "host", "source"}


@given(pair=sides(), strategy=st.sampled_from(Strategy), data=st.data())
def test_a_saved_plan_with_any_other_value_is_not_read(pair, strategy, data):
    """Whatever stands in place of one value, nothing but an InputError comes of it."""
    content = json.loads(build_plan([make_merge_evidence(*pair)], strategy=strategy).to_json())
    *path, last = data.draw(st.sampled_from(list(places(content))))
    holder = content
    for key in path:
        holder = holder[key]
    old, new = holder[last], data.draw(ANY_VALUE)
    assume(new != old or type(new) is not type(old))
    holder[last] = new
    assume(last not in FREE or type(new) is not type(old))
    with pytest.raises(InputError, match=r"no saved plan|was changed after|saved with schema|granularity"):
        MergePlan.from_json(json.dumps(content))


@given(pair=sides(), more=sides(), strategy=st.sampled_from(Strategy))
def test_samples_after_the_horizon_change_nothing_that_is_approved(pair, more, strategy):
    """New samples in partitions that begin after the horizon leave the id as it is, and are no difference."""
    horizon = BASE + 5 * LENGTH
    later = [Samples.build(DbrType.SCALAR_INT, side.time + 5 * LENGTH, side.value) for side in more]
    grown = [Samples.concatenate([side, new]) for side, new in zip(pair, later, strict=True)]
    before, after = (
        build_plan([make_merge_evidence(*each)], strategy=strategy, horizon=horizon) for each in (pair, grown)
    )
    if not after.totals.would_be_lost > before.totals.would_be_lost:
        assert before.id == after.id
        assert before.diff(after) == []
    else:
        assert before.id != after.id


@pytest.mark.parametrize("side", [0, 1])
@given(pair=sides(), row=st.integers(0, 11))
def test_any_other_sample_makes_another_plan(side, pair, row):
    """A single changed value on either side changes the id, and the difference names the partition."""
    samples = pair[side]
    if row < len(samples):
        values = np.array(samples.value)
        values[row] += 7
        changed = [*pair]
        changed[side] = Samples.build(samples.dbr_type, samples.time, values)
        before, after = (build_plan([make_merge_evidence(*each)]) for each in (pair, changed))
        assert before.id != after.id
        assert any("sum64" in line for line in before.diff(after))


@given(pairs=st.lists(sides(), min_size=1, max_size=14), refused=st.sets(st.integers(0, 13)))
def test_many_pvs_are_planned_as_they_are_one_by_one(pairs, refused):
    """Each that is ready is in one batch, what expires first goes first, and refused ones can go."""
    evidence = [
        make_merge_evidence(*pair, pv=f"T:{row}", members_down=("q1",) if row in refused else ())
        for row, pair in enumerate(pairs)
    ]
    plan = build_plan(evidence)
    assert MergePlan.from_json(plan.to_json()) == plan
    ready = [pv for pv in plan.pvs if pv.status == "ready"]
    merged = [plan.of(name) for batch in plan.batches for name in batch]
    assert sorted(pv.pv for pv in merged) == sorted(pv.pv for pv in ready)
    assert [len(batch) for batch in plan.batches] == [
        n for n in (min(len(ready), 1), min(max(len(ready) - 1, 0), 10), max(len(ready) - 11, 0)) if n
    ]
    expiries = [pv.totals.expires_at for pv in merged]
    assert expiries == sorted(expiries)
    left = [each for each, pv in zip(evidence, plan.pvs, strict=True) if pv.status != "refused"]
    if left:
        assert plan.without_refused() == build_plan(left)
