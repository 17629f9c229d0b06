"""Scenario, truth, found: what is planted in a pair is what the comparison finds, and nothing else.

Each file beside this one is a scenario. `docs/how-to/plant-a-scenario.md` says how to write another.
"""

import re
from pathlib import Path

import pytest

from archredundancy.testing.scenarios.played import play_scenario
from archredundancy.testing.scenarios.scenario_file import read_scenarios
from archredundancy.testing.scenarios.truth import found_of, truth_of

SCENARIOS = [scenario for path in sorted(Path(__file__).parent.glob("*.toml")) for scenario in read_scenarios(path)]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_what_was_planted_is_what_is_found(scenario, check, tmp_path):
    """Gaps to the nanosecond, with cause, evidence and count; who has what; what nobody can know; and no more."""
    played = play_scenario(scenario, tmp_path)
    assert found_of(scenario, played.comparison) == truth_of(scenario)
    check(scenario, played)


def test_the_readme_tells_of_each_scenario_once():
    """And of no other one, so that a reader finds what is planted and what is not."""
    named = re.findall("`([a-z]+(?:-[a-z]+)+)`", (Path(__file__).parent / "README.md").read_text("utf-8"))
    assert sorted(named) == sorted(path.stem for path in Path(__file__).parent.glob("*.toml"))
