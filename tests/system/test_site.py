"""A site file in use: both clusters behind a reverse proxy that wants to see a header."""

import json
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

import archredundancy as ar
from archredundancy.demo.certificate import trust_embedded
from archredundancy.errors import ApprovalError, CommitError, ConnectionFailed, InputError, ReplyError, SiteError
from archredundancy.model import Granularity, Retention, parse_time
from archredundancy.pair import check_cluster
from archredundancy.plan import MergePlan
from archredundancy.site import ClusterSettings
from archredundancy.testing.embedded.bench import NOW, PV, QUICK, open_bench

PREFIX = "/archiver"
TOKEN = "a-token-that-nobody-may-see"
WHEN = ("2024-01-01", "2024-03-20T12:00:00")
SITE = """\
[pairs.bench]
timezone = "Europe/Berlin"
run_dir = "runs"
allow_commit = true
parallelism = 1
[pairs.bench.primary]
management = "{primary}"
headers.Authorization = {{ env = "BENCH_TOKEN" }}
[pairs.bench.secondary]
management = "{secondary}/mgmt/bpl"
retrieval = "{secondary}/retrieval"
seen_by_primary = "{inside}"
retention = "6 months"
headers = {{ Authorization = {{ env = "BENCH_TOKEN" }}, X-Side = "secondary" }}
[pairs.data]
primary = {{ retrieval = "{primary}", headers.Authorization = "{token}" }}
secondary = {{ retrieval = "{secondary}", headers.Authorization = "{token}" }}
"""


class Proxy(BaseHTTPRequestHandler):
    """Passes requests below a path on, if they have the token, where one is wanted."""

    def do_GET(self):
        """Pass it on."""
        self.server.seen.append((self.path, dict(self.headers)))
        wanted = self.server.token
        if not self.path.startswith(f"{PREFIX}/") or (wanted and self.headers.get("Authorization") != wanted):
            return self.answer(403, b"not for you")
        upstream = HTTPConnection(self.server.upstream, timeout=30)
        upstream.request("GET", self.path.removeprefix(PREFIX), headers={"Accept-Encoding": "identity"})
        reply = upstream.getresponse()
        self.answer(reply.status, reply.read())
        return upstream.close()

    def answer(self, status, body):
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


