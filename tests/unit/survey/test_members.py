"""Whether the members of a cluster are all there, and agree on who is."""

from dataclasses import dataclass, field, replace

import pytest

from archredundancy.client import ApplianceInfo, RetrievalClient
from archredundancy.errors import ConnectionFailed
from archredundancy.model import DbrType, Samples
from archredundancy.survey.members import members_amiss
from archredundancy.testing.handmade.merge_evidence import make_merge_evidence

HOSTS = {"q0": "h0", "q1": "h1", "q2": "h2"}


def info(identity):
    host = HOSTS[identity]
    return ApplianceInfo(
        identity=identity,
        management_url=f"http://{host}:17665/mgmt/bpl",
        data_retrieval_url=f"http://{host}:17668/retrieval",
        version="",
    )


@dataclass
class Management:
    """The management of one member, of a cluster whose members have lists of their own; None for one that hangs."""

    lists: dict
    url: str = "http://h0:17665/mgmt/bpl"
    asked: list = field(default_factory=list)

    def appliances_in_cluster(self):
        identity = next(name for name in HOSTS if info(name).management_url == self.url)
        self.asked.append(identity)
        if self.lists.get(identity) is None:
            raise ConnectionFailed(f"{identity} does not answer", url=self.url)
        return [info(name) for name in self.lists[identity]]

    def of_member(self, url):
        return replace(self, url=url)


@dataclass
class Source:
    """A cluster as it was when it was opened."""

    management: Management | None
    readers: dict


def amiss(lists, *, owner="q0", opened=("q0", "q1"), hosts=HOSTS):
    management = Management(lists) if lists is not None else None
    readers = {name: RetrievalClient(f"http://{hosts[name]}:17668/retrieval", None) for name in opened}
    nothing = Samples.empty(DbrType.SCALAR_DOUBLE)
    side = make_merge_evidence(nothing, nothing).evidence.primary
    side = replace(side, type_info=replace(side.type_info, appliance=owner))
    return members_amiss(Source(management, readers), side)


CASES = {
    "all there": ({"q0": ["q0", "q1"], "q1": ["q1", "q0"]}, {}, ()),
    "a member gone since it was opened": ({"q0": ["q0"]}, {}, ("q1",)),
    "the owner gone before": ({"q0": ["q0"]}, {"owner": "q1", "opened": ("q0",)}, ("q1",)),
    "an owner that nobody tells": ({"q0": ["q0"]}, {"owner": "", "opened": ("q0",)}, ()),
    "a split, each half with its own list": ({"q0": ["q0", "q1"], "q1": ["q1"]}, {}, ("q1 (which sees q1)",)),
    "one that does not answer": ({"q0": ["q0", "q1"], "q1": None}, {}, ()),
    "an identity that is not known": ({"q0": ["q0"]}, {"opened": ("",), "hosts": {"": "h0"}}, ()),
    "no answer at all": ({"q0": None}, {}, ()),
    "no management": (None, {}, ()),
    "a proxy between": ({"q0": ["q0", "q1"], "q1": ["q1"]}, {"hosts": dict.fromkeys(HOSTS, "proxy")}, ()),
}


@pytest.mark.parametrize(("lists", "options", "expected"), CASES.values(), ids=CASES)
def test_members_that_are_away_or_apart_are_named(lists, options, expected):
    """By their own lists; what cannot be asked for is not held against anybody."""
    assert amiss(lists, **options) == expected


def test_the_member_that_was_asked_is_not_asked_again():
    """One request a member."""
    management = Management({"q0": ["q0", "q1"], "q1": ["q0", "q1"]})
    readers = {name: RetrievalClient(f"http://{HOSTS[name]}:17668/retrieval", None) for name in ("q0", "q1")}
    nothing = Samples.empty(DbrType.SCALAR_DOUBLE)
    members_amiss(Source(management, readers), make_merge_evidence(nothing, nothing).evidence.primary)
    assert management.asked == ["q0", "q1"]
