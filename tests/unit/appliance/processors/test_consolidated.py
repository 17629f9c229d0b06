"""What post-processors that answer for all streams at once have in common."""

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.processors.consolidated import by_year, copied
from archredundancy.appliance.processors.rows import made_row
from archredundancy.model import DbrType, start_of_year

HEADER = Header(dbr_type=DbrType.SCALAR_INT, pv="X:Y", year=2000, fields=(("EGU", "mm"), ("PREC", "3")))


def test_a_copied_header_has_its_fields_in_another_order():
    """The copy of a hash map is as small as it can be."""
    assert copied(HEADER).fields == (("PREC", "3"), ("EGU", "mm"))


def test_the_first_stream_keeps_the_year_of_its_header():
    """It is that of the first stream read; who writes the answer says the year of the first sample once more."""
    rows = [made_row(start_of_year(year), year, DbrType.SCALAR_INT) for year in (2023, 2023, 2024, 2026)]
    streams = by_year(HEADER, rows)
    assert [(one.header.year, len(one.content)) for one in streams] == [(2000, 2), (2024, 1), (2026, 1)]


def test_another_year_than_thought_empties_the_first_stream():
    """As if the year had changed before the first sample."""
    streams = by_year(HEADER, [made_row(start_of_year(2023), 1, DbrType.SCALAR_INT)], 2024)
    assert [(one.header.year, len(one.content)) for one in streams] == [(2000, 0), (2023, 1)]
