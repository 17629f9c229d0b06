"""What of a recording can be replayed against a pair that other people use."""

import pytest

from archredundancy.testing import open_recording
from archredundancy.testing.real.feasible import Infeasible, feasible_part
from archredundancy.testing.real.scratch import ScratchNames
from archredundancy.testing.recorded.golden import Recording

PREFIX = "A:B"


def scratch(name):
    """Return a recording under scratch names."""
    return ScratchNames(prefix=PREFIX, identities={}).recording(open_recording(name))


def recording(*steps):
    """Return a recording of steps without PVs and files."""
    made = Recording(name="made", data={})
    vars(made)["scenario"] = {"pvs": [], "files": [], "samples": {}, "steps": list(steps)}
    return made


def step(path, method="GET", status=200, **more):
    """Return a step that asks."""
    return {"cluster": "P", "method": method, "path": path, "status": status} | more


DATA = "/retrieval/data/getData.raw?pv=A%3AB%3AG01%3Ax"
ASKED = {
    "data": (step(DATA), ""),
    "data of an unknown PV": (step("/retrieval/data/getData.raw?pv=nosuch", status=404), ""),
    "a page that is none": (step("/mgmt/nosuch", status=404), ""),
    "a sign of life": (step("/retrieval/bpl/ping"), ""),
    "our PV's status": (step("/mgmt/bpl/getPVStatus?pv=A:B:G01:*"), ""),
    "our PV's pause": (step("/mgmt/bpl/pauseArchivingPV?pv=A:B:G01:x,A:B:G01:y"), ""),
    "our PVs in a list": (step("/mgmt/bpl/pauseArchivingPV", "POST", request_body='["A:B:G01:x"]'), ""),
    "our PV's type info": (step("/mgmt/bpl/putPVTypeInfo?pv=A:B:x", "POST", request_body='{"pvName":"A:B:x"}'), ""),
    "our PVs in lines": (step("/mgmt/bpl/pauseArchivingPV", "POST", request_body="A:B:G01:x\nA:B:G01:y\n"), ""),
    "another PV in lines": (step("/mgmt/bpl/pauseArchivingPV", "POST", request_body="SITE:x\n"), "not ours"),
    "an unknown PV's type info": (step("/mgmt/bpl/getPVTypeInfo?pv=nosuch"), ""),
    "all PVs": (step("/mgmt/bpl/getAllPVs"), "not ours"),
    "all PVs by a glob": (step("/mgmt/bpl/getAllPVs?pv=*"), "not ours"),
    "all PVs by an expression": (step("/retrieval/bpl/getMatchingPVs?regex=.*"), "not ours"),
    "all but ours": (step("/mgmt/bpl/archivedPVsNotInList", "POST", request_body='["A:B:G01:x"]'), "not ours"),
    "one of many": (step("/retrieval/bpl/getMatchingPVs?pv=A:B:G01:*&limit=1"), "hash map"),
    "another PV's pause": (step("/mgmt/bpl/pauseArchivingPV?pv=SITE:x"), "not ours"),
    "ours and another": (step("/mgmt/bpl/deletePV?pv=A:B:G01:x,SITE:x"), "not ours"),
    "another PV in a list": (step("/mgmt/bpl/pauseArchivingPV", "POST", request_body='["SITE:x"]'), "not ours"),
    "a flag": (step("/mgmt/bpl/setNamedFlag?name=SKIP_LTS_FOR_RETRIEVAL&value=true"), "more than scratch PVs"),
    "an archive request": (step("/mgmt/bpl/archivePV?pv=A:B:G01:x"), "more than scratch PVs"),
    "where files are": (step("/retrieval/data/getData.txt?pv=A%3AB%3AG01%3Ax"), "where the files are"),
    "a folder": (step("/mgmt/bpl/changeStore?pv=A:B:G01:x&newbackend=pb%3A%2F%2F%2Farchive%2FP"), "a folder"),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "said"), ASKED.values(), ids=ASKED)
def test_only_what_concerns_our_pvs_is_asked(asked, said):
    """A step that would show or change more is left out, with the reason."""
    _, left_out = feasible_part(recording(step(DATA), asked), PREFIX, files=False)
    assert said in left_out.get(1, "") and bool(said) == bool(left_out)


def test_a_cluster_that_merges_is_not_asked_for_samples():
    """Those of the recordings answered with their own alone; their management is asked all the same."""
    steps = [step(DATA), step(DATA) | {"cluster": "S"}, step("/mgmt/bpl/getPVStatus?pv=A:B:G01:*") | {"cluster": "S"}]
    _, left_out = feasible_part(recording(*steps), PREFIX, files=False, merging=["S"])
    assert left_out == {1: "S merges the samples of external servers into its answers"}


def test_what_follows_a_change_that_was_left_out_is_left_out_too():
    """Steps before it stay, and keep their numbers."""
    flag = step("/mgmt/bpl/setNamedFlag?name=SKIP_LTS_FOR_RETRIEVAL&value=true")
    part, left_out = feasible_part(recording(step(DATA), flag, step(DATA)), PREFIX, files=False)
    assert part.steps == [step(DATA), {"action": "note"}, {"action": "note"}]
    assert left_out[2] == "step 1 was left out, which changes what is answered"


REFUSED = {
    "06_damaged_files": "not in order of time",
    "09_rebuild_junk": "is damaged on purpose",
    "08_merge_stub": "none that an import writes",
    "10_proxy": "none that an import writes",
    "14_live": "an IOC of its own",
    "20_live": "caches of post-processors",
    "15_members_data": "members of one cluster",
}


@pytest.mark.parametrize(("name", "said"), REFUSED.items())
def test_what_cannot_be_imported_is_refused(name, said):
    """Recordings whose files an import would not write as they are cannot be replayed without access to files."""
    with pytest.raises(Infeasible, match=said):
        feasible_part(scratch(name), PREFIX, files=False)


@pytest.mark.parametrize("name", ["06_damaged_files", "08_merge_stub", "09_rebuild"])
def test_with_access_to_files_nothing_is_left_out(name):
    """Files are put and compared, and folders named."""
    _, left_out = feasible_part(scratch(name), PREFIX, files=True)
    assert not left_out


def test_without_access_to_files_they_are_not_compared():
    """The steps that list files are left out, the requests stay."""
    part, left_out = feasible_part(scratch("08_merge_basic"), PREFIX, files=False)
    assert set(left_out.values()) == {"it needs access to the files"}
    assert sum("method" in one for one in part.steps) == sum(
        "method" in one for one in open_recording("08_merge_basic").steps
    )
