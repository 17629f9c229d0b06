"""How long a run waits for the primary's engine to write out what it held: no longer than it takes to be sure."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from archredundancy.commit import Report, run_commit
from archredundancy.commit.steps import change, flush
from archredundancy.commit.steps.context import Context
from archredundancy.model import DbrType, Samples
from archredundancy.testing.embedded.bench import NOW, PRIMARY, QUICK, STORES, Bench, open_bench, put_samples


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What is slept in vain, seconds; nobody really sleeps."""
    found: list[float] = []
    monkeypatch.setattr(flush, "time", SimpleNamespace(sleep=found.append))
    return found


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


def commit(bench: Bench, strategy: str, seconds: float = 30.0) -> Report:
    return run_commit(bench.make_run(bench.plan(strategy), replace(QUICK, flush=seconds)).path)


@pytest.mark.parametrize("strategy", ["relay", "rebuild"])
def test_where_late_samples_are_newer_than_all_others_it_is_enough_to_see_them(
    strategy: str, bench: Bench, slept: list[float]
) -> None:
    """Half a second is left for the rest of them; a rebuild sleeps elsewhere, so it gets a short time."""
    assert commit(bench, strategy, seconds=2 * flush.SETTLED).ok
    assert slept[0] == flush.SETTLED


def test_where_the_secondary_s_newest_samples_are_merged_all_of_the_time_is_waited(
    bench: Bench, slept: list[float]
) -> None:
    """They go into an older store, and would hide what is written late into a younger one."""
    assert commit(bench, "direct").ok
    assert slept[0] == 30.0


def test_where_the_engine_writes_into_the_store_that_is_rewritten_all_of_the_time_is_waited(
    tmp_path: Path, slept: list[float]
) -> None:
    """What is written while a file is rewritten is not in the new one."""
    with open_bench(tmp_path, primary={"LTS": PRIMARY["LTS"]}) as bench:
        put_samples(bench.pair.primary, {"LTS": PRIMARY["LTS"]}, stores=STORES[-1:])
        assert commit(bench, "relay").ok
    assert slept[0] == 30.0


@pytest.mark.parametrize("is_read", [True, False], ids=["not written", "not readable"])
def test_without_seeing_them_all_of_the_time_is_waited(
    is_read: bool, bench: Bench, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the engine held before the pause is looked for, and what cannot be read proves nothing."""
    held = Samples.build(DbrType.SCALAR_DOUBLE, [NOW - 1], [7.0]) if is_read else None
    looks: list[Context] = []

    def never(context: Context) -> Samples | None:
        looks.append(context)
        return None

    monkeypatch.setattr(change, "newest_samples", lambda _context: held)
    monkeypatch.setattr(flush, "newest_samples", never)
    assert commit(bench, "relay", 0.2).ok
    assert (len(looks) > 2, slept) == ((True, []) if is_read else (False, [0.2]))
