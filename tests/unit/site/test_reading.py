"""The text of a site file: what it means, and what is said about each mistake in it."""

import contextlib
import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.errors import InputError, SiteError
from archredundancy.model import Granularity, Retention
from archredundancy.site import (
    ClusterSettings,
    HeaderValue,
    MemberUrls,
    PairSettings,
    RelaySettings,
    WaitSettings,
    parse_site,
)

SOURCE = Path("/site/archredundancy.toml")
SMALL = """\
[pairs.sr]
primary.management = "http://p:17665"
secondary.retrieval = "http://s:17668/retrieval"
"""
WHOLE = """\
[pairs.sr]
timezone = "Europe/Berlin"
run_dir = "runs"
allow_commit = true
parallelism = 16

[pairs.sr.primary]
management = "https://proxy/archiver/"
retrieval = "https://proxy/archiver/retrieval"
ca_file = "/etc/ca.pem"
timeout = 120
connect_timeout = 2.5
headers = { X-Site = "sr", Authorization = { env = "TOKEN" } }

[pairs.sr.primary.members.one]
management = "https://proxy/1"
retrieval = "https://proxy/1"

[pairs.sr.secondary]
management = "http://s:17665"
seen_by_primary = "http://10.0.0.2:17668/retrieval"
retention = "6 months"
members.two = { retrieval = "http://two", seen_by_primary = "http://inside-two" }

[pairs.sr.relay]
interface = "10.0.0.7"
port = 17700
url = "http://gateway:17700"

[pairs.sr.waits]
flush = 12
merge = 1e5

[pairs."second pair"]
primary.retrieval = "http://p"
secondary.retrieval = "http://s"
"""


def parse(text):
    return parse_site(text, SOURCE)


def example():
    return files("archredundancy.site").joinpath("example.toml").read_text("utf-8")


def test_all_that_can_be_set_arrives():
    """Each key ends in its place; relative paths start from the file, numbers become seconds."""
    assert parse(WHOLE).pair("sr") == PairSettings(
        name="sr",
        source=SOURCE,
        primary=ClusterSettings(
            management="https://proxy/archiver",
            retrieval="https://proxy/archiver/retrieval",
            members={"one": MemberUrls(management="https://proxy/1", retrieval="https://proxy/1")},
            headers={"X-Site": HeaderValue(literal="sr"), "Authorization": HeaderValue(variable="TOKEN")},
            ca_file=Path("/etc/ca.pem"),
            timeout=120.0,
            connect_timeout=2.5,
        ),
        secondary=ClusterSettings(
            management="http://s:17665",
            seen_by_primary="http://10.0.0.2:17668/retrieval",
            members={"two": MemberUrls(retrieval="http://two", seen_by_primary="http://inside-two")},
            retention=Retention(granularity=Granularity.MONTH, partitions=6),
        ),
        relay=RelaySettings(interface="10.0.0.7", port=17700, url="http://gateway:17700"),
        waits=WaitSettings(flush=12.0, merge=1e5),
        timezone="Europe/Berlin",
        run_dir=Path("/site/runs"),
        allow_commit=True,
        parallelism=16,
    )
    assert list(parse(WHOLE).pairs) == ["sr", "second pair"]


def test_what_is_not_set_is_cautious():
    """A pair may not be changed, is asked with few connections, and its times are UTC."""
    pair = parse(SMALL).pair("sr")
    assert (pair.allow_commit, pair.parallelism, pair.timezone, pair.run_dir) == (False, 8, "UTC", None)
    assert (pair.relay, pair.secondary.management) == (RelaySettings(), None)


MISTAKES = {
    "misspelt": ('primary.managment = "http://p"', "primary.managment", "did you mean 'management'"),
    "misspelt flag": ("allow_comit = true", "allow_comit", "did you mean 'allow_commit'?; allowed: allow_commit, par"),
    "nothing near": ("xyz = 1", "xyz", "there is no such key; allowed: allow_commit"),
    "in a member": ('primary.members.m.url = "http://m"', "primary.members.m.url", "allowed: management, retrieval"),
    "of the other side": ('primary.retention = "6 months"', "primary.retention", "there is no such key"),
    "in a header": ('primary.headers.X = { evn = "T" }', "primary.headers.X.evn", "did you mean 'env'"),
    "header without variable": ("primary.headers.X = {}", "primary.headers.X", "name the environment variable"),
    "header's name": ('primary.headers."X Y" = "1"', "primary.headers.X Y", "not the name of a header"),
    "header of ours": ('primary.headers.Accept-Encoding = "gzip"', "primary.headers.Accept-Encoding", "not for"),
    "header with a line break": ('primary.headers.X = "a\\nb"', "primary.headers.X", "printable ASCII"),
    "text for a flag": ('allow_commit = "yes"', "allow_commit", "'yes' is not true or false"),
    "flag for a number": ("parallelism = true", "parallelism", "True is not a whole number"),
    "fraction": ("parallelism = 1.5", "parallelism", "1.5 is not a whole number"),
    "none at a time": ("parallelism = 0", "parallelism", "0 is not possible; allowed: 1 to 256"),
    "no time": ("primary.timeout = 0", "primary.timeout", "seconds above 0"),
    "no number": ("primary.timeout = nan", "primary.timeout", "seconds above 0"),
    "for ever": ("primary.connect_timeout = inf", "primary.connect_timeout", "seconds above 0"),
    "no URL": ('primary.retrieval = "archiver:17665"', "primary.retrieval", "not a URL such as http://"),
    "broken URL": ('primary.retrieval = "http://[::1"', "primary.retrieval", "not a URL"),
    "URL with a query": ('primary.retrieval = "http://p?pv=X"', "primary.retrieval", "not a URL"),
    "number for a URL": ("primary.retrieval = 17665", "primary.retrieval", "17665 is not text"),
    "text for a table": ('relay = "10.0.0.7"', "relay", "'10.0.0.7' is not a table"),
    "port": ("relay.port = 65536", "relay.port", "allowed: 0 to 65535"),
    "URL without port": ('relay.url = "http://gateway"', "relay.url", "give a port"),
    "zone": ('timezone = "Europe/Berlim"', "timezone", "did you mean 'Europe/Berlin'"),
    "wait": ("waits.flsh = 1", "waits.flsh", "did you mean 'flush'"),
    "home": ('run_dir = "~/runs"', "run_dir", "write the path out"),
    "retention": ('secondary.retention = "half a year"', "secondary.retention", 'such as "6 months"; units: 5min'),
    "retention of nothing": ('secondary.retention = "0 days"', "secondary.retention", "not a number of partitions"),
}  # fmt: skip


