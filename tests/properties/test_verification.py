"""The comparison of a partition and a slow twin, which goes sample by sample, always say the same."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from archredundancy.commit.proof.verification import Result, compare_samples, missing_from
from archredundancy.model import DbrType, Granularity, Partition, Samples, parse_time

MAY = Partition.holding(parse_time("2024-05-10", now=0), Granularity.MONTH)
#: A few instants in the middle, and some in the last second, whose first one still counts as read.
TIMES = [*range(MAY.start, MAY.start + 6), MAY.last_read, *range(MAY.last_read + 1, MAY.last_read + 4)]

Kept = dict[int, int]


def histories() -> st.SearchStrategy[Kept]:
    return st.dictionaries(st.sampled_from(TIMES), st.integers(0, 1))


def as_samples(kept: Kept) -> Samples:
    times = sorted(kept)
    return Samples.build(DbrType.SCALAR_INT, times, [kept[time] for time in times])


def compare_slowly(
    before: Kept, promised: Kept, after: Kept, tolerated: Kept, accept: bool, until: int | None
) -> dict[str, Any]:
    """Return the numbers of an outcome, found sample by sample."""
    found = dict.fromkeys(("gained", "missing", "lost", "accepted", "changed", "invented", "later"), 0)
    for time, value in before.items():
        if time not in after:
            found["accepted" if accept and time > MAY.last_read else "lost"] += 1
        elif after[time] != value:
            found["changed"] += 1
    for time, value in promised.items():
        found["gained" if time not in before and after.get(time) == value else "missing"] += 1
    for time, value in after.items():
        if time in before or promised.get(time) == value:
            continue
        known = tolerated.get(time) == value or (until is not None and time > until)
        found["later" if known else "invented"] += 1
    return found


@given(histories(), histories(), histories(), histories(), st.booleans(), st.none() | st.sampled_from(TIMES))
def test_both_count_the_same(
    before: Kept, promised: Kept, after: Kept, tolerated: Kept, accept: bool, until: int | None
) -> None:
    """Every number of the outcome is that of the twin."""
    outcome = compare_samples(
        MAY,
        as_samples(before),
        as_samples(promised),
        as_samples(after),
        accept_loss=accept,
        tolerated=as_samples(tolerated),
        until=until,
    )
    slowly = compare_slowly(before, promised, after, tolerated, accept, until)
    assert {name: getattr(outcome, name) for name in slowly} == slowly
    assert (outcome.before, outcome.after) == (len(before), len(after))


@given(histories(), histories(), histories())
def test_what_is_ok_is_as_promised(before: Kept, promised: Kept, after: Kept) -> None:
    """An outcome is ok exactly if the partition has what it had and what was promised, and nothing else."""
    fresh = {time: value for time, value in promised.items() if time not in before}
    outcome = compare_samples(MAY, as_samples(before), as_samples(fresh), as_samples(after))
    assert outcome.ok == (after == before | fresh)
    assert (outcome.result is Result.SAME) == (after == before)


rows = st.lists(st.tuples(st.sampled_from(TIMES), st.integers(0, 1)), max_size=8)


@given(rows, rows)
def test_what_is_missing_is_found_among_samples_in_any_order(whole: list[tuple[int, int]], part: list[Any]) -> None:
    """Of several samples at one time any will do."""
    held, wanted = (
        Samples.build(DbrType.SCALAR_INT, [time for time, _ in each], [value for _, value in each])
        for each in (whole, part)
    )
    assert missing_from(held, wanted) == sum(row not in whole for row in part)
