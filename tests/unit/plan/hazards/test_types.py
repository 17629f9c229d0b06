"""What speaks against taking the samples of both sides for one type."""

from dataclasses import replace

import pytest

from archredundancy.model import ChunkSummary, DbrType, Samples, start_of_year
from archredundancy.plan import HazardKind, build_plan
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

MINE = Samples.build(DbrType.SCALAR_ENUM, [NOW - 10_000_000_000_000], [1])
THEIRS = Samples.build(DbrType.SCALAR_ENUM, [NOW - 9_999_000_000_000], [2])


def mismatches(evidence, **terms):
    plan = build_plan([evidence], **terms)
    return [hazard.message for hazard in plan.hazards if hazard.kind is HazardKind.TYPE_MISMATCH and hazard.refuses]


def with_layout(side, *chunks):
    """Return evidence whose answer of one side has more chunks."""
    evidence = make_merge_evidence(MINE, THEIRS)
    found = getattr(evidence.evidence, side)
    reading = replace(found.reading, layout=(*chunks, *found.reading.layout))
    return replace(evidence, evidence=replace(evidence.evidence, **{side: replace(found, reading=reading)}))


def with_type_info(side, **changes):
    evidence = make_merge_evidence(MINE, THEIRS)
    found = getattr(evidence.evidence, side)
    changed = replace(found, type_info=replace(found.type_info, **changes))
    return replace(evidence, evidence=replace(evidence.evidence, **{side: changed}))


def header(dbr_type, year=2026):
    return ChunkSummary(dbr_type=dbr_type, year=year, count=0, first=None, last=None)


def test_one_type_everywhere_is_no_mismatch():
    """Headers, samples and configuration of both sides agree."""
    assert mismatches(make_merge_evidence(MINE, THEIRS)) == []


def test_samples_of_unlike_types_are_refused_and_not_united():
    """SHORT and ENUM look the same on the wire; nothing is said of partitions."""
    theirs = Samples.build(DbrType.SCALAR_SHORT, THEIRS.time, THEIRS.value)
    plan = build_plan([make_merge_evidence(MINE, theirs)])
    assert [hazard.kind for hazard in plan.hazards] == [HazardKind.TYPE_MISMATCH]
    assert "primary: SCALAR_ENUM; secondary: SCALAR_SHORT" in plan.hazards[0].message
    assert plan.partitions == ()
    assert plan.status == "refused"


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_a_header_of_another_type_is_refused(side):
    """A file without samples has a type as well, and would be filled with the other."""
    assert mismatches(with_layout(side, header(DbrType.SCALAR_INT)))


@pytest.mark.parametrize("year", [0, -1])
def test_headers_of_impossible_years_mean_nothing(year):
    """They occur in answers without samples."""
    assert mismatches(with_layout("primary", header(DbrType.SCALAR_INT, year))) == []


def test_a_change_of_type_before_the_window_does_not_matter_to_the_relay():
    """Only what is to be merged must agree."""
    year = start_of_year(2023)
    old = ChunkSummary(dbr_type=DbrType.SCALAR_INT, year=2023, count=2, first=year, last=year + 1)
    evidence = with_layout("primary", header(DbrType.SCALAR_INT, 2022), old)
    assert mismatches(evidence)
    assert mismatches(evidence, strategy="direct")
    assert mismatches(evidence, start=start_of_year(2024)) == []


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_a_configured_type_that_is_not_that_of_the_data_is_refused(side):
    """Either the configuration or the data is wrong, and new files would be of another type."""
    assert mismatches(with_type_info(side, dbr_type=DbrType.WAVEFORM_ENUM))


def test_configured_element_counts_that_differ_are_refused():
    """Waveforms of other lengths are not the same signal."""
    evidence = with_type_info("secondary", element_count=2)
    assert mismatches(evidence) == ["Configured element counts differ: primary: 1, secondary: 2."]
    assert build_plan([evidence]).pvs[0].element_counts == (1, 2)


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"), [([2, 2], [3, 3], 1), ([2, 2], [2, 2], 0), ([2, 3], [3, 3], 0), ([], [3], 0)]
)
def test_waveforms_of_two_lengths_are_a_warning(mine, theirs, expected):
    """Only where each side keeps to one length of its own: many records change theirs with the data."""
    sides = [
        Samples.build(
            DbrType.WAVEFORM_DOUBLE,
            [NOW - (10_000 - row) * 10**9 for row in range(offset, offset + len(lengths))],
            [[1.0] * length for length in lengths],
        )
        for offset, lengths in ((0, mine), (5, theirs))
    ]
    kinds = [hazard.kind for hazard in build_plan([make_merge_evidence(*sides)]).hazards if not hazard.refuses]
    assert kinds.count(HazardKind.TYPE_MISMATCH) == expected
