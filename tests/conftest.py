"""What all tests share: no display, no deadlines, Ctrl-C, the recorded data, and the mark of benchmarks."""

import gc
import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "agg")

# A shell starts what runs in the background with interrupts ignored, and so would be all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is no bug: the time limit of each test is enough.
settings.register_profile("patient", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

TESTS = Path(__file__).parent


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Top folder of the checkout."""
    return TESTS.parent


@pytest.fixture(scope="session")
def golden() -> Path:
    """Folder of what two real appliances did: $ARCHREDUNDANCY_GOLDEN, else the selection in tests/golden."""
    return Path(os.environ.get("ARCHREDUNDANCY_GOLDEN", TESTS / "golden"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Mark all of tests/benchmarks, refuse a test whose docstring does not state its fact, and put long ones first.

    A forgotten mark would slow the other tests down, as would a long test that is begun last.
    """
    for item in items:
        if isinstance(item, pytest.Function) and not item.function.__doc__:
            raise pytest.UsageError(f"{item.nodeid} has no docstring; state the fact that it proves")
        if item.path.is_relative_to(TESTS / "benchmarks"):
            item.add_marker("benchmark")
    yield
    items.sort(key=_time_limit, reverse=True)


def _time_limit(item: pytest.Item) -> float:
    """Return for how many seconds a test may last; 0 for those that have no limit of their own."""
    mark = item.get_closest_marker("timeout")
    return 0.0 if mark is None else float(mark.args[0])


def pytest_collection_finish() -> None:
    """Spare collections of garbage what stays to the end, all modules and tests: it takes a tenth of the time."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many times something was interrupted and recovered; tests tell it by the fixture `tried`."""
    reports = terminalreporter.getreports("passed")
    tried = sum(int(count) for report in reports for name, count in report.user_properties if name == "interruptions")
    if tried:
        from archredundancy.testing.interruptions.every import all_interruptions

        drawn = sum("test_interrupted_and_recovered[" in report.nodeid for report in reports)
        terminalreporter.write_sep(
            "=",
            f"{tried} interruptions recovered, {drawn} of them of the matrix of {len(list(all_interruptions()))}",
        )
