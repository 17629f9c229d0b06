"""Threads that do one thing to many items, and stop when nobody waits for them any more."""

import threading
import time
import weakref

import pytest

from archredundancy.client import workers
from archredundancy.client.workers import refuse_stopped, run_each


def test_every_item_comes_with_its_result():
    """Whatever the order in which they end."""
    assert dict(run_each(lambda n: n * n, range(50), threads=4)) == {n: n * n for n in range(50)}


def test_no_item_starts_no_thread():
    """Nothing is done for nothing."""
    assert list(run_each(str, [], threads=4)) == []


def test_no_more_threads_work_than_were_allowed():
    """Of ten items three are under way at a time."""
    under_way, most = 0, 0
    lock = threading.Lock()

    def work(item):
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.005)
        with lock:
            under_way -= 1

    list(run_each(work, range(10), threads=3))
    assert most <= 3


class Result:
    """Something that can be seen to be gone."""


def test_results_that_were_handed_out_are_not_kept():
    """Who takes them one by one never has all of them: but for one under way and one in the thread's hands."""
    handed_out = []
    for _, result in run_each(lambda _: Result(), range(50), threads=1):
        handed_out.append(weakref.ref(result))
        del result
        assert sum(each() is not None for each in handed_out) <= 2
    assert len(handed_out) == 50


def test_an_error_ends_all():
    """The first error comes out; what has not begun never does."""
    begun = []

    def work(item):
        begun.append(item)
        raise ValueError(f"item {item}")

    with pytest.raises(ValueError, match="item 0"):
        list(run_each(work, range(1000), threads=1))
    assert begun == [0]


def test_a_caller_that_stops_asking_ends_the_threads_within_them():
    """A call under way ends at its next look; nested threads do, too."""
    begun, ended = threading.Event(), threading.Event()

    def endless(item):
        begun.set()
        try:
            while True:
                refuse_stopped()
                time.sleep(0.001)
        finally:
            ended.set()

    results = run_each(lambda item: item or list(run_each(endless, [1], threads=1)), [1, 0], threads=2)
    assert next(results) == (1, 1)
    assert begun.wait(10)
    assert not ended.is_set()
    results.close()
    assert ended.wait(10)


def test_an_interrupt_while_threads_are_started_ends_those_that_are(monkeypatch):
    """Nobody reads on for a caller that Ctrl-C has taken away before all threads were there."""
    ended, start = threading.Event(), workers._start

    def endless(_item):
        try:
            while True:
                refuse_stopped()
                time.sleep(0.001)
        finally:
            ended.set()

    def interrupted_at_the_second(*arguments):
        monkeypatch.setattr(workers, "_start", interrupt)
        return start(*arguments)

    def interrupt(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(workers, "_start", interrupted_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        next(run_each(endless, range(2), threads=2))
    assert ended.wait(5)


def test_outside_of_such_threads_nothing_is_stopped():
    """The caller's own thread goes on, also after one that stopped."""
    results = run_each(str, [1, 2], threads=1)
    next(results)
    results.close()
    refuse_stopped()
