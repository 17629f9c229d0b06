"""Which server is merged into answers, and how long that is remembered (appliance.md C.1, C.2)."""

import pytest

from archredundancy.appliance.remote import failover
from archredundancy.appliance.remote.failover import FailoverServers
from archredundancy.model import NS_PER_SECOND

MERGING = "http://127.0.0.1:1/retrieval?mergeDuringRetrieval=true"
BASE = "http://127.0.0.1:1/retrieval"
DAY = 86400 * NS_PER_SECOND


class Partner:
    """Stands for other appliances and the clock."""

    def __init__(self):
        self.servers, self.answer, self.asked, self.now = {MERGING: "pbraw"}, {"status": "true"}, [], 0

    def fetch(self, url):
        self.asked.append(url)
        return self.answer


@pytest.fixture
def partner(monkeypatch):
    """Another appliance that says it archives everything."""
    partner = Partner()
    monkeypatch.setattr(failover, "fetch_json", partner.fetch)
    return partner


@pytest.fixture
def servers(partner):
    """What an appliance knows of it."""
    return FailoverServers(lambda: partner.servers, lambda: partner.now)


def test_what_a_server_says_holds_for_a_day(partner, servers):
    """It is asked once, and again a day later; the name goes into the URL as it is."""
    for now in (0, DAY - 1, DAY):
        partner.now = now
        assert servers.server_of("X:Y") == BASE
    assert partner.asked == [f"{BASE}/bpl/areWeArchivingPV?pv=X:Y"] * 2


@pytest.mark.parametrize("answer", [None, {"status": "false"}, {}, []])
def test_a_failure_is_remembered_as_a_no(partner, servers, answer):
    """A partner that was down at the first request is not asked again for a day, up or not (K, c5)."""
    partner.answer = answer
    assert servers.server_of("X:Y") is None
    partner.answer = {"status": "true"}
    assert servers.server_of("X:Y") is None
    partner.now = DAY
    assert servers.server_of("X:Y") == BASE


def test_a_reset_forgets(partner, servers):
    """`resetFailoverCaches` makes it ask again."""
    partner.answer = None
    assert servers.server_of("X:Y") is None
    partner.answer = {"status": "true"}
    servers.reset()
    assert servers.server_of("X:Y") == BASE


def test_servers_count_from_the_next_reset_on(partner, servers):
    """One that was added is not merged before, one that was removed still is."""
    added = "http://127.0.0.1:2/retrieval?mergeDuringRetrieval"
    partner.servers = {added: "pbraw"}
    assert servers.server_of("X:Y") == BASE
    servers.reset()
    assert servers.server_of("X:Y") == "http://127.0.0.1:2/retrieval"


NOT_MERGED = {
    "without the key": (BASE, "pbraw"),
    "no archiver appliance": (MERGING, "1,2"),
}


@pytest.mark.parametrize(("url", "kind"), NOT_MERGED.values(), ids=NOT_MERGED)
def test_other_servers_are_not_merged(partner, servers, url, kind):
    """Only archiver appliances with the key in their URL are."""
    partner.servers = {url: kind}
    servers.reset()
    assert servers.server_of("X:Y") is None
    assert not partner.asked


def test_any_value_of_the_key_counts(partner, servers):
    """Even `false` (C.1)."""
    partner.servers = {f"{BASE}?mergeDuringRetrieval=false": "pbraw"}
    servers.reset()
    assert servers.server_of("X:Y") == BASE


def test_a_name_that_is_no_url_is_never_proxied():
    """Nobody is even asked: the name goes into the URL as it is (C.2)."""
    servers = FailoverServers(lambda: {MERGING: "pbraw"}, lambda: 0)
    assert servers.server_of("X:{Y}") is None
