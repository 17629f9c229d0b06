"""Flags and room as conditions of ETL."""

from archredundancy.appliance.configuration.settings import OutOfSpace
from archredundancy.appliance.etl.conditions import Conditions


def test_what_holds_by_default():
    """Flags are false, and a full destination costs the youngest samples (A.5, A.6)."""
    conditions = Conditions()
    assert not conditions.flag("anything")
    assert conditions.out_of_space is OutOfSpace("DELETE_SRC_STREAMS_IF_FIRST_DEST_WHEN_OUT_OF_SPACE")
