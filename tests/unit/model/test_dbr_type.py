"""The 15 payload types: codes, names and dtypes."""

import pytest

from archredundancy.errors import InputError
from archredundancy.model import DbrType

DTYPES = {
    0: ("SCALAR_STRING", "uint8"),
    1: ("SCALAR_SHORT", "int32"),
    2: ("SCALAR_FLOAT", "float32"),
    3: ("SCALAR_ENUM", "int32"),
    4: ("SCALAR_BYTE", "int8"),
    5: ("SCALAR_INT", "int32"),
    6: ("SCALAR_DOUBLE", "float64"),
    7: ("WAVEFORM_STRING", "uint8"),
    8: ("WAVEFORM_SHORT", "int32"),
    9: ("WAVEFORM_FLOAT", "float32"),
    10: ("WAVEFORM_ENUM", "int32"),
    11: ("WAVEFORM_BYTE", "int8"),
    12: ("WAVEFORM_INT", "int32"),
    13: ("WAVEFORM_DOUBLE", "float64"),
    14: ("V4_GENERIC_BYTES", "uint8"),
}


@pytest.mark.parametrize("code", DTYPES)
def test_codes_names_and_dtypes(code):
    """Codes are those of PayloadType in EPICSEvent.proto; names go with and without DBR_."""
    name, dtype = DTYPES[code]
    dbr_type = DbrType(code)
    assert DbrType.from_name(name) is DbrType.from_name(f"DBR_{name}") is dbr_type
    assert dbr_type.element_dtype == dtype
    assert dbr_type.is_waveform == name.startswith("WAVEFORM")
    assert dbr_type.is_string == name.endswith("STRING")
    assert dbr_type.is_enum == name.endswith("ENUM")
    assert dbr_type.is_numeric_scalar == (name.startswith("SCALAR") and name != "SCALAR_STRING")


def test_unknown_names_are_refused():
    """The message lists the names there are."""
    with pytest.raises(InputError, match=r"unknown DBR type 'DBR_DOUBLE'; allowed: SCALAR_STRING, .*V4_GENERIC_BYTES"):
        DbrType.from_name("DBR_DOUBLE")