@contextmanager
def reverse_proxy(upstream, token=TOKEN, context=None):
    """Serve a reverse proxy of a URL or port; gives it, with its own `url` and what it has `seen`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        server.upstream, server.token, server.seen = upstream, token, []
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        server.url = f"http://127.0.0.1:{server.server_port}{PREFIX}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def bench(tmp_path):
    """An embedded pair."""
    with open_bench(tmp_path / "bench") as opened:
        yield opened


@pytest.fixture
def proxies(bench):
    """A reverse proxy before each cluster."""
    primary, secondary = (urlsplit(each.url).netloc for each in (bench.pair.primary, bench.pair.secondary))
    with reverse_proxy(primary) as first, reverse_proxy(secondary) as second:
        yield first, second


@pytest.fixture
def site(bench, proxies, tmp_path, monkeypatch):
    """The site file, found by its variable."""
    path = tmp_path / "archredundancy.toml"
    primary, secondary = (proxy.url for proxy in proxies)
    inside = bench.pair.secondary.retrieval_url
    trust_embedded(tmp_path / "runs")
    path.write_text(SITE.format(primary=primary, secondary=secondary, inside=inside, token=TOKEN))
    monkeypatch.setenv("ARCHREDUNDANCY_CONFIG", str(path))
    monkeypatch.setenv("BENCH_TOKEN", TOKEN)
    monkeypatch.setattr("archredundancy.pair.asked_pair.system_clock", lambda: NOW)
    return path


@pytest.fixture
def pair(site):
    """The pair that the site file describes, its waits shortened."""
    with ar.open_pair("bench") as opened:
        opened.fixed_now = NOW
        relay = {name: getattr(opened.commit_settings, name) for name in ("interface", "relay_port", "relay_url")}
        opened.commit_settings = replace(QUICK, **relay)
        yield opened


def test_a_pair_behind_a_proxy_is_read(pair, bench, proxies):
    """Path and headers are those of the file, for each cluster its own; what comes is what direct requests give."""
    tree = pair.load(PV, *WHEN)
    direct = ar.ClusterPair(bench.pair.primary.url, bench.pair.secondary.url, fixed_now=NOW, timezone="Europe/Berlin")
    with direct:
        assert tree["merged"].identical(direct.load(PV, *WHEN)["merged"])
    headers = [{**seen} for proxy in proxies for _, seen in proxy.seen]
    assert {each["Authorization"] for each in headers} == {TOKEN}
    assert {each.get("X-Side") for _, each in proxies[0].seen} == {None}
    assert {each.get("X-Side") for _, each in proxies[1].seen} == {"secondary"}
    assert tree.attrs["query_start"] == "2023-12-31T23:00:00.000000000Z"


def test_settings_are_those_of_the_file(pair, site):
    """Whatever the pair is asked to do, it does as the file says."""
    assert (pair.timezone, pair.parallelism, pair.allow_commit) == ("Europe/Berlin", 1, True)
    assert pair.run_dir == site.parent / "runs"
    assert pair.secondary.retention == Retention(granularity=Granularity.MONTH, partitions=6)
    assert pair.settings.source == site


def test_the_declared_retention_decides_when_samples_expire(pair, bench):
    """The stores of the embedded secondary keep everything; the file says six months, which are of 31 days here."""
    assert bench.plan("relay").of(PV).totals.expires_at is None
    first = parse_time("2024-02-01", now=0)
    assert pair.plan_merge(PV).of(PV).totals.expires_at == first + 6 * Granularity.MONTH.approximate_ns


def test_retrieval_alone_makes_a_pair(site):
    """Samples and their union are read; what only management tells stays unknown."""
    with ar.open_pair("data") as pair:
        assert len(pair.load(PV, *WHEN)["merged"].time) > 4
        assert pair.primary.management is pair.secondary.management is None


def test_a_token_that_is_not_right_is_told_by_the_proxy(site, monkeypatch):
    """Without the variable nothing is asked; with another value the answer is 403; the value is in no message."""
    monkeypatch.setenv("BENCH_TOKEN", "wrong-token")
    with pytest.raises(ReplyError, match="403") as caught:
        ar.open_pair("bench")
    assert "wrong-token" not in str(caught.value)
    monkeypatch.delenv("BENCH_TOKEN")
    with pytest.raises(InputError, match="BENCH_TOKEN, which is not set"):
        ar.open_pair("bench")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_certificates_are_checked_by_the_file_s_own(bench, tmp_path):
    """A certificate that only the site trusts is one more reason to fail, until `ca_file` names it."""
    options = "-x509 -days 2 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out ca.pem"
    name = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    command = ["openssl", "req", *options.split(), *name.split()]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "ca.pem", tmp_path / "key.pem")
    with reverse_proxy(urlsplit(bench.pair.primary.url).netloc, token=None, context=context) as proxy:
        url = proxy.url.replace("http:", "https:")
        with (
            pytest.warns(UserWarning, match="CERTIFICATE_VERIFY_FAILED"),
            ar.ClusterPair(url, bench.pair.secondary.url) as pair,
            pytest.raises(ConnectionFailed, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            pair.primary.search()
        cluster = ClusterSettings(management=url, ca_file=tmp_path / "ca.pem")
        with ar.ClusterPair(cluster, bench.pair.secondary.url) as pair:
            assert pair.primary.search() == [PV]


def test_a_silent_cluster_is_given_up_after_the_file_s_time():
    """A server that accepts and says nothing is waited for as long as the file allows."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        check = check_cluster(ClusterSettings(retrieval=url, timeout=0.2))
    assert "stayed silent for 0.2 s" in check.problems[0]


