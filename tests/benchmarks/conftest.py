"""What all benchmarks share: goals, and the table of them at the end of a run."""

import os
from dataclasses import dataclass

import pytest

# As in performance.md 4: one thread against one.
os.environ.setdefault("POLARS_MAX_THREADS", "1")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was measured, and what should have been; neither bound where there is no goal."""

    what: str
    measured: float
    at_least: float | None = None
    at_most: float | None = None
    remark: str = ""

    def is_met(self, slack=1.0):
        low = self.at_least is not None and self.measured < self.at_least / slack
        high = self.at_most is not None and self.measured > self.at_most * slack
        return not (low or high)

    @property
    def row(self):
        """Columns of the table: what, goal, measured, met, remark."""
        bounds = {">=": self.at_least, "<=": self.at_most}
        goal = " ".join(f"{sign} {bound:g}" for sign, bound in bounds.items() if bound is not None)
        verdict = "-" if not goal else "met" if self.is_met() else "MISSED"
        return self.what, goal or "-", f"{self.measured:.3g}", verdict, self.remark


OUTCOMES = pytest.StashKey[list]()


@pytest.fixture(scope="session")
def slack() -> float:
    """Factor by which a goal may be missed: 2, since a busy machine is no bug; 1 with STRICT_GOALS=1 on a quiet one."""
    return 1.0 if os.environ.get("STRICT_GOALS") == "1" else 2.0


@pytest.fixture
def goal(request, slack):
    """Function that notes a measured number for the table and asserts its goal, as far as slack asks for it.

    A known miss is shown in the table and fails nothing, until it is mended.
    """

    def check(what, measured, *, at_least=None, at_most=None, remark="", known_miss=False):
        outcome = Outcome(what=what, measured=measured, at_least=at_least, at_most=at_most, remark=remark)
        request.config.stash.setdefault(OUTCOMES, []).append(outcome)
        assert known_miss or outcome.is_met(slack), f"{what}: {measured:.3g} ({remark})"

    return check


def pytest_terminal_summary(terminalreporter, config):
    """Print the goals, what was measured, and whether they are met, without any slack."""
    outcomes = config.stash.get(OUTCOMES, [])
    rows = [("what", "goal", "measured", "", "remark"), *sorted(outcome.row for outcome in outcomes)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if outcomes:
        terminalreporter.section("goals")
    for row in rows if outcomes else ():
        terminalreporter.write_line("  ".join(map(str.ljust, row, widths)).rstrip())
