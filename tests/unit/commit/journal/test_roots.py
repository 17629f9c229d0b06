"""Between which folders a PV is moved."""

import pytest

from archredundancy.commit.journal.roots import Roots, beside
from archredundancy.errors import CommitError
from archredundancy.plan import Root

URL = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR&pp=mean"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (URL, URL.replace("_FOLDER}", "_FOLDER}_x")),
        ("pb://localhost?rootFolder=/lts/&name=LTS", "pb://localhost?rootFolder=/lts_x&name=LTS"),
        ("pb://localhost?rootFolder=%2Flts", "pb://localhost?rootFolder=%2Flts_x"),
    ],
)
def test_a_folder_beside_differs_in_its_name_alone(url: str, expected: str) -> None:
    """Everything else in the URL stays as it is written."""
    assert beside(url, "_x") == expected


def test_a_store_without_a_folder_has_none_beside() -> None:
    """That is told, with what to do."""
    with pytest.raises(CommitError, match="give it a rootFolder"):
        beside("blackhole://localhost?name=LTS", "_x")


@pytest.mark.parametrize("root", Root)
def test_the_refuge_is_never_what_is_filled(root: Root) -> None:
    """What the PV had is kept apart from where new files are written, and one of the two is where it was."""
    roots = Roots.of_rebuild(URL, root, "7f3a-91c2", owner="", type_info="")
    assert roots.refuge != roots.goal
    assert URL in (roots.refuge, roots.goal)
    assert roots.moves_files == (root is Root.SAME)
