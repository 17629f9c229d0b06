"""Merges interrupted in every way that is known, with committer and appliances as processes of their own.

$ARCHREDUNDANCY_INTERRUPTIONS says how many of all interruptions are tried, a number or `all`; $ARCHREDUNDANCY_SEED says
in which order they are drawn. `-k` picks one by its name.
"""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from archredundancy.commit import State, read_journal, recover, run_commit
from archredundancy.model import Granularity
from archredundancy.testing.embedded.layouts import LAYOUTS
from archredundancy.testing.interruptions.crash import line_names, run_until
from archredundancy.testing.interruptions.every import all_interruptions
from archredundancy.testing.interruptions.interruption import HASTY, Interruption
from archredundancy.testing.interruptions.journal_lines import EVERY, LINES
from archredundancy.testing.interruptions.pair_apart import open_apart
from archredundancy.testing.interruptions.recovered import check_recovered

#: How many are tried by default, each of which takes about a second and a half.
SAMPLE = "40"


def drawn() -> list[Interruption]:
    """Return those that are tried in this run."""
    everything = list(all_interruptions())
    asked = os.environ.get("ARCHREDUNDANCY_INTERRUPTIONS", SAMPLE)
    number = len(everything) if asked == "all" else min(int(asked), len(everything))
    return Random(int(os.environ.get("ARCHREDUNDANCY_SEED", "8"))).sample(everything, number)


@pytest.mark.slow
@pytest.mark.parametrize("interruption", drawn(), ids=str)
def test_interrupted_and_recovered(interruption: Interruption, tmp_path: Path, tried: Callable[[int], None]) -> None:
    """Whatever happens, after recovery nothing is lost or invented, the PV is archived, and the report is true."""
    interruption.try_out(tmp_path)
    tried(1)


@pytest.mark.parametrize("strategy", list(EVERY))
@pytest.mark.parametrize(
    "granularity",
    [each if each is Granularity.HOUR else pytest.param(each, marks=pytest.mark.slow) for each in LAYOUTS],
)
def test_each_length_of_partitions_has_the_same_lines(strategy: str, granularity: Granularity, tmp_path: Path) -> None:
    """Undisturbed, the run comes to its end as promised; its journal has the lines that interruptions are named by."""
    with open_apart(tmp_path, granularity) as pair:
        run = pair.make_run_of(strategy)
        report = run_commit(run.path)
        assert report.ok, report
        assert line_names(read_journal(run.journal)) == EVERY[strategy]
        check_recovered(pair, report)


def test_every_interruption_has_a_name_of_its_own() -> None:
    """Names tell all interruptions apart, of which there are thousands."""
    names = [str(interruption) for interruption in all_interruptions()]
    assert len(names) == len(set(names)) > 3000


@pytest.mark.parametrize(
    ("strategy", "line"),
    [
        ("direct", "intent mergeInData"),
        pytest.param("rebuild same", "intent changeStore", marks=pytest.mark.slow),
    ],
)
def test_a_new_start_of_the_primary_ends_what_nobody_knew_about(strategy: str, line: str, tmp_path: Path) -> None:
    """Killed before the call was sent, the run waits for a person; once mgmt is another process, it needs none."""
    with open_apart(tmp_path, Granularity.HOUR) as pair:
        run = pair.make_run_of(strategy)
        assert run_until(run.path, LINES[strategy].index(line) + 1, "after")
        report = recover(run.path, settings=HASTY)
        assert (report.pvs[0].state, pair.status()) == (State.STILL_RUNNING, "Paused")
        pair.restart()
        check_recovered(pair, recover(run.path, settings=HASTY))
