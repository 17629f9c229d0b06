"""What real appliances were seen to answer (appliance.md B), of the embedded one."""

import json

import pytest

YEARS = ("2023-01-01", "2025-01-01")
WINDOW = {"from": "2024-06-01T00:00:00Z", "to": "2024-06-02T00:00:00Z"}


@pytest.fixture
def side(bench):
    """The primary with a PV of two stores."""
    bench.primary.add(STS="DAY", LTS="MONTH")
    return bench.primary


ERRORS = {
    "no time": ({"from": "yesterday"}, "raw", 500, b"could not be parsed"),
    "a date alone": ({"from": "2024-06-01"}, "raw", 500, b"could not be parsed"),
    "no seconds": ({"from": "2024-06-01T00:00Z"}, "raw", 500, b"could not be parsed"),
    "an end before the start": ({"to": "2024-05-01T00:00:00Z"}, "raw", 400, b"is before start"),
    "no PV": ({"pv": None}, "raw", 400, b"PV name is null."),
    "an unknown PV": ({"pv": "nosuch"}, "raw", 404, b"Unable to find typeinfo for pv nosuch"),
    "an unknown form": ({}, "nosuch", 200, b""),
    "a PV without samples, as JSON": ({"pv": "X:none"}, "json", 200, b"[ \n ]\n"),
    "a PV without samples, raw": ({"pv": "X:none"}, "raw", 200, b""),
}


@pytest.mark.parametrize(("changes", "form", "status", "said"), ERRORS.values(), ids=ERRORS)
def test_the_table_of_errors_holds(side, changes, form, status, said):
    """Each way to ask badly has its status and its words (B.1)."""
    side.add("X:none")
    parameters = {key: value for key, value in ({"pv": "X:Y"} | WINDOW | changes).items() if value is not None}
    got, body = side.ask(f"/retrieval/data/getData.{form}", **parameters)
    assert got == status
    assert body == said if status == 200 else said in body


def test_an_unknown_method_is_refused(side):
    """Only getData and its kin are calls of the data servlet (B.1)."""
    status, page = side.ask("/retrieval/data/getNothing.raw", pv="X:Y", **WINDOW)
    assert (status, b"is not a valid API method" in page) == (400, True)


@pytest.mark.parametrize(("pp", "status"), [("nosuch", 200), ("firstSample_many", 404)])
def test_an_unknown_post_processor_is_not_applied_a_bad_argument_is_refused(side, pp, status):
    """The first gives raw data, HTTP 200; the second HTTP 404 (B.1)."""
    side.write("2024-06-01T00:00:01", "2024-06-01T00:00:02")
    got, body = side.ask("/retrieval/data/getData.raw", pv="X:Y", pp=pp, **WINDOW)
    assert got == status
    assert status != 200 or body == side.get(*WINDOW.values())


def test_one_old_file_in_the_first_store_hides_the_others(bench):
    """A store whose first sample lies before the window is the last one asked (B.2)."""
    bench.primary.add(STS="HOUR", MTS="DAY", LTS="MONTH")
    bench.primary.write("2024-03-01")
    bench.primary.write("2024-05-01", store="MTS")
    bench.primary.write("2024-06-01T00:00", store="STS")
    assert bench.primary.times("2024-02-01", "2024-07-01") == ["2024-03-01", "2024-05-01", "2024-06-01"]
    bench.primary.write("2024-01-01T00:00", store="STS")
    assert bench.primary.times("2024-02-01", "2024-07-01") == ["2024-01-01", "2024-06-01"]


def test_a_flag_is_looked_at_after_the_stores_are_chosen(bench):
    """One old file in STS, and SKIP_STS_FOR_RETRIEVAL: nothing at all is answered (B.2)."""
    bench.primary.add(STS="HOUR", LTS="MONTH")
    bench.primary.write("2024-03-01")
    bench.primary.write("2024-01-01T00:00", store="STS")
    bench.primary.call("setNamedFlag", name="SKIP_STS_FOR_RETRIEVAL", value="true")
    assert bench.primary.times("2024-02-01", "2024-07-01") == []
    assert bench.primary.times("2023-01-01", "2024-07-01") == ["2024-03-01"]


def test_an_older_store_that_is_ahead_hides_samples_of_the_younger_one(side):
    """Streams are joined, not merged: what is not later than the last sample sent is left out (B.3)."""
    side.write("2024-06-01", "2024-06-05")
    side.write("2024-06-03", "2024-06-04", "2024-06-06", store="STS")
    assert side.times() == ["2024-06-01", "2024-06-05", "2024-06-06"]


