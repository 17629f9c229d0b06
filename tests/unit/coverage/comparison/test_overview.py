"""What a comparison tells without its samples."""

import json

import numpy as np
import pytest

from archredundancy.coverage import Comparison, Overview, compare_evidence
from archredundancy.display.html_parts import page_html
from archredundancy.model import FailureKind, ReadFailure, TimeRange
from archredundancy.testing.handmade.evidence import STORES_HALF_A_YEAR, make_evidence, make_side

S = 1_000_000_000
EVERY_SECOND = list(range(100))
LOSSY = [second for second in EVERY_SECOND if not 20 <= second < 50 and second != 70]


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """A primary with a gap, a dropout, a conflict, and a part that could not be read."""
    failure = ReadFailure(range=TimeRange(start=90 * S, end=100 * S), kind=FailureKind.TIMEOUT, message="si<l>ent")
    primary = make_side("primary", (0, 100), LOSSY, [0.0 if each else 7.0 for each in LOSSY], failures=[failure])
    secondary = make_side("secondary", (0, 100), EVERY_SECOND, [0.0] * 100, stores=STORES_HALF_A_YEAR)
    return compare_evidence(make_evidence(primary, secondary))


def test_an_overview_says_what_the_comparison_says(comparison):
    """Text, HTML and numbers are the same; only the samples are gone."""
    overview = comparison.overview()
    assert type(overview) is Overview
    assert not hasattr(overview, "union")
    assert repr(overview) == repr(comparison)
    assert overview.to_html() == comparison.to_html()
    assert comparison.to_json() == overview.to_json() | {"conflicts": ["1970-01-01T00:00:00.000000000Z"]}


def test_known_stands_beside_covered(comparison):
    """The fraction is of what is known, and NaN where nothing is."""
    side = comparison.summary.primary
    assert (side.known_seconds, side.covered_seconds) == (90, 60)
    assert side.covered_fraction == pytest.approx(2 / 3)
    nothing = compare_evidence(
        make_evidence(make_side("primary", (0, 1), [], created=5), make_side("secondary", (0, 1), [], created=5))
    )
    assert np.isnan(nothing.summary.primary.covered_fraction)


def test_flat_numbers_have_the_side_in_their_name(comparison):
    """A row of a table of many PVs."""
    numbers = comparison.summary.to_dict()
    assert (numbers["primary_gaps"], numbers["secondary_gaps"], numbers["conflicts"]) == (1, 0, 1)
    assert next(iter(numbers)) == "pv"


def test_dropouts_are_a_table_of_rates(comparison):
    """One row a side; the hour is one of known time."""
    table = comparison.dropouts.to_dataframe()
    assert table.cluster.tolist() == ["primary", "secondary"]
    assert table.samples.tolist() == [1, 0]
    assert table.per_known_hour[0] == pytest.approx(3600 / 90)
    assert str(table.expires_at.dtype) == "datetime64[ns]"
    assert table.expires_at.isna().tolist() == [False, True]


def test_json_is_plain_and_its_keys_are_stable(comparison):
    """Programs rely on these keys; docs/reference/comparison-json.md explains them."""
    document = json.loads(json.dumps(comparison.to_json()))
    assert list(document) == [
        "schema", "pv", "egu", "start", "end", "now", "verdict", "summary", "gaps", "dropouts", "enrichment",
        "sampling", "who", "coverage",
        "not_read", "notes", "conflicts",
    ]  # fmt: skip
    assert document["who"]["only_secondary"] == [["1970-01-01T00:00:20.000000000Z", "1970-01-01T00:00:50.000000000Z"]]
    assert document["dropouts"]["primary"]["samples"] == 1
    assert document["coverage"]["primary"][0]["state"] == "active"
    assert document["gaps"][0]["explanation"].endswith("the secondary stored 30 samples.")
    assert document["summary"]["first_conflict_at"] == "1970-01-01T00:00:00.000000000Z"


@pytest.mark.parametrize("width", [60, 80, 120])
def test_text_fits_the_terminal(comparison, width):
    """Lines are as long as asked, unless a single word or the heading is longer."""
    lines = comparison.to_text(width).splitlines()
    assert all(len(line) <= max(width, 80) for line in lines)
    assert comparison.to_text(200).split() == comparison.to_text(width).split()


def test_html_is_static_and_takes_its_colours_from_the_reader(comparison):
    """No script, nothing from elsewhere, no colour of ours on text or ground, and foreign text escaped."""
    html = comparison.to_html()
    assert "<script" not in html
    assert "http" not in html
    assert "color" not in html
    assert "background" not in html
    assert "si&lt;l&gt;ent" in html


def test_a_page_follows_light_and_dark(comparison):
    """As a file it is a whole document that leaves the colours to the browser's choice."""
    page = page_html(comparison.pv, comparison.to_html())
    assert page.startswith("<!doctype html>")
    assert "color-scheme:light dark" in page
    assert '<meta charset="utf-8">' in page


def test_tables_tell_themselves_in_a_line(comparison):
    """However many rows there are; in a notebook the first and last of them are shown."""
    assert repr(comparison.gaps) == "<Gaps of T:PV: 1 of the primary, 0 of the secondary; 30 samples to gain>"
    assert repr(comparison.dropouts.primary) == "<Dropouts of primary: 1 sample in 1 run, 40 an hour>"
    assert repr(comparison.sampling).startswith("<Sampling ")
    assert len(repr(comparison.dropouts).splitlines()) == 1
    for table in (comparison.gaps, comparison.dropouts, comparison.dropouts.primary):
        assert "<table" in table._repr_html_()
