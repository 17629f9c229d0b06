"""The project files agree with the package beside them."""

import tomllib
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def project(checkout: Path) -> dict:
    """What pyproject.toml says."""
    return tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))


def test_every_folder_of_the_package_is_listed(checkout: Path, project: dict) -> None:
    """setuptools installs only listed packages: each folder with an `__init__` is listed, and nothing else is."""
    found = {init.parent.relative_to(checkout) for init in (checkout / "archredundancy").rglob("__init__.py")}
    assert {".".join(folder.parts) for folder in found} == set(project["tool"]["setuptools"]["packages"])


def test_conda_has_the_same_set(checkout: Path, project: dict) -> None:
    """environment.yml asks for what the core and the extras ask for, with the same lower bounds."""
    renamed = {"matplotlib": "matplotlib-base", "dask": "dask-core", "tzdata": "python-tzdata"}
    wanted = set()
    for requirements in [project["project"]["dependencies"], *project["project"]["optional-dependencies"].values()]:
        for requirement in requirements:
            name, _, bound = requirement.partition(">=")
            if not name.startswith("archredundancy["):
                wanted.add(f"{renamed.get(name, name)}>={bound}")
    lines = (checkout / "environment.yml").read_text("utf-8").splitlines()
    listed = {line.strip(" -") for line in lines if ">=" in line}
    assert listed == wanted
