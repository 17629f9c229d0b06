"""What may be made and deleted: scratch PVs of one trial, and nothing else."""

import json
from typing import Any

import pytest

from archredundancy.client.commands.scratch_calls import ScratchCommitter, scratch_prefix
from archredundancy.client.http.transport import Reply
from archredundancy.errors import InputError

MINE = "ARCHREDUNDANCY:SCRATCH:1a2b3c4d:"


class Appliance:
    """Answers "ok" to everything, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], bytes | None]] = []

    def command(self, url: str, params: Any = (), *, timeout: float | None = None, body: bytes | None = None) -> Reply:
        self.asked.append((url.rpartition("/")[2], dict(params), body))
        content = body if body is not None else b'{"status": "ok"}'
        return Reply(200, {}, content)


class Record:
    """Keeps nothing."""

    def intent(self, call: str, **facts: Any) -> None: ...

    def outcome(self, call: str, **facts: Any) -> None: ...


def committer(appliance: Appliance, prefix: str = MINE) -> ScratchCommitter:
    return ScratchCommitter("http://p:17665/mgmt/bpl", appliance, Record(), prefix=prefix)


def test_a_scratch_pv_is_made_and_deleted_with_its_files() -> None:
    """By the calls that were seen to work on real clusters."""
    appliance = Appliance()
    assert committer(appliance).create_pv(f"{MINE}A", {"pvName": f"{MINE}A"}).ok
    assert committer(appliance).delete_pv(f"{MINE}A").ok
    (made, how, body), (deleted, params, _) = appliance.asked
    assert (made, how) == ("putPVTypeInfo", {"pv": f"{MINE}A", "override": "true", "createnew": "true"})
    assert json.loads(body or b"") == {"pvName": f"{MINE}A"}
    assert (deleted, params) == ("deletePV", {"pv": f"{MINE}A", "deleteData": "true"})


@pytest.mark.parametrize(
    "pv", ["SR:DCCT", "", MINE[:-1], "ARCHREDUNDANCY:SCRATCH:1a2b3c4e:A", f"x{MINE}A", f"{MINE}*", f"{MINE}A,SR:DCCT"]
)
def test_no_other_pv_is_touched(pv: str) -> None:
    """Not one of the site, of another trial, or several at once; nothing is sent."""
    appliance = Appliance()
    for call in (lambda: committer(appliance).delete_pv(pv), lambda: committer(appliance).create_pv(pv, {})):
        with pytest.raises(InputError, match=r"is no scratch PV|cannot be changed"):
            call()
    assert not appliance.asked


@pytest.mark.parametrize(
    "prefix",
    ["", "SR:", "ARCHREDUNDANCY:SCRATCH:", "ARCHREDUNDANCY:", "SCRATCH:1a2b3c4d:", "A:SCRATCH:1a2b3c4d", "A:*:"],
)
def test_a_prefix_that_others_share_is_refused(prefix: str) -> None:
    """What it stands for must be a trial's own."""
    with pytest.raises(InputError, match="scratch PVs begin as"):
        committer(Appliance(), prefix)


@pytest.mark.parametrize("site", ["TEST", "SR-ID05:Test_1.a"])
def test_a_site_chooses_what_names_begin_with(site: str) -> None:
    """The mark and a number of its own follow, so that nobody's PVs are meant."""
    mine = scratch_prefix(site, "1a2b3c4d")
    appliance = Appliance()
    assert mine == f"{site}:SCRATCH:1a2b3c4d:"
    assert committer(appliance, mine).delete_pv(f"{mine}A").ok


@pytest.mark.parametrize("site", ["", "A:", ":A", "A::B", "A B", "A*", "A{}", "\u00b5"])
def test_what_names_cannot_begin_with_is_refused(site: str) -> None:
    """What the appliance takes for a pattern, or cannot find again."""
    with pytest.raises(InputError, match="cannot begin with"):
        scratch_prefix(site, "1a2b3c4d")
