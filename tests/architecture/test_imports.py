"""Start-up stays cheap: who imports what, seen from outside in a fresh interpreter."""

import subprocess
import sys

import pytest

import archredundancy

HEAVY = {"dask", "distributed", "httpx", "ipywidgets", "matplotlib", "pandas", "starlette", "uvicorn", "xarray"}


def loaded_by(code: str) -> set[str]:
    """Top-level names of the modules that a fresh interpreter holds after running the code."""
    script = f"import sys\n{code}\nprint('loaded:', *sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=50)
    listing = result.stdout.rpartition("loaded:")[2]
    return {name.partition(".")[0] for name in listing.split()}


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`import archredundancy` loads no numpy, pandas, xarray, plotting, widget, network or dask library."""
    assert loaded_by("import archredundancy").isdisjoint(HEAVY | {"numpy"})


def test_help_of_the_command_line_loads_nothing_heavy() -> None:
    """`archredundancy --help` needs click and none of the libraries that cost start-up time."""
    code = (
        "import contextlib\n"
        "from archredundancy.cli import main\n"
        "sys.argv = ['archredundancy', '--help']\n"
        "with contextlib.suppress(SystemExit): main()\n"
    )
    assert loaded_by(code).isdisjoint(HEAVY | {"numpy"})


def test_start_up_stays_lazy_below_the_root() -> None:
    """Loading one public name loads its home and not the homes of the others."""
    assert loaded_by("import archredundancy; archredundancy.ArchRedundancyError").isdisjoint(HEAVY)


@pytest.mark.parametrize("name", archredundancy.__all__)
def test_each_public_name_resolves(name: str) -> None:
    """Each name of `__all__` can be had from the root, and `dir` shows it."""
    assert getattr(archredundancy, name) is not None
    assert name in dir(archredundancy)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that is not public gives the AttributeError that Python expects of a module."""
    with pytest.raises(AttributeError, match="no attribute 'merge_in_data'"):
        archredundancy.merge_in_data  # noqa: B018
