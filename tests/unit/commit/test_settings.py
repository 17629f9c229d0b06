"""Where clusters are asked when the site file is gone, or means others by now."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from archredundancy.commit import PairUrls
from archredundancy.errors import CommitError, InputError, SiteError
from archredundancy.site import load_site

PLAIN = """
[pairs.sr]
primary.management = "http://p:17665"
secondary.management = "http://s:17665"
secondary.retrieval = "http://s:17668/proxied"
secondary.timeout = 7.0
secondary.members.s0.retrieval = "http://s0:17668"
"""


def site_file(folder: Path, text: str) -> Path:
    file = folder / "site.toml"
    file.write_text(text)
    return file


def urls_of(file: Path) -> PairUrls:
    """Return what a run folder holds of a pair, as it comes back from there."""
    return PairUrls(**json.loads(json.dumps(asdict(PairUrls.from_settings(load_site(file).pair("sr"))))))


@pytest.mark.parametrize("change", ["gone", "damaged", "others", "renamed"])
def test_without_headers_the_clusters_are_found_all_the_same(change: str, tmp_path: Path) -> None:
    """All that the file said of how to ask them is in the run folder; who recovers is told."""
    file = site_file(tmp_path, PLAIN)
    before, urls = load_site(file).pair("sr"), urls_of(file)
    spoil(file, change)
    told: list[str] = []
    found = urls.site_settings(told.append)
    assert found is not None
    assert (found.primary, found.secondary) == (before.primary, before.secondary)
    (text,) = told
    assert "asked as when the run was begun: http://p:17665 and http://s:17665" in text


@pytest.mark.parametrize("change", ["gone", "others"])
def test_a_new_run_does_not_fall_back(change: str, tmp_path: Path) -> None:
    """Only who recovers or verifies is better off with the old clusters than with none."""
    file = site_file(tmp_path, PLAIN)
    urls = urls_of(file)
    spoil(file, change)
    with pytest.raises(SiteError if change == "gone" else CommitError):
        urls.site_settings()


def test_headers_are_never_in_a_run_folder(tmp_path: Path) -> None:
    """Neither what they hold nor that there are any; so the site file is needed, and its error stands."""
    file = site_file(tmp_path, PLAIN + 'primary.headers.Authorization = "Bearer very-secret"\n')
    urls = urls_of(file)
    assert urls.clusters is None
    assert "very-secret" not in json.dumps(asdict(urls))
    file.unlink()
    told: list[str] = []
    with pytest.raises(SiteError):
        urls.site_settings(told.append)
    assert told == []


def test_a_file_that_still_tells_of_them_is_read_anew(tmp_path: Path) -> None:
    """A time-out that was changed since counts, and nobody is told anything."""
    file = site_file(tmp_path, PLAIN)
    urls = urls_of(file)
    file.write_text(PLAIN.replace("7.0", "9.0"))
    told: list[str] = []
    found = urls.site_settings(told.append)
    assert found is not None and found.secondary.timeout == 9.0 and told == []


def spoil(file: Path, change: str) -> None:
    if change == "gone":
        file.unlink()
    else:
        texts = {
            "damaged": "[pairs",
            "others": PLAIN.replace("//p:", "//q:"),
            "renamed": PLAIN.replace("pairs.sr", "pairs.other"),
        }
        file.write_text(texts[change])


def test_a_primary_that_has_moved_is_asked_as_the_site_file_says_now(tmp_path: Path) -> None:
    """Its new URL has to be there; all else of the file counts, too, and is kept for the case that it is gone."""
    file = site_file(tmp_path, PLAIN)
    urls = urls_of(file)
    with pytest.raises(CommitError, match="put the new URL there first, and give it as it is written there"):
        urls.moved_to("http://q:17665")
    site_file(tmp_path, PLAIN.replace("http://p:17665", "http://q:17665"))
    moved = urls.moved_to("http://q:17665")
    assert (moved.primary, moved.secondary) == ("http://q:17665", urls.secondary)
    assert moved == urls_of(file)
    site_file(tmp_path, PLAIN.replace("//p:", "//q:").replace("//s:17665", "//t:17665"))
    with pytest.raises(CommitError, match="http://t:17665"):
        urls.moved_to("http://q:17665")


def test_a_primary_that_has_moved_is_asked_by_its_url_where_there_is_no_site_file() -> None:
    """A secret in it is refused, as ever."""
    urls = PairUrls(primary="http://p:17665", secondary="http://s:17665", fixed_now=3)
    assert urls.moved_to("http://q:17665") == PairUrls(
        primary="http://q:17665", secondary="http://s:17665", fixed_now=3
    )
    with pytest.raises(InputError, match="a run folder holds no secrets"):
        urls.moved_to("http://me:secret@q:17665")
