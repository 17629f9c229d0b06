"""Where the site file is looked for."""

import pytest

from archredundancy.errors import SiteError
from archredundancy.site import FILE_NAME, VARIABLE, find_site_file, load_site, write_example

TEXT = '[pairs.{}]\nprimary.retrieval = "http://p"\nsecondary.retrieval = "http://s"\n'


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Return a function that puts a file into a place; all three are empty to begin with."""
    folders = {name: tmp_path / name for name in ("named", "working", "user")}
    for folder in folders.values():
        folder.mkdir()
    monkeypatch.chdir(folders["working"])
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: folders["user"])

    def put(place):
        (folders[place] / FILE_NAME).write_text(TEXT.format(place))
        return folders[place]

    return put


def test_the_nearest_file_wins(places, monkeypatch):
    """The variable before the working folder before the user's; the variable may name the file or its folder."""
    assert find_site_file() is None
    places("user")
    assert load_site().pair().name == "user"
    places("working")
    assert load_site().pair().name == "working"
    named = places("named")
    for value in (named, named / FILE_NAME):
        monkeypatch.setenv(VARIABLE, str(value))
        assert load_site().pair().name == "named"


def test_a_variable_that_misleads_is_not_passed_over(places, monkeypatch, tmp_path):
    """What it names must be there, though there may be another file."""
    places("working")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "gone.toml"))
    with pytest.raises(SiteError, match=r"gone\.toml: there is no such file; ARCHREDUNDANCY_CONFIG names it"):
        load_site()


@pytest.mark.usefixtures("places")
def test_no_file_is_told_with_all_places():
    """The message says where it was looked for, and how to begin."""
    with pytest.raises(SiteError, match=r"neither .*working.* nor .*user.*pairs --init") as caught:
        load_site()
    assert caught.value.path == ""


def test_a_file_can_be_named(places, tmp_path):
    """By its path or its folder's; settings then know it by its absolute path."""
    folder = places("named")
    assert load_site(folder).path == load_site("../named").path.resolve() == folder / FILE_NAME
    with pytest.raises(SiteError, match="cannot be read"):
        load_site(tmp_path / "gone.toml")
    (folder / FILE_NAME).write_bytes(b"\xff")
    with pytest.raises(SiteError, match="cannot be read"):
        load_site(folder)


def test_an_example_is_written_once(tmp_path):
    """It can be loaded, and nothing is ever overwritten."""
    path = tmp_path / FILE_NAME
    write_example(path)
    assert load_site(path).pair().name == "sr"
    path.write_text("mine")
    with pytest.raises(SiteError, match="exists, and is left as it is"):
        write_example(path)
    assert path.read_text() == "mine"
    with pytest.raises(SiteError, match="cannot be written"):
        write_example(tmp_path / "no" / FILE_NAME)
