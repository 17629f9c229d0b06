"""The embedded appliance against all that two real ones were recorded to answer, and the files they left."""

import logging
import os
from collections import Counter
from fnmatch import fnmatchcase
from functools import cache
from tempfile import TemporaryDirectory

import pytest

from archredundancy.appliance import AppliancePair
from archredundancy.testing import open_recording, recording_names
from archredundancy.testing.golden import golden_folder
from archredundancy.testing.replay import replay

FORMATS = "other formats than raw and json"
PROCESSORS = "other post-processors than ncount and firstSample"
PROXIES = "asking other appliances while answering"
IMPORTS = "importDataFromPlugin, and the stores it needs"
RENAMES = "changeStore, changeTypeForPV, renamePV, and what follows from them"
METRICS = "metrics"

#: What is not answered as recorded yet: glob of recordings, kind, and what is missing. Each row explains a difference,
#: so the table has to shrink when the appliance grows.
LATER = [
    *(("*", f"getData.{form}", FORMATS) for form in ("csv", "txt", "qw", "jplot", "flx", "svg")),
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
    *(("09_*", kind, IMPORTS) for kind in ("mgmt/importDataFromPlugin", "mgmt/modifyStoreURLForPV", "files")),
    *(("09_*", kind, IMPORTS) for kind in ("getData.raw", "getData.json")),
    *(("10_*", kind, PROXIES) for kind in ("getData.*", "mgmt/*ExternalArchiverServer*", "mgmt/resetFailoverCaches")),
    ("10_*", "retrieval/getMatchingPVs", PROXIES),
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

#: How many steps are answered as recorded, and how many are not: neither may change unnoticed.
COUNTS = {
    "01_types_00": (42, 23), "01_types_01": (42, 41), "01_types_02": (42, 41), "01_types_03": (42, 41),
    "01_types_04": (42, 41), "01_types_06": (42, 41), "01_types_07": (38, 13), "01_types_09": (38, 13),
    "01_types_10": (38, 13), "01_types_11": (42, 23), "01_types_12": (38, 13), "01_types_13": (42, 23),
    "01_types_14": (42, 23), "02_gran_30MIN": (54, 0), "02_gran_5MIN": (54, 0), "02_gran_HOUR": (54, 0),
    "02_gran_MONTH": (54, 0), "02_gran_YEAR": (54, 0), "03_stores": (127, 20), "04_years": (102, 40),
    "05_errors": (54, 12), "06_damaged_files": (109, 0), "06_damaged_mergeP": (37, 0), "07_bpl": (166, 14),
    "08_merge_basic": (14, 0), "08_merge_consolidate": (16, 0), "08_merge_errors": (16, 0), "08_merge_misc": (12, 4),
    "08_merge_noconsolidate": (13, 0), "08_merge_stub": (29, 0), "08_merge_type_double_int": (6, 0),
    "08_merge_type_double_string": (6, 0), "08_merge_type_enum_short_neg": (6, 0), "08_merge_type_int_double": (6, 0),
    "08_merge_type_scalar_wave": (6, 0), "08_merge_type_short_enum": (6, 0), "08_merge_type_string_byte": (6, 0),
    "08_merge_type_wave_scalar": (6, 0), "09_import_pbraw": (7, 20), "09_rebuild": (5, 4), "09_rebuild_hdr": (2, 4),
    "09_rebuild_junk": (5, 1), "09_rebuild_nolocal": (5, 1), "09_rebuild_noneinrange": (5, 2),
    "09_rebuild_remote404": (5, 1), "09_rebuild_remotedown": (5, 1), "09_rebuild_type": (4, 2),
    "09_rebuild_years": (2, 4), "09_rebuild_zero": (5, 1), "10_proxy": (332, 225), "10_proxy_config": (12, 11),
    "11_lifecycle": (45, 33), "13_gapfields": (32, 43), "14_live": (77, 124), "20_live": (110, 0),
}  # fmt: skip

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


@each_recording
def test_no_step_is_lost(name):
    """The numbers of steps that are and are not answered as recorded are known, so that none gets lost."""
    count = Counter(bool(outcome.difference) for outcome in outcomes(name))
    assert name not in COUNTS or (count[False], count[True]) == COUNTS[name]


@pytest.mark.parametrize(("name", "step"), MEANT)
def test_what_is_meant_to_differ_does(name, step):
    """A step in the table of meant differences does differ."""
    assert next(outcome.difference for outcome in outcomes(name) if outcome.step == step)


@pytest.mark.parametrize("row", [row for row in LATER if row[0] != "15_*"], ids=lambda row: " ".join(row[:2]))
def test_what_is_not_there_yet_does_differ(row):
    """Each row of the table of what is missing explains a difference."""
    found = (outcome for name in recording_names() if fnmatchcase(name, row[0]) for outcome in outcomes(name))
    assert any(outcome.difference and fnmatchcase(outcome.kind, row[1]) for outcome in found)


@pytest.mark.skipif("ARCHREDUNDANCY_GOLDEN" in os.environ, reason="other recordings are tested")
def test_all_recordings_are_counted():
    """The table of counts names all recordings of the checkout but those of clusters with two members."""
    assert COUNTS.keys() == {path.stem for path in golden_folder().glob("*.zip") if not path.stem.startswith("15_")}
