"""`archredundancy serve`: started, asked, stopped by a signal, started again."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest

_PROGRAM = "from archredundancy.cli import main; main()"
_PATIENCE = 30.0


@contextmanager
def serving(*options):
    """The URLs of a pair that is served by a process of its own, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, "serve", "--json", *options], stdout=subprocess.PIPE, env=os.environ
    )
    try:
        yield json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        assert process.wait(_PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def ask(url, path):
    connection = HTTPConnection(url.removeprefix("http://"))
    connection.request("GET", path)
    answer = connection.getresponse().read()
    connection.close()
    return json.loads(answer)


def stamps(url, since="2020-01-01T00:00:00Z"):
    """Seconds of the samples of the served sine."""
    answer = ask(url, f"/retrieval/data/getData.json?pv=SIM:SINE&from={since}&skipExternalServers=true")
    return [sample["secs"] for sample in answer[0]["data"]] if answer else []


def wait_for_more(url, known):
    """Return the samples once there are two that are not known yet."""
    until = time.monotonic() + _PATIENCE
    while len(set(stamps(url)) - set(known)) < 2:
        assert time.monotonic() < until, "no samples arrive"
        time.sleep(0.1)
    return stamps(url)


def test_samples_arrive_and_outlive_a_restart(tmp_path):
    """Both archive the same; what is on disk at the end is there again, and it goes on from there."""
    folder = str(tmp_path / "data")
    with serving("--data", folder, "--keep-days", "7") as urls:
        first = {side: wait_for_more(url, []) for side, url in urls.items()}
        assert len(set(first["primary"]) & set(first["secondary"])) >= 1
        stores = ask(urls["secondary"], "/mgmt/bpl/getStoresForPV?pv=SIM:SINE")
        assert "hold=7&gather=1" in stores["MTS"]
        assert stores["LTS"] == "blackhole://localhost?name=LTS"
        assert "for 7 days" in ask(urls["secondary"], "/mgmt/bpl/getPolicyList")["SixMonths"]
        servers = ask(urls["secondary"], "/mgmt/bpl/getExternalArchiverServers")
        assert [server["CAUrl"] for server in servers] == [f"{urls['primary']}/retrieval?mergeDuringRetrieval=true"]
    with serving("--data", folder) as urls:
        again = {side: wait_for_more(url, first[side]) for side, url in urls.items()}
        assert len(ask(urls["secondary"], "/mgmt/bpl/getExternalArchiverServers")) == 1
        assert "hold=7" in ask(urls["secondary"], "/mgmt/bpl/getStoresForPV?pv=SIM:SINE")["MTS"]
    for side, known in first.items():
        assert set(known) <= set(again[side])


def test_without_a_folder_the_demonstration_is_served_too():
    """Its PVs beside those that are archived now."""
    with serving() as urls:
        names = ask(urls["primary"], "/mgmt/bpl/getAllPVs?limit=-1")
        assert {"SIM:SINE", "DEMO:CURRENT", "LIVE:COUNT"} <= set(names)
        assert "SIM:SPARE" not in names


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "archiver.example"])
def test_an_address_that_others_reach_is_refused(host):
    """Unless one says that anyone may delete data."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, "serve", "--host", host],
        check=False,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
    )
    assert done.returncode == 1
    assert "no authentication" in done.stderr
    assert "--let-anyone-delete-data" in done.stderr
