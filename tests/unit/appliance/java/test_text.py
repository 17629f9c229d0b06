"""Numbers and strings as Java prints them."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.appliance.java.text import double_text, escape_json, float_text, hash_order, json_text

DOUBLES = [
    (0.0, "0.0"),
    (-0.0, "-0.0"),
    (1.0, "1.0"),
    (-2.5, "-2.5"),
    (100.0, "100.0"),
    (9999999.0, "9999999.0"),
    (1e7, "1.0E7"),
    (123456789.0, "1.23456789E8"),
    (0.001, "0.001"),
    (0.00099, "9.9E-4"),
    (2e-3, "0.002"),
    (2e23, "2.0E23"),
    (1.7976931348623157e308, "1.7976931348623157E308"),
    (5e-324, "4.9E-324"),
    (float("inf"), "Infinity"),
    (float("-inf"), "-Infinity"),
]
FLOATS = [(0.1, "0.1"), (16777216.0, "1.6777216E7"), (3.4028235e38, "3.4028235E38"), (1.4e-45, "1.4E-45")]


@pytest.mark.parametrize(("value", "text"), DOUBLES)
def test_doubles_print_as_in_java(value, text):
    """Between 0.001 and ten million there is no exponent; there are two digits at least."""
    assert double_text(value) == text


@pytest.mark.parametrize(("value", "text"), FLOATS)
def test_floats_print_with_their_own_shortest_digits(value, text):
    """A float has fewer digits than the double it is stored in."""
    assert float_text(struct.unpack("<f", struct.pack("<f", value))[0]) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_can_be_read_back(value):
    """What is printed is that double again, sign of zero included."""
    assert struct.pack("<d", float(double_text(value))) == struct.pack("<d", value)


@given(st.text(st.characters(codec="utf-16")))
def test_escaped_strings_are_json(text):
    """A string escaped as json-simple does is read back by any reader of JSON."""
    assert json.loads(f'"{escape_json(text)}"') == text


def test_more_is_escaped_than_json_asks_for():
    """A slash, DEL, the C1 controls and general punctuation are escaped, with capital digits."""
    assert escape_json("/\x7f\x9f\u2028\u00e9") == "\\/\\u007F\\u009F\\u2028\u00e9"


def test_json_has_no_numbers_that_are_not_finite():
    """The management prints NaN as null, unlike getData.json."""
    assert json_text([float("nan"), 1e-4, 7, "7"]) == '[null,1.0E-4,7,"7"]'


def test_keys_come_in_the_order_of_a_hash_map():
    """The order follows the hashes, not the order of insertion."""
    assert hash_order(["PREC", "EGU"]) == hash_order(["EGU", "PREC"]) == ["EGU", "PREC"]


def test_a_hash_map_grows_before_it_is_full():
    """From 13 keys on a HashMap has 32 buckets, so that letters are no more told apart by four bits alone."""
    assert hash_order(["a", "q", "b"]) == ["a", "q", "b"]
    grown = hash_order(["a", "q", "b", *"CDEFGHIJKL"])
    assert grown.index("b") < grown.index("q")