@pytest.mark.parametrize(("line", "key", "message"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_told_with_line_and_key(line, key, message):
    """The message names file, line, key, what is wrong and what is allowed."""
    with pytest.raises(SiteError, match=re.escape(message)) as caught:
        parse(f"{SMALL}# a comment\n\n{line}\n")
    error = caught.value
    assert (error.path, error.line, error.key) == (str(SOURCE), 6, f"pairs.sr.{key}")
    assert str(error).startswith(f"{SOURCE}, line 6: pairs.sr.{key}: ")


def test_a_cluster_is_not_paired_with_itself():
    """A URL pasted twice would find that nothing is missing."""
    with pytest.raises(SiteError, match=r"line 3: pairs.sr.secondary: it has the URL of the primary, http://p:17665; "):
        parse('[pairs.sr]\nprimary.management = "http://p:17665"\nsecondary.management = "http://p:17665/"\n')


def test_a_secret_is_never_repeated():
    """Neither errors nor `repr` show what a header or a URL with a password holds."""
    for line in ("primary.headers.X = 12345", 'primary.retrieval = "http://me:12345@p"'):
        with pytest.raises(SiteError, match=r"neither text nor a table|gets into logs") as caught:
            parse(SMALL + line)
        assert "12345" not in str(caught.value)
    assert "12345" not in repr(parse(SMALL + 'primary.headers.X = "12345"'))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[pairs.sr.primary]\nmanagement = 'http://p'\n", "pairs.sr.secondary"),
        ("[pairs.sr.secondary]\nmanagement = 'http://p'\n", "pairs.sr.primary"),
        (SMALL + "primary.members.one = {}", "pairs.sr.primary.members.one"),
    ],
)
def test_a_missing_url_is_told(text, key):
    """A cluster, or a member that is named, has one URL at least."""
    with pytest.raises(SiteError, match="there is no URL; give management") as caught:
        parse(text)
    assert caught.value.key == key


@pytest.mark.parametrize(("text", "message"), [("", "names no pair"), ("pairs", "not TOML"), ("[pair.sr]", "'pairs'")])
def test_a_file_without_pairs_is_refused(text, message):
    """It is empty, no TOML, or has its pairs elsewhere."""
    with pytest.raises(SiteError, match=message):
        parse(text)


def test_an_unknown_pair_is_answered_with_the_names():
    """The nearest one is suggested; without a name there must be one pair only."""
    assert parse(SMALL).pair().name == "sr"
    with pytest.raises(SiteError, match=r"no pair 'srr', did you mean 'sr'\?; there are: sr, second pair"):
        parse(WHOLE).pair("srr")
    with pytest.raises(SiteError, match="several pairs, so name one: sr, second pair"):
        parse(WHOLE).pair()


def test_a_header_comes_from_the_environment():
    """What is not set, or cannot be sent, is an error that names the variable and not its value."""
    header = HeaderValue(variable="TOKEN")
    assert header.reveal({"TOKEN": "secret"}) == "secret"
    with pytest.raises(InputError, match="TOKEN, which is not set"):
        header.reveal({})
    with pytest.raises(InputError, match="TOKEN holds what no header can") as caught:
        header.reveal({"TOKEN": "secret\n"})
    assert "secret" not in str(caught.value)


def test_the_first_url_stands_for_a_cluster_and_others_are_tried():
    """Management is asked at the cluster's own URL first, then at those of its members; each once."""
    both = {"one": MemberUrls(management="http://1"), "two": MemberUrls(management="http://p")}
    cluster = ClusterSettings(management="http://p", seen_by_primary="http://other", members=both)
    assert (cluster.url, cluster.management_urls) == ("http://p", ("http://p", "http://1"))
    assert cluster.other_url("one") == cluster.other_url("") == "http://other"


def test_the_example_can_be_used_as_it_is_and_with_all_that_it_suggests():
    """Each key in its comments is one that exists."""
    text = example()
    assert parse(text).pair().primary == ClusterSettings(management="http://archiver.example.org:17665")
    full = parse(re.sub(r"^#(?=[\w\[])", "", text, flags=re.MULTILINE)).pair()
    assert (full.timezone, full.relay.port, len(full.primary.members)) == ("Europe/Berlin", 17700, 2)
    assert full.secondary.other_url("") == "http://10.0.7.2:17668/retrieval"


def test_the_page_shows_the_example(checkout):
    """What the guide prints is what `pairs --init` writes."""
    page = (checkout / "docs" / "how-to" / "configure-a-site-once.md").read_text("utf-8")
    assert re.findall(r"^```toml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE) == [example()]


@given(st.text() | st.text(alphabet='[]{}".=\n#pairsr', max_size=60))
def test_no_text_is_anything_but_a_site_or_an_error_of_ours(text):
    """Whatever stands in the file, the answer is a site or a SiteError."""
    with contextlib.suppress(SiteError):
        assert parse(SMALL + text).pairs