@pytest.mark.parametrize("strategy", ["relay", "direct"])
def test_a_commit_asks_as_the_file_says(pair, bench, strategy):
    """Its own process reads the file anew; the primary, which has no token, reaches the secondary at its inner URL."""
    plan = pair.plan_merge(PV, strategy)
    report = pair.commit(plan, approve=str(plan.id))
    assert report.ok, report
    bench.check_whole()
    assert bench.gained == (4 if strategy == "relay" else 5)
    assert report.run.parent == pair.run_dir
    written = b"".join(path.read_bytes() for path in report.run.rglob("*") if path.is_file())
    assert b"headers" not in written and TOKEN.encode() not in written
    assert pair.verify(report).ok


def test_the_primary_reaches_the_relay_where_the_file_says(pair, bench, tmp_path):
    """Here the relay's fixed port lies behind a proxy, whose URL the primary is given."""
    with reverse_proxy("127.0.0.1:1", token=None) as spare:
        port = spare.server_port
    with reverse_proxy(f"127.0.0.1:{port}", token=None) as gate:
        pair.commit_settings = replace(pair.commit_settings, relay_port=port, relay_url=gate.url)
        plan = pair.plan_merge(PV, "relay")
        assert pair.commit(plan, approve=str(plan.id)).ok
        assert any("getData.raw" in path for path, _ in gate.seen)
    assert bench.gained == 4


def test_a_file_that_means_other_clusters_stops_a_run(pair, site, bench):
    """A run is about the clusters that it was begun with, whatever became of the name."""
    plan = pair.plan_merge(PV)
    site.write_text(site.read_text().replace(pair.primary.url, bench.pair.primary.url))
    report = pair.commit(plan, approve=str(plan.id))
    assert not report.ok
    assert f"now says {bench.pair.primary.url}" in report.run.joinpath("journal.jsonl").read_text()
    with pytest.raises(CommitError, match="the run is about"):
        pair.verify(report)
    assert bench.gained == 0


def test_a_pair_may_be_changed_only_if_the_file_says_so(run, site, tmp_path):
    """Neither the command line nor the library goes past it."""
    site.write_text(site.read_text().replace("allow_commit = true", ""))
    plan = tmp_path / "plan.json"
    assert run("plan", PV, "--pair", "bench", "-o", str(plan))[0] == 2
    plan_id = json.loads(plan.read_text())["id"]
    code, _, err = run("commit", str(plan), "--approve", plan_id, "--pair", "bench")
    assert code == 1 and "opened for reading" in err
    with ar.open_pair("bench") as pair, pytest.raises(ApprovalError, match="sets it in the site file"):
        pair.commit(MergePlan.from_json(plan.read_text()), approve=plan_id)


def test_the_command_line_knows_pairs_by_name(run, site, monkeypatch):
    """By option or variable; the zone of the file is taken unless another one is typed."""
    fetch = ("fetch", PV, "2024-02-03T01:00", "2024-02-03T02:00", "--side", "primary")
    assert "2024-02-03T00:00:00.000000000Z" in run(*fetch, "--pair", "bench")[1]
    assert "2024-02-03T00:00:00.000000000Z" not in run(*fetch, "--pair", "bench", "--timezone", "UTC")[1]
    monkeypatch.setenv("ARCHREDUNDANCY_PAIR", "bench")
    assert run("search", "T:*")[:2] == (0, f"{PV}\n")
    assert run("search", "DEMO:C*", "--demo")[:2] == (0, "DEMO:CURRENT\n")


def test_the_command_line_wants_one_pair(run, site, bench, monkeypatch):
    """Two are a contradiction, an unknown one is answered with the names, and none is clear where there is one only."""
    code, _, err = run("search", "--pair", "bench", "--primary", bench.pair.primary.url)
    assert code == 1 and "--pair and --primary name two pairs" in err
    code, _, err = run("search", "--pair", "bensh")
    assert code == 1 and "did you mean 'bench'?; there are: bench, data" in err
    code, _, err = run("search")
    assert code == 1 and "there are several pairs, so name one" in err
    site.write_text(site.read_text().partition("[pairs.data]")[0])
    assert run("search")[:2] == (0, f"{PV}\n")
    monkeypatch.setenv("ARCHREDUNDANCY_PRIMARY", bench.pair.primary.url)
    code, _, err = run("search")
    assert code == 1 and "name the pair: --pair NAME" in err