def test_a_sample_at_the_start_comes_alone(side):
    """If a sample lies exactly at the start of the window, none before it is sent (B.4)."""
    side.write("2024-06-01", "2024-06-02", "2024-06-03")
    assert side.times("2024-06-02", "2024-06-03") == ["2024-06-02", "2024-06-03"]
    assert side.times("2024-06-02T00:00:01", "2024-06-02T12:00:00") == ["2024-06-02"]


def test_both_ends_of_a_window_are_inside_to_the_nanosecond(side):
    """A sample a nanosecond after the end is not sent (B.4)."""
    side.write("2024-06-01", "2024-06-01T00:00:00.000000001", "2024-06-01T00:00:00.000000002")
    window = ("2024-06-01T00:00:00.000000001", "2024-06-01T00:00:00.000000001")
    assert side.times(*window) == ["2024-06-01T00:00:00.000000001"]


def test_the_sample_before_a_window_is_not_always_the_newest(side):
    """Each stream offers one and the last one offered wins, here an old one of the younger store (B.4)."""
    side.write("2024-06-05", "2024-06-20")
    side.write("2024-06-01", store="STS")
    side.write("2024-06-15", store="STS")
    assert side.times("2024-06-10", "2024-06-30")[0] == "2024-06-01"


def test_a_window_in_the_last_second_gets_the_last_sample(side):
    """From ..:59.1 to ..:59.9 of a partition its last sample comes, though it lies after the window (A.2, B.4)."""
    side.write("2024-06-30T23:59:59.05", "2024-06-30T23:59:59.5", "2024-06-30T23:59:59.95")
    assert side.times("2024-06-30T23:59:59.1", "2024-06-30T23:59:59.9") == ["2024-06-30T23:59:59.95"]


def test_a_raw_answer_over_new_year_repeats_headers(bench):
    """Each year and store may begin with a header of its own, blank lines between them (B.5)."""
    bench.primary.add(LTS="YEAR")
    times = ["2023-12-31T22:00:00", "2023-12-31T23:00:00", "2024-01-01T01:00:00", "2024-01-01T02:00:00"]
    bench.primary.write(*times)
    assert bench.primary.years("2023-12-31", "2024-01-02") == [(2023, 0), (2023, 2), (2023, 0), (2024, 0), (2024, 2)]
    assert bench.primary.times("2023-12-31", "2024-01-02") == times


def test_the_header_of_an_answer_has_unit_and_precision(bench):
    """EGU and PREC come from the type info, whatever the file says (B.5)."""
    info = {"pvName": "X:Y", "units": "mA", "precision": "2.0", "paused": "true"}
    bench.primary.add()
    stores = [url.text for url in bench.primary.appliance.type_info("X:Y").stores]
    bench.primary.appliance.add_pv(info | {"dataStores": stores})
    bench.primary.write("2024-06-01")
    (answer,) = json.loads(bench.primary.get(form="json"))
    assert answer["meta"] == {"name": "X:Y", "EGU": "mA", "PREC": "2"}


def test_json_has_bare_words_for_what_is_no_number(side):
    """NaN and Infinity stand there bare, which is no JSON (B.6)."""
    side.write("2024-06-01", "2024-06-02", values=[float("nan"), float("inf")])
    body = side.get(form="json")
    assert b'"val":NaN' in body.replace(b" ", b"")
    assert b'"val":Infinity' in body.replace(b" ", b"")


def count(side, *window):
    """Return what ncount answers."""
    return side.values(*window, pv="ncount(X:Y)")


def test_ncount_counts_twice_over_years_and_stores(bench):
    """4 samples over New Year are 5, and 6 with the next New Year as the end (0.10, B.8)."""
    bench.primary.add(LTS="YEAR")
    bench.primary.write("2023-12-31", "2023-12-31T12:00", "2024-01-01T12:00", "2024-01-02")
    assert len(bench.primary.times("2023-12-31", "2024-06-01")) == 4
    assert count(bench.primary, "2023-12-31", "2024-06-01") == [5]
    assert count(bench.primary, "2023-12-31", "2025-01-01") == [6]
    assert count(bench.primary, "2024-01-01T01:00", "2024-06-01") == [2]


def test_ncount_over_three_stores_is_too_much(bench):
    """Each store's sample before the window counts again if it lies inside it: 5 samples are 8 (B.8)."""
    bench.primary.add(STS="HOUR", MTS="DAY", LTS="YEAR")
    bench.primary.write("2024-05-01", "2024-05-02")
    bench.primary.write("2024-06-01", "2024-06-02", store="MTS")
    bench.primary.write("2024-06-03T00:00", store="STS")
    assert count(bench.primary, "2024-01-01", "2024-07-01") == [5]
