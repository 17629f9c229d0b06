"""`archredundancy serve`: started, asked, stopped by a signal, started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode

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


def refusal(*options):
    """What is said on standard error by a command that cannot serve."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, "serve", *options],
        check=False,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
    )
    assert done.returncode == 1
    return done.stderr


def external_servers(url):
    return {server["CAUrl"] for server in ask(url, "/mgmt/bpl/getExternalArchiverServers")}


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


def test_what_was_configured_outlives_a_restart_at_other_ports(tmp_path):
    """The secondary goes on to merge the primary, where that is now, beside others; what was removed stays away."""
    folder = str(tmp_path / "data")
    with serving("--data", folder) as urls:
        third = urlencode({"channelarchiverserverurl": "http://127.0.0.1:9/retrieval", "archives": "pbraw"})
        ask(urls["secondary"], f"/mgmt/bpl/addExternalArchiverServerArchives?{third}")
        ask(urls["secondary"], "/mgmt/bpl/pauseArchivingPV?pv=SIM:TEXT")
        ask(urls["secondary"], "/mgmt/bpl/deletePV?pv=SIM:TEXT")
        assert len(external_servers(urls["secondary"])) == 2
    with serving("--data", folder) as urls:
        primary = f"{urls['primary']}/retrieval?mergeDuringRetrieval=true"
        assert external_servers(urls["secondary"]) == {"http://127.0.0.1:9/retrieval", primary}
        assert "SIM:TEXT" not in ask(urls["secondary"], "/mgmt/bpl/getAllPVs")
        server = urlencode({"channelarchiverserverurl": primary, "archives": "pbraw"})
        ask(urls["secondary"], f"/mgmt/bpl/removeExternalArchiverServer?{server}")
    with serving("--data", folder) as urls:
        assert external_servers(urls["secondary"]) == {"http://127.0.0.1:9/retrieval"}


def test_a_folder_serves_one_pair_at_a_time(tmp_path):
    """Two would write into the same files, and samples would be lost; after a kill the folder is free."""
    folder = str(tmp_path / "data")
    with serving("--data", folder):
        assert "another appliance uses it" in refusal("--data", folder)
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, "serve", "--data", folder], stdout=subprocess.PIPE, env=os.environ
    )
    with process:
        process.stdout.readline()
        process.kill()
    with serving("--data", folder) as urls:
        assert ask(urls["primary"], "/mgmt/bpl/getAllPVs")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--port-primary", "99999"), "99999 is not in the range"),
        (("--seed", "-1"), "-1 is not in the range"),
        (("--host", "nosuch.invalid", "--let-anyone-delete-data"), "cannot serve: "),
        (("--data", f"{os.devnull}/folder"), "cannot serve: Not a directory: "),
    ],
)
def test_options_that_cannot_be_are_told_in_words(options, said):
    """Without a traceback."""
    told = refusal(*options)
    assert said in told and "Traceback" not in told


def test_a_port_that_is_taken_is_told():
    """With the address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for side in ("primary", "secondary"):
            told = refusal(f"--port-{side}", port)
            assert f"Address already in use (while attempting to bind on address ('127.0.0.1', {port}))" in told
            assert "Traceback" not in told


def test_without_a_folder_the_demonstration_is_served_too():
    """Its PVs beside those that are archived now."""
    with serving() as urls:
        names = ask(urls["primary"], "/mgmt/bpl/getAllPVs?limit=-1")
        assert {"SIM:SINE", "DEMO:CURRENT", "LIVE:COUNT"} <= set(names)
        assert "SIM:SPARE" not in names


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "archiver.example"])
def test_an_address_that_others_reach_is_refused(host):
    """Unless one says that anyone may delete data."""
    told = refusal("--host", host)
    assert "no authentication" in told
    assert "--let-anyone-delete-data" in told
