"""`save` and `open_saved`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from archredundancy.errors import SavedFileError
from archredundancy.export.beside import written_beside
from archredundancy.export.contents import contents_of
from archredundancy.export.formats import Format, choose_format, reader_of, require_library, writer_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["check_target", "open_saved", "save"]


def save(
    data: xr.DataTree | xr.Dataset,
    path: str | Path,
    *,
    format: Format | str | None = None,  # noqa: A002 - the word that pandas and matplotlib users look for
    overwrite: bool = False,
) -> Path:
    """Save what was loaded, so that `open_saved` gives it back exactly.

    Parameters
    ----------
    data : xarray.DataTree or xarray.Dataset
        What `pair.load`, `cluster.load`, `pair.align`, `pair.statistics` or `comparison.to_dataset` gave, or one child
        of a tree.
    path : str or Path
        Its suffix tells the format: `.nc`, `.zarr`, `.parquet` or `.csv`. zarr is a folder; Parquet and CSV are a
        folder with one file for each child when a tree is saved, and one file for a Dataset.
    format : {"netcdf", "zarr", "parquet", "csv"}, optional
        Where the suffix does not tell.
    overwrite : bool
        Whether something that was saved there before is replaced.

    Returns
    -------
    Path
        Where it was saved.

    Raises
    ------
    InputError
        If the suffix tells no format, or the data holds what cannot be saved.
    MissingLibraryError
        If the library of this format is not installed.
    SavedFileError
        If there is something already, no folder for it, or it cannot be written.

    Notes
    -----
    It is written beside its place and moved there when whole: there is never half a file. In CSV every NaN is the same
    NaN; all else is exact in all formats. A million scalar samples take about 0.2 s of CPU in netCDF, zarr and Parquet,
    and 2 s in CSV.

    Examples
    --------
    >>> import archredundancy as ar
    >>> from tempfile import TemporaryDirectory
    >>> with ar.demo_pair() as pair, TemporaryDirectory() as folder:
    ...     tree = pair.load("DEMO:VALVE", "2026-05-20", "2026-05-30")
    ...     saved = ar.save(tree, folder + "/valve.csv")
    ...     ar.open_saved(saved).identical(tree)
    True
    """
    path = Path(path)
    kind = check_target(path, format=format, overwrite=overwrite)
    contents = contents_of(data)
    try:
        with written_beside(path) as place:
            writer_of(kind)(contents, place)
    except (OSError, RuntimeError) as error:  # HDF5 tells of a full disk by the latter
        raise SavedFileError(f"cannot write {path}: {error}", path=str(path)) from error
    return path


def check_target(
    path: str | Path,
    *,
    format: Format | str | None = None,  # noqa: A002
    overwrite: bool = False,
) -> Format:
    """Check that `save` may write there, before a long load, and return the format it would choose.

    Parameters
    ----------
    path, format, overwrite
        As for `save`.

    Raises
    ------
    InputError
        If the suffix tells no format.
    MissingLibraryError
        If the library of this format is not installed.
    SavedFileError
        If there is something already that may not be replaced, or no folder for it.
    """
    path = Path(path)
    kind = choose_format(path, format)
    require_library(kind)
    if not path.absolute().parent.is_dir():
        raise SavedFileError(f"there is no folder {path.parent} for {path.name}; make it first", path=str(path))
    if path.exists() and not overwrite:
        raise SavedFileError(f"{path} is there already; choose another name, or overwrite it", path=str(path))
    if path.is_dir() and not _is_ours(path, kind):
        raise SavedFileError(
            f"{path} is a folder that does not hold what save writes there, so it is not replaced; choose another name",
            path=str(path),
        )
    return kind


def open_saved(
    path: str | Path,
    *,
    format: Format | str | None = None,  # noqa: A002
) -> xr.DataTree | xr.Dataset:
    """Return what `save` saved, in memory.

    Parameters
    ----------
    path : str or Path
    format : {"netcdf", "zarr", "parquet", "csv"}, optional
        Where the suffix does not tell.

    Returns
    -------
    xarray.DataTree or xarray.Dataset
        Equal to what was saved, attributes and dtypes included.

    Raises
    ------
    InputError
        If the suffix tells no format.
    MissingLibraryError
        If the library of this format is not installed.
    SavedFileError
        If there is nothing, or nothing that `save` wrote, or it is damaged.
    """
    path = Path(path)
    kind = choose_format(path, format)
    require_library(kind)
    if not path.exists():
        raise SavedFileError(f"there is no {path}; its folder has {_beside(path)}", path=str(path))
    try:
        return reader_of(kind)(path).restore()
    except Exception as error:  # libraries raise what they like over bytes not theirs
        raise SavedFileError(
            f"{path} is no whole {kind} file of archredundancy.save ({type(error).__name__}: {error}); "
            "open files of others with xarray or pandas",
            path=str(path),
        ) from error


def _is_ours(folder: Path, kind: Format) -> bool:
    try:
        reader_of(kind)(folder)
    except Exception:  # noqa: BLE001 - as in open_saved
        return False
    return True


def _beside(path: Path) -> str:
    names = sorted(entry.name for entry in path.parent.glob("*")) if path.parent.is_dir() else []
    return ", ".join(names[:10]) + (", …" if len(names) > 10 else "") if names else "nothing"