def test_pairs_are_listed(run, site, proxies):
    """With their URLs, and with `--check` with what answers there; no header is shown."""
    code, out, _ = run("pairs")
    assert code == 0
    assert "\n  runs       " in out
    assert "bench  may be changed, times in Europe/Berlin" in out and f"  primary    {proxies[0].url}\n" in out
    assert not proxies[0].seen
    code, out, _ = run("pairs", "--check")
    assert code == 0
    assert "answers: primary0, Archiver Appliance" in out and "answers, with data only" in out
    code, content, _ = run("pairs", "--check", "--json")
    found = json.loads(content)
    assert [each["name"] for each in found["pairs"]] == ["bench", "data"]
    assert found["pairs"][0]["primary"]["check"] == {
        "ok": True,
        "version": found["pairs"][0]["primary"]["check"]["version"],
        "members": ["primary0"],
        "problems": [],
    }
    assert TOKEN not in out + content


def test_the_certificate_of_each_pair_is_shown(run, site):
    """That for the versions that answer now, with its strategies; of those that do not tell their version, nothing."""
    _, out, _ = run("pairs")
    assert "certified" not in out
    code, out, _ = run("pairs", "--check")
    assert code == 0
    told = [line.strip() for line in out.splitlines() if "certified" in line]
    assert [line.partition(" by ")[0] for line in told] == ["certified 2026-11-22"]
    assert told[0].endswith("(direct, relay, rebuild new, rebuild same)")
    found = json.loads(run("pairs", "--check", "--json")[1])
    assert [each["certificate"] and each["certificate"]["strategies"][0] for each in found["pairs"]] == ["direct", None]
    (kept,) = (site.parent / "runs" / "certificates").iterdir()
    content = json.loads(kept.read_bytes())
    kept.write_text(json.dumps(content | {"strategies": ["direct"]}))
    assert "(direct)\n" in run("pairs", "--check")[1]
    kept.write_text(json.dumps(content | {"versions": ["primary 1.0", "secondary 1.0"]}))
    assert "not certified for these versions: archredundancy certify --pair bench" in run("pairs", "--check")[1]


def test_what_does_not_answer_is_told(run, site, proxies):
    """Exit code 1 and a reason below the cluster: nobody there, or a mistyped identity; the others are told as well."""
    before, _, data = site.read_text().partition("[pairs.data]")
    member = '[pairs.bench.primary.members.primary9]\nretrieval = "http://127.0.0.1:9"\n'
    data = data.replace(proxies[0].url, "http://127.0.0.1:9")
    site.write_text(f"{before}{member}[pairs.data]{data}")
    code, out, _ = run("pairs", "--check")
    assert code == 1
    assert "the member 'primary9' of the site file is not in the cluster now, did you mean 'primary0'?" in out
    assert "cannot connect to http://127.0.0.1:9" in out and "answers: secondary0" in out


def test_an_example_is_written_where_it_is_found(run, tmp_path, monkeypatch):
    """`--init` writes into the working folder, a folder or a file, and never over anything."""
    monkeypatch.delenv("ARCHREDUNDANCY_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    assert run("pairs", "--init")[0] == 0
    assert "sr  read only, times in UTC" in run("pairs")[1]
    code, _, err = run("pairs", "--init")
    assert code == 1 and "exists, and is left as it is" in err
    (tmp_path / "folder").mkdir()
    assert json.loads(run("pairs", "--init", "--file", "folder", "--json")[1]) == {"file": "folder/archredundancy.toml"}
    assert run("pairs", "--file", "folder/archredundancy.toml")[0] == 0


def test_a_path_may_stand_for_the_only_pair(site, tmp_path):
    """By a `Path` or a text that looks like one."""
    one = tmp_path / "one.toml"
    one.write_text("[pairs.data]" + site.read_text().partition("[pairs.data]")[2])
    for path in (one, str(one)):
        with ar.open_pair(path) as pair:
            assert pair.settings.name == "data"
    with pytest.raises(SiteError, match="several pairs"):
        ar.open_pair(site)
