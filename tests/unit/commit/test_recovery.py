"""Recovery keeps its hands off what is alive, and off what it cannot ask."""

import time
from collections.abc import Callable

import pytest

from archredundancy.commit import RunFolder, read_journal, recover
from archredundancy.commit.journal import Journal
from archredundancy.commit.lock import EXPIRY, host_and_owner
from archredundancy.commit.run import head_of
from archredundancy.errors import ConnectionFailed, LockedError

Make = Callable[[], RunFolder]


def begin(run: RunFolder, host: str, seconds_ago: float) -> None:
    """Write the first lines of a run as another host would have."""
    with Journal(run.journal, clock=lambda: time.time_ns() - round(seconds_ago * 1e9)) as journal:
        journal.write("run", **{**head_of(run), "host": host, "primary": "http://127.0.0.1:9"})
        journal.write("heartbeat")


def nowhere(run: RunFolder) -> None:
    """Let the run's clusters be where nobody answers."""
    file = run.path / "run.json"
    file.write_text(file.read_text().replace("http://p:17665", "http://127.0.0.1:9"))


def test_a_run_alive_on_another_host_is_left_alone(make_run: Make) -> None:
    """There the system's lock may not be seen, so signs of life count; nothing is written."""
    run = make_run()
    begin(run, "elsewhere", 5)
    with pytest.raises(LockedError, match="showed life on elsewhere 5 s ago"):
        recover(run.path)
    assert [entry.kind for entry in read_journal(run.journal)] == ["run", "heartbeat"]


@pytest.mark.parametrize(("host", "seconds_ago"), [("elsewhere", EXPIRY + 5), (host_and_owner()[0], 0)])
def test_a_dead_run_is_taken_over(host: str, seconds_ago: float, make_run: Make) -> None:
    """One that has been silent for long, or whose process on this host is gone, is recovered; here nobody answers."""
    run = make_run()
    nowhere(run)
    begin(run, host, seconds_ago)
    with pytest.raises(ConnectionFailed, match="cannot connect"):
        recover(run.path)
    assert [entry.kind for entry in read_journal(run.journal)] == ["run", "heartbeat", "recovery"]
