"""What a site sets."""

import pytest

from archredundancy.appliance.configuration.settings import SiteSettings
from archredundancy.errors import InputError

BAD = [
    ({"policy": "nosuch"}, "no policy"),
    ({"separators": "["}, "no regular expression"),
    ({"terminator": ""}, "one character"),
    ({"terminator": "/"}, "no slash"),
]


@pytest.mark.parametrize(("settings", "message"), BAD)
def test_settings_that_cannot_be_used_are_refused(settings, message):
    """When they are made, not when they are needed."""
    with pytest.raises(InputError, match=message):
        SiteSettings(**settings)


KEYS = [
    ({}, "SR:C-1", "SR/C/1:"),
    ({"separators": "[:{}]"}, "SR{C}I-1", "SR/C/I-1:"),
    ({"terminator": "!"}, "SR:C", "SR/C!"),
    ({"separators": ""}, "A", "/A/:"),
]


@pytest.mark.parametrize(("settings", "pv", "key"), KEYS)
def test_names_of_files_are_the_sites_own(settings, pv, key):
    """Separators become folders, and the terminator ends the key (A.1)."""
    assert SiteSettings(**settings).key_of(pv) == key


def test_flags_are_read_from_a_file(tmp_path):
    """As Java reads properties; a site without such a file starts with none (A.5)."""
    file = tmp_path / "flags"
    file.write_text("# comment\n! too\n\nSKIP_LTS_FOR_ETL = true\na:TRUE\nb false\nc=1\nnothing\n")
    flags = SiteSettings(named_flags=file).flags()
    assert flags == {"SKIP_LTS_FOR_ETL": True, "a": True, "b": False, "c": False}
    assert SiteSettings().flags() == {}
