"""What a check finds in answers that a real secondary gave while it merged a real primary's (golden/10_proxy).

What was in the files of both is the truth; which pitfall each PV was made for is told by its name.
"""

from urllib.parse import parse_qs, urlsplit

import pytest

from archredundancy.client.retrieval.answer import AnswerReader
from archredundancy.coverage import Flaw, Pitfall, ViewEvidence, check_view
from archredundancy.model import DbrType, Evidence, Reading, Samples, SideEvidence, TimeRange, TypeInfo
from archredundancy.segments import Segments
from archredundancy.survey.merged_view import view_answer
from archredundancy.testing import open_recording, recording_names

if "10_proxy" not in recording_names():
    pytest.skip("the recording is not in this folder", allow_module_level=True)
RECORDING = open_recording("10_proxy")
#: The steps between which the secondary merged.
MERGING = (185, 360)
SUMMER = ("2024-05-01T00:00:00Z", "2024-07-01T00:00:00Z")
WINTER = ("2023-12-01T00:00:00Z", "2024-02-01T00:00:00Z")


def side(cluster, name, pv, asked, other):
    """Return one side, as its files have it."""
    stored = [each.samples for each in RECORDING.manifest() if (each.cluster, each.pv) == (cluster, pv)]
    samples = Samples.concatenate(stored or [Samples.empty(other)]).in_order()
    infos = [
        each["typeinfo"] for each in RECORDING.pvs if (each["cluster"], each["typeinfo"]["pvName"]) == (cluster, pv)
    ]
    reading = Reading(
        pv=pv,
        cluster=name,
        asked=asked,
        samples=samples.between(asked.start, asked.end),
        before=samples.between(0, asked.start),
        known=Segments.of((asked.start, asked.end)),
    )
    return SideEvidence(reading=reading, type_info=TypeInfo.from_reply(infos[0]) if infos else None)


def recorded(pv, window):
    """Return the answer that was recorded while the secondary merged."""
    for step in RECORDING.steps:
        query = parse_qs(urlsplit(step.get("path", "")).query)
        is_merged = MERGING[0] < step.get("n", 0) < MERGING[1] and "skipExternalServers" not in query
        told = (query.get("pv"), query.get("from"), query.get("to"))
        if is_merged and "getData.raw" in step["path"] and told == ([pv], [window[0]], [window[1]]):
            reader = AnswerReader()
            reader.feed(RECORDING.body(step))
            return view_answer(reader.finish(), 1.0)
    raise LookupError(pv)


CASES = {
    "one": [],
    "three": [(Flaw.LACKS, Pitfall.YOUNGER_STORES)],
    "bh": [(Flaw.LACKS, Pitfall.BLACK_HOLE)],
    "bhempty": [],
    "mts": [],
    "empty": [(Flaw.LACKS, Pitfall.BEYOND_FILES)],
    "type": [(Flaw.LACKS, Pitfall.MIXED_TYPES)],
    "onlyp": [],
    "late": [],
    "hdr": [],
    "onlys": [],
    "year": [(Flaw.LACKS, Pitfall.NEW_YEAR), (Flaw.MISDATES, Pitfall.NEW_YEAR)],
}


@pytest.mark.parametrize(("name", "expected"), CASES.items(), ids=CASES)
def test_pitfalls_of_a_real_secondary_are_told(name, expected):
    """Each by its name, and nothing where the answer was right."""
    pv, window = f"G10:{name}", WINTER if name == "year" else SUMMER
    asked = TimeRange.parse(*window, now=0)
    sides = [
        side(cluster, label, pv, asked, DbrType.SCALAR_DOUBLE)
        for cluster, label in (("P", "primary"), ("S", "secondary"))
    ]
    evidence = Evidence(pv=pv, asked=asked, now=asked.end, primary=sides[0], secondary=sides[1])
    view = check_view(ViewEvidence(evidence=evidence, answer=recorded(pv, window), merges=True))
    assert [(each.flaw, each.pitfall) for each in view if each.flaw is not Flaw.PREFERS] == expected
