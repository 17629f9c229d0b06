"""Which format a path means, and what is said when it means none."""

from pathlib import Path

import pytest

from archredundancy.errors import InputError, MissingLibraryError
from archredundancy.export import formats
from archredundancy.export.formats import Format, choose_format, require_library


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.nc", "netcdf"), ("a.NC4", "netcdf"), ("a.zarr", "zarr"), ("a.b.parquet", "parquet"), ("a.csv", "csv")],
)
def test_a_suffix_tells_the_format(name, kind):
    """Capitals do not matter, and only the last suffix counts."""
    assert choose_format(Path(name), None) is Format(kind)


def test_what_is_asked_for_wins():
    """`format=` counts more than the suffix."""
    assert choose_format(Path("a.nc"), "csv") is Format.CSV


@pytest.mark.parametrize("name", ["a", "a.xlsx", "nc"])
def test_an_unknown_suffix_is_told_what_is_allowed(name):
    """The message lists all suffixes."""
    with pytest.raises(InputError, match=r"no suffix that tells a format; allowed: .nc, .nc4, .zarr, .parquet, .csv"):
        choose_format(Path(name), None)


def test_an_unknown_format_is_told_what_is_allowed():
    """The message lists all formats."""
    with pytest.raises(InputError, match="format='excel' is not known; allowed: netcdf, zarr, parquet, csv"):
        choose_format(Path("a.nc"), "excel")


@pytest.mark.parametrize("kind", [Format.NETCDF, Format.ZARR, Format.PARQUET])
def test_a_missing_library_is_told_with_its_command(kind, monkeypatch):
    """The message has the very command that installs it; the extra is declared under this name."""
    monkeypatch.setattr(formats, "find_spec", lambda _name: None)
    with pytest.raises(MissingLibraryError, match=rf'pip install "archredundancy\[{kind}\]"'):
        require_library(kind)


def test_csv_needs_no_library(monkeypatch):
    """CSV is always there."""
    monkeypatch.setattr(formats, "find_spec", lambda _name: None)
    require_library(Format.CSV)


def test_each_library_is_declared_as_an_extra_of_its_format(checkout):
    """`pip install "archredundancy[zarr]"` brings what zarr needs, and so on."""
    import tomllib

    extras = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for kind, library in formats._LIBRARIES.items():
        assert extras[kind][0].startswith(library.lower())
