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


def test_the_decision_shows_the_layers(checkout: Path, project: dict) -> None:
    """The page on layers lists them as import-linter reads them."""
    contracts = {contract["id"]: contract for contract in project["tool"]["importlinter"]["contracts"]}
    page = (checkout / "docs" / "explanations" / "decisions" / "0001-layers.md").read_text("utf-8")
    assert "```text\n" + "\n".join(contracts["layers"]["layers"]) + "\n```" in page


def test_folders_with_folders_have_layers(checkout: Path, project: dict) -> None:
    """Each folder that has subfolders has an exhaustive contract for the order in them."""
    package = checkout / "archredundancy"
    found = {init.parent.parent.name for init in package.glob("*/*/__init__.py")}
    contracts = [contract for contract in project["tool"]["importlinter"]["contracts"] if contract.get("exhaustive")]
    assert {f"archredundancy.{name}" for name in found} <= {each["containers"][0] for each in contracts}
