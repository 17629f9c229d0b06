"""Recordings under other names."""

import pytest

from archredundancy.model import DbrType
from archredundancy.testing import open_recording
from archredundancy.testing.real.scratch import ScratchNames
from archredundancy.wire import ChunkHeader

NAMES = ScratchNames(prefix="A:B", identities={"primary0": "archiver1"})

TEXTS = {
    "a name": ("G01:t06-v", "A:B:G01:t06-v"),
    "a key": ("lts/G01/t06/v:2024.pb", "lts/A/B/G01/t06/v:2024.pb"),
    "in JSON": ('"G01\\/t06:"', '"A\\/B\\/G01\\/t06:"'),
    "encoded": ("pv=G01%3At06", "pv=A%3AB%3AG01%3At06"),
    "encoded twice": ("src=G01%253At06", "src=A%253AB%253AG01%253At06"),
    "a glob": ("pv=G07*", "pv=A:B:G07*"),
    "an expression": ("regex=G07.*", "regex=A:B:G07.*"),
    "in a call": ("pv=mean%28G01%3At06%29", "pv=mean%28A%3AB%3AG01%3At06%29"),
    "an identity": ('"appliance":"primary0"', '"appliance":"archiver1"'),
    "other words": ("BIG01:x G011:x G01 primary01", "BIG01:x G011:x G01 primary01"),
}


@pytest.mark.parametrize(("recorded", "expected"), TEXTS.values(), ids=TEXTS)
def test_names_are_replaced_in_any_writing(recorded, expected):
    """The prefix is written with the separators of the place where it stands."""
    assert NAMES.text(recorded) == expected


def header(pv):
    """Return the line of a header."""
    return ChunkHeader(dbr_type=DbrType.SCALAR_INT, pv=pv, year=2024).encode()


def test_headers_get_new_names_wherever_they_stand():
    """The first line, and those behind blank lines; samples stay as they are, and lines that are no header too."""
    sample = b"\x08\x01\x10\x02\x1d\x00\x00\x00\x00\n"
    recorded = header("G01:a") + sample + b"\n" + header("G01:a") + b"\n" + b"no header\n"
    assert NAMES.lines(recorded) == recorded.replace(header("G01:a"), header("A:B:G01:a"))


def test_a_whole_recording_is_renamed():
    """PVs, files, requests and answers have the new names and nothing else is changed."""
    recorded = open_recording("08_merge_basic")
    renamed = NAMES.recording(recorded)
    assert {entry["pv"] for entry in renamed.pvs} == {"A:B:G08:basic"}
    assert {entry["path"].rpartition(":")[0] for entry in renamed.files} == {"A/B/G08/basic"}
    assert [
        len(step.get("path", "")) - len(other.get("path", ""))
        for step, other in zip(renamed.steps, recorded.steps, strict=True)
    ][1] == 8
    assert renamed.body(renamed.files[0]).partition(b"\n")[2] == recorded.body(recorded.files[0]).partition(b"\n")[2]
