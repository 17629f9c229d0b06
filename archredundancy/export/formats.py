"""The formats there are, their suffixes, and the libraries they need."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from archredundancy.errors import InputError, MissingLibraryError
from archredundancy.export.contents import Contents

__all__ = ["Format", "choose_format", "reader_of", "require_library", "writer_of"]


class Format(StrEnum):
    """How something is saved."""

    NETCDF = "netcdf"
    ZARR = "zarr"
    PARQUET = "parquet"
    CSV = "csv"


_SUFFIXES = {
    ".nc": Format.NETCDF,
    ".nc4": Format.NETCDF,
    ".zarr": Format.ZARR,
    ".parquet": Format.PARQUET,
    ".csv": Format.CSV,
}

_MODULES = {
    Format.NETCDF: "netcdf_file",
    Format.ZARR: "zarr_store",
    Format.PARQUET: "parquet_files",
    Format.CSV: "csv_files",
}

#: Libraries that the core does not bring, under the name of the extra that does: that of the format.
_LIBRARIES = {Format.NETCDF: "netCDF4", Format.ZARR: "zarr", Format.PARQUET: "pyarrow"}


def choose_format(path: Path, asked: Format | str | None) -> Format:
    """Return the format that was asked for, or else that of the suffix.

    Raises
    ------
    InputError
        If there is no such format or suffix.

    Examples
    --------
    >>> choose_format(Path("may.nc"), None)
    <Format.NETCDF: 'netcdf'>
    """
    if asked is not None:
        try:
            return Format(asked)
        except ValueError:
            raise InputError(f"format={asked!r} is not known; allowed: {', '.join(Format)}") from None
    if path.suffix.lower() not in _SUFFIXES:
        raise InputError(
            f"{str(path)!r} has no suffix that tells a format; allowed: {', '.join(_SUFFIXES)}, "
            f"or format= one of {', '.join(Format)}"
        )
    return _SUFFIXES[path.suffix.lower()]


def require_library(kind: Format) -> None:
    """Check that what the format needs is installed.

    Raises
    ------
    MissingLibraryError
        If it is not.
    """
    library = _LIBRARIES.get(kind)
    if library is not None and find_spec(library) is None:
        raise MissingLibraryError(
            f"{kind} needs {library}, which is not installed: "
            f'pip install "archredundancy[{kind}]", or choose a format that is there; CSV always is'
        )


def writer_of(kind: Format) -> Callable[[Contents, Path], None]:
    """Return what writes contents to a path that does not exist yet."""
    writer: Callable[[Contents, Path], None] = import_module(f"archredundancy.export.{_MODULES[kind]}").write
    return writer


def reader_of(kind: Format) -> Callable[[Path], Contents]:
    """Return what reads contents; it may fail with any error where the file is none of ours."""
    reader: Callable[[Path], Contents] = import_module(f"archredundancy.export.{_MODULES[kind]}").read
    return reader
