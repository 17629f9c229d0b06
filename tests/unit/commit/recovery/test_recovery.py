"""Recovery keeps its hands off what is alive, and off what it cannot ask."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from archredundancy.commit import RunFolder, read_journal, recover, verify, watch
from archredundancy.commit.disk import claims
from archredundancy.commit.disk.claims import Claim, look_at, take_claim
from archredundancy.commit.journal.journal import SCHEMA, Journal
from archredundancy.commit.run.run import head_of
from archredundancy.errors import ConnectionFailed, LockedError, StoreError

Make = Callable[[], RunFolder]


@pytest.fixture
def make_run(make_run: Make) -> Make:
    """Makes runs whose clusters are where nobody answers."""

    def make() -> RunFolder:
        run = make_run()
        file = run.path / "run.json"
        file.write_text(file.read_text().replace("http://p:17665", "http://127.0.0.1:9"))
        return run

    return make


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Claim]:
    """Writes the first lines of a run, as its process on this or another host would have."""

    def begin(run: RunFolder, *, elsewhere: bool = True) -> Claim:
        with monkeypatch.context() as there:
            if elsewhere:
                there.setattr(claims, "boot_of_host", lambda: "other-boot")
                there.setattr(claims, "host_and_owner", lambda: ("elsewhere", "somebody"))
            claim = take_claim(run.path, look_at(run.path))
            with Journal(run.journal, claim=claim) as journal:
                journal.write("run", **head_of(run))
        return claim

    return begin


def test_a_run_of_another_schema_is_left_alone(make_run: Make, begin: Callable[..., Claim]) -> None:
    """A later version began it: neither is it taken, nor a line written, nor a cluster asked."""
    run = make_run()
    begin(run, elsewhere=False)
    run.journal.write_text(run.journal.read_text().replace(f'"schema": {SCHEMA}', f'"schema": {SCHEMA + 1}'))
    before = run.journal.read_bytes()
    for look in (recover, verify):
        with pytest.raises(StoreError, match=f"has schema {SCHEMA + 1}, and .* reads schema {SCHEMA}"):
            look(run.path)
    said: list[str] = []
    assert watch(run.run_dir, once=True, say=said.append, expiry=0.2) == [run.path]
    assert sum(f"reads schema {SCHEMA}" in text for text in said) == 1
    assert run.journal.read_bytes() == before and look_at(run.path).number == 1


@contextmanager
def beating(claim: Claim) -> Iterator[None]:
    """Show life while the context lasts."""
    ended = threading.Event()

    def live() -> None:
        while not ended.wait(0.02):
            claim.beat()

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_a_run_alive_on_another_host_is_left_alone(make_run: Make, begin: Callable[..., Claim]) -> None:
    """There the system's lock may not be seen, so signs of life count; nothing is written."""
    run = make_run()
    with beating(begin(run)), pytest.raises(LockedError, match="shows life on another host"):
        recover(run.path, expiry=5)
    assert [entry.kind for entry in read_journal(run.journal)] == ["run"]
    assert look_at(run.path).number == 1


def test_a_run_silent_on_another_host_is_taken_over(make_run: Make, begin: Callable[..., Claim]) -> None:
    """After a while of silence, seen from here; its process, should it ever wake up, finds that out."""
    run = make_run()
    claim = begin(run)
    with pytest.raises(ConnectionFailed, match="cannot connect"):
        recover(run.path, expiry=0.1)
    assert [entry.kind for entry in read_journal(run.journal)] == ["run", "recovery"]
    with pytest.raises(LockedError, match="was taken over"):
        claim.check()


def test_a_run_that_died_on_this_host_is_taken_over_at_once(make_run: Make, begin: Callable[..., Claim]) -> None:
    """The system has let go of its lock, so nobody has to wait."""
    run = make_run()
    begin(run, elsewhere=False)
    with pytest.raises(ConnectionFailed, match="cannot connect"):
        recover(run.path, expiry=1e9)
    assert [entry.kind for entry in read_journal(run.journal)] == ["run", "recovery"]


def test_a_run_seen_to_be_silent_is_not_watched_again(make_run: Make, begin: Callable[..., Claim]) -> None:
    """Who has watched it already says how it looked; if it looks otherwise by now, it is watched all the same."""
    run = make_run()
    claim = begin(run)
    seen = look_at(run.path)
    claim.beat()
    with beating(claim), pytest.raises(LockedError, match="shows life"):
        recover(run.path, seen=seen, expiry=5)
    with pytest.raises(ConnectionFailed, match="cannot connect"):
        recover(run.path, seen=look_at(run.path), expiry=1e9)


def test_watching_once_says_what_is_seen_and_leaves_the_living_alone(
    make_run: Make, begin: Callable[..., Claim], caplog: pytest.LogCaptureFixture
) -> None:
    """A dead run is taken over, which fails here as nobody answers; a living one is told of. No traceback is."""
    dead, alive, done = make_run(), make_run(), make_run()
    begin(dead)
    with Journal(done.journal) as journal:
        journal.write("run", **head_of(done) | {"pvs": []})
        journal.write("end")
    said: list[str] = []
    with beating(begin(alive)):
        left = watch(dead.run_dir, once=True, say=said.append, expiry=0.3)
    assert left == [dead.path, alive.path]
    text = "\n".join(said)
    assert f"{dead.path.name}: taking it over from somebody on elsewhere" in text
    assert f"{dead.path.name}: cannot connect" in text
    assert f"{alive.path.name}: not at its end; at work: somebody on elsewhere" in text
    assert f"{alive.path.name}: taking" not in text and done.path.name not in text
    assert look_at(alive.path).number == 1
    assert "looking after" not in caplog.text


def test_a_watch_that_is_stopped_ends_after_the_run_at_hand(make_run: Make, begin: Callable[..., Claim]) -> None:
    """The second dead run is left to the next watch."""
    first, second = make_run(), make_run()
    begin(first)
    begin(second)
    stop = threading.Event()
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        if "taking it over" in text:
            stop.set()

    assert first.path in watch(first.run_dir, say=say, expiry=0.2, stop=stop)
    assert sum("taking it over" in text for text in said) == 1
    assert look_at(second.path).number == 1


def test_an_error_that_nobody_expects_does_not_end_the_watch(
    make_run: Make, begin: Callable[..., Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run cannot be recovered; the other one is taken over all the same."""
    runs = [make_run(), make_run()]
    for run in runs:
        begin(run)

    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr("archredundancy.commit.recovery.watch.recover", fail)
    said: list[str] = []
    watch(runs[0].run_dir, once=True, say=said.append, expiry=0.2)
    assert all(f"{run.path.name}: odd" in said for run in runs)
