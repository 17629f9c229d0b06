"""What became of a partition, case by case: nothing lost, changed or invented goes unnoticed."""

import dataclasses
from typing import Any

import pytest

from archredundancy.commit.proof.verification import Outcome, Result, compare_digests, compare_samples, unread
from archredundancy.model import DbrType, Extras, Granularity, Partition, Samples, parse_time
from archredundancy.plan import Digest, digest

MAY = Partition.holding(parse_time("2024-05-10", now=0), Granularity.MONTH)
S = 10**9


def samples(*entries: tuple[int, float], severity: int = 0, fields: tuple[tuple[str, str], ...] = ()) -> Samples:
    """Return samples at seconds after the start of May."""
    extras = Extras.build([(row, fields, -1, 0, -1) for row in range(len(entries))]) if fields else None
    return Samples.build(
        DbrType.SCALAR_DOUBLE,
        [MAY.start + round(second * S) for second, _ in entries],
        [value for _, value in entries],
        severity=[severity] * len(entries),
        extras=extras,
    )


BEFORE = samples((1, 10), (2, 20), (5, 50))
PROMISED = samples((3, 30), (4, 40))
MERGED = samples((1, 10), (2, 20), (3, 30), (4, 40), (5, 50))
LAST_SECOND = (MAY.end - MAY.start) / S - 0.5


def told(outcome: Outcome) -> dict[str, Any]:
    """Return the numbers that are not zero."""
    names = ("gained", "missing", "lost", "accepted", "changed", "invented", "later", "disordered")
    return {"result": str(outcome.result)} | {name: value for name in names if (value := getattr(outcome, name))}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(MERGED, {"result": "gained", "gained": 2}, id="as promised"),
        pytest.param(BEFORE, {"result": "same", "missing": 2}, id="nothing happened"),
        pytest.param(
            samples((1, 10), (2, 20), (3, 30), (5, 50)),
            {"result": "differs", "gained": 1, "missing": 1},
            id="only a part came",
        ),
        pytest.param(
            samples((2, 20), (3, 30), (4, 40), (5, 50)), {"result": "lost", "gained": 2, "lost": 1}, id="one is gone"
        ),
        pytest.param(samples(), {"result": "lost", "lost": 3, "missing": 2}, id="all are gone"),
        pytest.param(
            samples((1, 10), (2, 99), (3, 30), (4, 40), (5, 50)),
            {"result": "differs", "gained": 2, "changed": 1},
            id="the other's value won a tie",
        ),
        pytest.param(
            samples((1, 10), (2, 20), (3, 30), (4, 40), (5, 50), (6, 60)),
            {"result": "differs", "gained": 2, "invented": 1},
            id="one more came",
        ),
        pytest.param(
            samples((1, 10), (2, 20), (3, 31), (4, 40), (5, 50)),
            {"result": "differs", "gained": 1, "missing": 1, "invented": 1},
            id="a promised one came with another value",
        ),
        pytest.param(
            samples((2, 20), (1, 10), (3, 30), (4, 40), (5, 50)),
            {"result": "differs", "gained": 2, "disordered": True},
            id="out of order",
        ),
        pytest.param(
            samples((1, 10), (2, 20), (3, 30), (3, 30), (4, 40), (5, 50)),
            {"result": "differs", "gained": 2, "disordered": True},
            id="one came twice",
        ),
    ],
)
def test_what_became_of_a_partition(after: Samples, expected: dict[str, Any]) -> None:
    """Each way a merge can end shows in the result and in numbers."""
    outcome = compare_samples(MAY, BEFORE, PROMISED, after)
    assert told(outcome) == expected
    assert (outcome.before, outcome.after) == (3, len(after))
    assert outcome.ok == (expected == {"result": "gained", "gained": 2})


def test_alarms_and_fields_count() -> None:
    """A sample whose severity or fields changed is changed, though time and value are the same."""
    for other in (samples((1, 10), severity=2), samples((1, 10), fields=(("HIHI", "1"),))):
        outcome = compare_samples(MAY, samples((1, 10)), samples(), other)
        assert told(outcome) == {"result": "differs", "changed": 1}


def test_dropped_attributes_do_not_count() -> None:
    """Every rewrite drops the repeat count, and that is in the plan."""
    had = dataclasses.replace(samples((1, 10)), extras=Extras.build([(0, (), 3, 1, -1)]))
    assert compare_samples(MAY, had, samples(), samples((1, 10))).result is Result.SAME


def test_an_accepted_loss_is_of_the_last_second() -> None:
    """Accepted or not, no other sample may be gone; and the last second only if it was accepted."""
    had = samples((1, 10), (LAST_SECOND, 90))
    left = samples((1, 10), (3, 30))
    for accept, expected in (
        (True, {"result": "gained", "gained": 1, "accepted": 1}),
        (False, {"result": "lost", "gained": 1, "lost": 1}),
    ):
        assert told(compare_samples(MAY, had, samples((3, 30)), left, accept_loss=accept)) == expected
    gone = samples((3, 30))
    assert told(compare_samples(MAY, had, gone, gone, accept_loss=True))["lost"] == 1


def test_samples_that_may_come_as_well() -> None:
    """With `direct` the secondary's samples from after the horizon come along; others are invented."""
    after = samples((1, 10), (2, 20), (3, 30), (4, 40), (5, 50), (8, 80), (9, 90))
    outcome = compare_samples(MAY, BEFORE, PROMISED, after, tolerated=samples((8, 80), (9, 91)))
    assert told(outcome) == {"result": "differs", "gained": 2, "invented": 1, "later": 1}


def test_samples_recorded_since() -> None:
    """Once the PV archives again, newer samples are its own; older ones are not."""
    after = samples((1, 10), (2, 20), (3, 30), (4, 40), (4.5, 45), (5, 50), (8, 80))
    outcome = compare_samples(MAY, BEFORE, PROMISED, after, until=MAY.start + 5 * S)
    assert told(outcome) == {"result": "differs", "gained": 2, "invented": 1, "later": 1}


def test_untouched_partitions_are_compared_by_digest() -> None:
    """The same digest is the same; fewer samples are lost, and anything else differs."""
    assert compare_digests("2024_05", digest(BEFORE), digest(BEFORE)).result is Result.SAME
    assert told(compare_digests("2024_05", digest(BEFORE), digest(samples((1, 10))))) == {"result": "lost", "lost": 2}
    assert told(compare_digests("2024_05", digest(BEFORE), digest(MERGED))) == {"result": "differs", "invented": 2}
    other = samples((1, 10), (2, 21), (5, 50))
    assert told(compare_digests("2024_05", digest(BEFORE), digest(other))) == {"result": "differs", "changed": 1}
    assert told(compare_digests("2024_05", Digest(), digest(BEFORE))) == {"result": "differs", "invented": 3}


def test_outcomes_go_through_json() -> None:
    """What is in the journal is what was found."""
    outcome = compare_samples(MAY, BEFORE, PROMISED, MERGED)
    assert Outcome.from_json(outcome.to_json()) == outcome
    assert unread("2024_05", 7).result is Result.UNREAD and not unread("2024_05", 7).ok
