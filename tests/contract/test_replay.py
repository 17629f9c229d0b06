"""The embedded appliance against all that two real ones were recorded to answer, and the files they left."""

import logging
from fnmatch import fnmatchcase
from functools import cache
from tempfile import TemporaryDirectory

import pytest

from archredundancy.appliance import AppliancePair
from archredundancy.testing import open_recording, recording_names
from archredundancy.testing.replay import replay

PROCESSORS = "other post-processors than ncount and firstSample"
PROXIES = "asking other appliances while answering"
IMPORTS = "importDataFromPlugin, and the stores it needs"
RENAMES = "changeStore, changeTypeForPV, renamePV, and what follows from them"
METRICS = "metrics"

#: What is not answered as recorded yet: glob of recordings, kind, and what is missing. Each row explains a difference,
#: so the table has to shrink when the appliance grows.
LATER = [
    *(
        ("*", f"getData.*({name})", PROCESSORS)
        for name in (
            *("mean", "max", "min", "count", "lastSample", "firstFill", "lastFill", "nth", "std", "meanSample"),
            *("median", "optimized", "errorbar", "statistics", "jitter", "flyers", "ignoreflyers", "deadBand"),
            *("caplotbinning", "linear", "variance", "popvariance", "skewness", "kurtosis", "optimLastSample"),
        )
    ),
    ("08_merge_misc", "files", "a cache that ETL makes with the post-processor mean"),
    ("*", "getDataAtTime", "getDataAtTime"),
    ("*", "getDataForPVs.*", "getDataForPVs"),
    *(("*", f"mgmt/get{call}", METRICS) for call in ("*Metrics", "PolicyList", "PVsByStorageConsumed", "*RateReport")),
    ("*", "mgmt/getPVDetails", "requests and users of retrieval, counted"),
    *(("09_*", kind, IMPORTS) for kind in ("mgmt/importDataFromPlugin", "mgmt/modifyStoreURLForPV", "files")),
    *(("09_*", kind, IMPORTS) for kind in ("getData.raw", "getData.json")),
    ("10_*", "getData.json(ncount)", PROXIES),
    *(("11_*", f"mgmt/{call}", RENAMES) for call in ("change*", "renamePV", "getStoresForPV", "deletePV")),
    *(("11_*", kind, RENAMES) for kind in ("files", "getData.raw")),
    *(("11_*", f"mgmt/{call}", "archivePV") for call in ("archivePV", "abortArchivingPV", "getNeverConnectedPVs")),
    ("14_live", "*", "an engine that archives a real PV"),
    ("15_*", "*", "clusters of two members"),
]  # fmt: skip

#: Steps that are meant to differ, with the reason.
MEANT = {
    ("07_bpl", 37): "the recorded appliance had flags left over from another recording",
    ("07_bpl", 50): "which of equally old PVs come first is the order of a Java hash map",
    ("07_bpl", 81): "which of several names comes first is the order of a Java hash map",
    ("07_bpl", 164): "which of several names comes first is the order of a Java hash map",
}

each_recording = pytest.mark.parametrize("name", [name for name in recording_names() if not name.startswith("15_")])


class EmbeddedPair:
    """The embedded pair as a target of `replay`."""

    def __init__(self, pair):
        self.appliances = {"P": pair.primary, "S": pair.secondary}

    def host(self, cluster):
        return self.appliances[cluster].url.removeprefix("http://")

    def folder(self, cluster):
        return str(self.appliances[cluster].root)

    def add_pv(self, cluster, info):
        self.appliances[cluster].add_pv(info)

    def put_file(self, cluster, store, path, data):
        self.appliances[cluster].put_file(store, path, data)

    def files(self, cluster):
        return self.appliances[cluster].files()


@cache
def outcomes(name):
    """What comes of each step of a recording."""
    logging.getLogger("archredundancy.appliance").addHandler(logging.NullHandler())
    with TemporaryDirectory() as root, AppliancePair(root, lag=0.0) as pair:
        return list(replay(open_recording(name), EmbeddedPair(pair)))


def explaining(name, outcome):
    """Rows of LATER that explain a difference."""
    return [row for row in LATER if fnmatchcase(name, row[0]) and fnmatchcase(outcome.kind, row[1])]


@each_recording
def test_each_step_is_answered_as_recorded(name):
    """Bytes, JSON, statuses, messages and files left are those of the real appliances, but for what the tables name."""
    unexplained = [
        f"step {outcome.step}, {outcome.kind}: {outcome.request}\n{outcome.difference[:2000]}"
        for outcome in outcomes(name)
        if outcome.difference and not explaining(name, outcome) and (name, outcome.step) not in MEANT
    ]
    assert not unexplained, "\n\n".join(unexplained[:5])


@pytest.mark.parametrize(("name", "step"), MEANT)
def test_what_is_meant_to_differ_does(name, step):
    """A step in the table of meant differences does differ."""
    assert next(outcome.difference for outcome in outcomes(name) if outcome.step == step)


@pytest.mark.parametrize("row", [row for row in LATER if row[0] != "15_*"], ids=lambda row: " ".join(row[:2]))
def test_what_is_not_there_yet_does_differ(row):
    """Each row of the table of what is missing explains a difference."""
    found = (outcome for name in recording_names() if fnmatchcase(name, row[0]) for outcome in outcomes(name))
    assert any(outcome.difference and fnmatchcase(outcome.kind, row[1]) for outcome in found)
