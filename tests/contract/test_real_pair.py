"""A pair that others may use against all that can be replayed there of what two real ones were recorded to answer.

`ARCHREDUNDANCY_REAL_PRIMARY` and `ARCHREDUNDANCY_REAL_SECONDARY` name the pair by its management URLs; without them an
embedded one stands in for it, with few recordings. `ARCHREDUNDANCY_REAL_PRIMARY_ROOT` and `…_SECONDARY_ROOT` name
folders that have the stores' folders `sts`, `mts` and `lts`, as the appliances name them; without them, samples are
imported, and what needs files is skipped. `ARCHREDUNDANCY_REAL_INTERFACE` is an address of this host that the pair can
connect to.
"""

import logging
import os
from pathlib import Path

import pytest

from archredundancy.appliance import AppliancePair
from archredundancy.testing import open_recording, recording_names
from archredundancy.testing.real.feasible import Infeasible, feasible_part
from archredundancy.testing.real.real_pair import RealPair
from archredundancy.testing.recorded.replay import replay

logger = logging.getLogger(__name__)

REAL = "ARCHREDUNDANCY_REAL_PRIMARY" in os.environ
SIDES = {"P": "PRIMARY", "S": "SECONDARY"}
#: What the stand-in is tried with.
FEW = {
    "imported": [
        "01_types_06",
        "01_types_14",
        "02_gran_HOUR",
        "03_stores",
        "08_merge_basic",
        "08_merge_type_double_int",
    ],
    "files": ["06_damaged_files", "08_merge_consolidate", "08_merge_stub", "09_rebuild"],
}
HERE = recording_names()
CASES = [(way, name) for way, names in ({"real": HERE} if REAL else FEW).items() for name in names if name in HERE]


def real_pair():
    """Return the pair that the environment names."""
    urls = {side: os.environ[f"ARCHREDUNDANCY_REAL_{side}"] for side in SIDES.values()}
    roots = {cluster: os.environ.get(f"ARCHREDUNDANCY_REAL_{side}_ROOT") for cluster, side in SIDES.items()}
    return RealPair(
        primary=urls["PRIMARY"],
        secondary=urls["SECONDARY"],
        roots={cluster: Path(root) for cluster, root in roots.items() if root},
        interface=os.environ.get("ARCHREDUNDANCY_REAL_INTERFACE", "127.0.0.1"),
        prefix=f"{os.environ.get('ARCHREDUNDANCY_REAL_PREFIX', 'ARCHREDUNDANCY')}:SCRATCH",
    )


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory):
    """An embedded pair, with a PV of its own that nobody may touch."""
    if REAL:
        yield None
        return
    with AppliancePair(tmp_path_factory.mktemp("stand-in"), lag=0.0) as pair:
        pair.primary.add_pv({"pvName": "SITE:OWN", "dataStores": ["blackhole://localhost?name=LTS"]})
        yield pair


@pytest.fixture
def pair(stand_in, request):
    """The pair, without anything of ours before and after."""
    if REAL:
        target = real_pair()
    else:
        sides = {"P": stand_in.primary, "S": stand_in.secondary}
        roots = {cluster: side.root for cluster, side in sides.items()} if request.param == "files" else {}
        target = RealPair(primary=sides["P"].management_url, secondary=sides["S"].management_url, roots=roots)
    with target:
        yield target
    if not REAL:
        assert stand_in.primary.type_info("SITE:OWN").paused is False
        assert not [path for side in sides.values() for path in side.files() if "SCRATCH" in path]


@pytest.mark.parametrize(("pair", "name"), CASES, indirect=["pair"])
def test_a_pair_in_use_answers_as_recorded(pair, name):
    """Of each recording, what can be done under scratch names is answered as it was recorded."""
    recording = pair.names.recording(open_recording(name))
    try:
        recording, left_out = feasible_part(recording, pair.prefix, files=pair.has_files, merging=pair.merging)
    except Infeasible as reason:
        pytest.skip(str(reason))
    for number, reason in left_out.items():
        logger.info("%s, step %d is left out: %s", name, number, reason)
    differences = [
        f"step {outcome.step}, {outcome.kind}: {outcome.request}\n{outcome.difference[:2000]}"
        for outcome in replay(recording, pair)
        if outcome.difference
    ]
    assert not differences, "\n\n".join(differences[:5])
