"""Names of PVs, fields and filters (`PVNames`)."""

import pytest

from archredundancy.appliance.configuration.channel_names import ChannelName

NAMES = [
    ("A:B", "A:B", "", "A:B", False),
    ("A:B.VAL", "A:B", "", "A:B", False),
    ("A:B.HIHI", "A:B.HIHI", "HIHI", "A:B", False),
    ("pva://A:B", "A:B", "", "A:B", True),
    ("ca://A:B.DESC", "A:B.DESC", "DESC", "A:B", False),
    ("A:B.{'dbnd':{'abs':1}}", "A:B.{'dbnd':{'abs':1}}", "", "A:B", False),
    ("A{B}C#1,2;<3>/^[4]", "A{B}C#1,2;<3>/^[4]", "", "A{B}C#1,2;<3>/^[4]", False),
]


@pytest.mark.parametrize(("text", "pv", "field", "record", "uses_pva"), NAMES)
def test_a_name_is_read(text, pv, field, record, uses_pva):
    """The protocol and .VAL are left out; another field stays part of the name."""
    name = ChannelName.parse(text)
    assert (name.pv, name.field, name.record, name.uses_pva) == (pv, field, record, uses_pva)


@pytest.mark.parametrize("text", ["", "A B", "A:B.", "A*", "A?", "µ", "A.1", "A:B.HIHI.LOLO"])
def test_what_epics_does_not_allow_is_no_name(text):
    """Blanks, stars, characters beyond ASCII and ends in a dot are refused."""
    assert ChannelName.parse(text) is None
