"""Importing the client costs little; the HTTP library comes with the first transport."""

import subprocess
import sys

import pytest

import archredundancy.client


def test_httpx_is_loaded_with_the_first_transport():
    """Readings of folders, and `--help`, do without it."""
    code = (
        "import sys, archredundancy.client as c; print('httpx' in sys.modules); "
        "c.HttpTransport; print('httpx' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=50)
    assert result.stdout.split() == ["False", "True"]


@pytest.mark.parametrize("name", archredundancy.client.__all__)
def test_every_public_name_resolves(name):
    """The lazy ones too."""
    assert getattr(archredundancy.client, name) is not None


def test_other_names_do_not():
    """As of any module."""
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        archredundancy.client.nothing  # noqa: B018
