"""An appliance that is killed at any moment: its files are whole up to the last line, and it goes on with them."""

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from random import Random
from threading import Thread

import pytest

from archredundancy.model import NS_PER_SECOND, parse_time
from archredundancy.testing.interruptions.busy_appliance import BUFFER, PERIOD, PV
from archredundancy.wire import read_chunks

START = parse_time("2024-05-01", now=0)


def run_and_kill(root, now, random):
    """Let a pair work from a time on, kill it at a random moment, and return the last time that it told."""
    command = [sys.executable, "-m", "archredundancy.testing.interruptions.busy_appliance", str(root), str(now)]
    told = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        reader = Thread(target=lambda: told.extend(process.stdout), daemon=True)
        reader.start()
        try:
            deadline = time.monotonic() + 40
            while not told and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(random.uniform(0.0, 0.7))
            assert process.poll() is None, process.stderr.read()
        finally:
            process.kill()
        reader.join()
    lines = [line for line in told if line.endswith("\n")]
    assert lines, "it did not begin to work"
    return int(lines[-1])


def times_in(file):
    """Times of all samples in a file, up to its last whole line."""
    content = file.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    assert whole, f"{file} has not even a header"
    (chunk,) = read_chunks(whole)
    times = chunk.samples.time
    assert (times[1:] > times[:-1]).all()
    return set(times.tolist())


def check(root, spans):
    """Check all files of both sides, and that what was in files before a kill still is in some."""
    for side in ("primary", "secondary"):
        found = set()
        for file in root.glob(f"{side}/**/*.pb*"):
            if not file.name.endswith(".new"):
                found |= times_in(file)
        for start, end in spans:
            due = range(start + BUFFER * NS_PER_SECOND, end - 2 * BUFFER * NS_PER_SECOND, PERIOD * NS_PER_SECOND)
            missing = sorted(set(due) - found)
            assert not missing, f"{side} has lost {missing[:3]} of {start} to {end}"
    for database in root.glob("**/configuration.sqlite"):
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            ((name, info),) = connection.execute("SELECT pv, info FROM type_info")
            assert (name, json.loads(info)["pvName"]) == (PV, PV)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kills", [2, pytest.param(25, marks=pytest.mark.slow)])
def test_a_killed_appliance_loses_no_line(tmp_path, kills):
    """SIGKILL while it archives, moves, consolidates and merges; checked with the package's other codec."""
    random = Random(kills)
    now, spans = START, []
    for _ in range(kills):
        end = run_and_kill(tmp_path, now, random)
        spans.append((now, end))
        check(tmp_path, spans)
        now = end // (600 * NS_PER_SECOND) * 600 * NS_PER_SECOND + 1200 * NS_PER_SECOND
