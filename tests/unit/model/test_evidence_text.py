"""What was learned of a side, as text that goes with its samples."""

import json
from dataclasses import fields, replace

import pytest

from archredundancy.errors import DatasetError
from archredundancy.model import (
    FailureKind,
    Granularity,
    ReadFailure,
    Reading,
    Retention,
    SideEvidence,
    TimeRange,
    side_from_text,
    side_to_text,
)
from archredundancy.testing.handmade.evidence import STORES_HALF_A_YEAR, make_side

FAILURE = ReadFailure(range=TimeRange(start=10**9, end=2**62), kind=FailureKind.CUT_SHORT, message='nach 3 µs, "ends"')
LEFT_OUT = {"samples", "before", "layout"}


def sides():
    """A plain side, one without management, and one of which everything is told."""
    plain = make_side("primary", (0, 100), [1, 2, 3], before=-5)
    told = make_side("secondary", (0, 100), [1], stores=STORES_HALF_A_YEAR, failures=[FAILURE], paused_since=50)
    everything = replace(
        told,
        status="Paused",
        notes=("ein", "zwei"),
        labels=("aus", "ein"),
        declared_retention=Retention(granularity=Granularity.DAY, partitions=3),
        reading=replace(told.reading, headers={"EGU": "mA"}),
    )
    return [plain, make_side("primary", (0, 100), [], stores=None), everything]


@pytest.mark.parametrize("side", sides(), ids=["plain", "without management", "everything"])
def test_a_side_comes_back_as_it_was(side):
    """All but the samples, which are given, and the layout, which only plans need."""
    text = side_to_text(side, now=77)
    again, now = side_from_text(text, side.reading.samples, side.reading.before)
    assert now == 77
    assert again.retention == side.retention
    assert again.description == side.description
    for each in fields(SideEvidence):
        if each.name not in ("reading", "type_info"):
            assert getattr(again, each.name) == getattr(side, each.name)
    for each in fields(Reading):
        if each.name not in LEFT_OUT:
            assert getattr(again.reading, each.name) == getattr(side.reading, each.name)
    assert (again.type_info is None) == (side.type_info is None)
    assert again.type_info is None or again.type_info == side.type_info


def test_samples_are_not_in_it():
    """It is an attribute: as short for a million samples as for one."""
    short, long = (make_side("primary", (0, 5000), range(count)) for count in (1, 5000))
    assert len(side_to_text(short, 0)) == len(side_to_text(long, 0))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"version": 1, "now": 0, "side": {"reading": {}}}', "cannot be read"),
        ('{"version": 1, "now": "x", "side": {}}', "cannot be read"),
    ],
)
def test_text_of_others_is_refused(text, message):
    """With what can be done about it, and no other exception."""
    side = sides()[0]
    with pytest.raises(DatasetError, match=message):
        side_from_text(text, side.reading.samples, side.reading.before)


def test_another_version_is_refused():
    """It may mean something else."""
    side = sides()[0]
    content = json.loads(side_to_text(side, 0)) | {"version": 2}
    with pytest.raises(DatasetError, match="version 2; this archredundancy reads 1"):
        side_from_text(json.dumps(content), side.reading.samples, side.reading.before)
