"""Where the site file lies, and reading it from there."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

import platformdirs

from archredundancy.errors import SiteError
from archredundancy.site.reading import parse_site
from archredundancy.site.settings import Site

__all__ = ["FILE_NAME", "VARIABLE", "find_site_file", "load_site", "write_example"]

FILE_NAME = "archredundancy.toml"
#: Names the file, or the folder that holds it.
VARIABLE = "ARCHREDUNDANCY_CONFIG"


def find_site_file() -> Path | None:
    """Return the site file; None where there is none.

    It is the one that the environment variable ARCHREDUNDANCY_CONFIG names, itself or by its folder; else
    `archredundancy.toml` in the working folder, else in the user's configuration folder.

    Raises
    ------
    SiteError
        If the variable names what is not there.
    """
    if named := os.environ.get(VARIABLE):
        path = _inside(Path(named))
        if not path.is_file():
            raise SiteError(f"there is no such file; {VARIABLE} names it", path=str(path))
        return path
    return next((path for path in _usual_places() if path.is_file()), None)


def load_site(path: str | Path | None = None) -> Site:
    """Return what the site file says.

    Parameters
    ----------
    path : str or Path, optional
        The file, or the folder that holds it; by default as `find_site_file` finds it.

    Raises
    ------
    SiteError
        If there is none, or it cannot be used.
    """
    found = find_site_file() if path is None else _inside(Path(path))
    if found is None:
        places = " nor ".join(str(place) for place in _usual_places())
        raise SiteError(
            f"there is no site file: {VARIABLE} is not set, and there is neither {places}; "
            "`archredundancy pairs --init` writes an example"
        )
    try:
        text = found.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SiteError(f"this site file cannot be read: {error}", path=str(found)) from error
    return parse_site(text, found.absolute())


def write_example(path: Path) -> None:
    """Write a commented site file to begin with; what is there already stays as it is.

    Raises
    ------
    SiteError
        If the file exists, or cannot be written.
    """
    text = files("archredundancy.site").joinpath("example.toml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise SiteError("this file exists, and is left as it is; name another one", path=str(path)) from error
    except OSError as error:
        raise SiteError(f"the example cannot be written: {error}", path=str(path)) from error


def _inside(path: Path) -> Path:
    return path / FILE_NAME if path.is_dir() else path


def _usual_places() -> tuple[Path, ...]:
    return Path.cwd() / FILE_NAME, platformdirs.user_config_path("archredundancy") / FILE_NAME
