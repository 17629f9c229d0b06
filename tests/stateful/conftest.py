"""What tests tell of the interruptions that they tried."""

from collections.abc import Callable

import pytest


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Callable[[int], None]:
    """Return what is told how many times something was interrupted and recovered; the end of the run prints it."""
    return lambda times: record_property("interruptions", times)
