"""What clusters say of a PV's values."""

import pytest

from archredundancy.model import Description, differences, labels_in

FULL = Description(egu="mA", precision=2, limits={"lowerDisplayLimit": 0.0}, labels=("Off", "On"), is_configured=True)


def test_labels_come_in_order_up_to_the_first_that_is_absent():
    """Sixteen states at most have a name in EPICS; sorted as text, 10 would come before 2."""
    metadata = {f"ENUM_{number}": f"state {number}" for number in (11, *range(10, -1, -1), 13)}
    assert labels_in(metadata) == tuple(f"state {number}" for number in range(12))
    assert labels_in({"PREC": "0"}) == labels_in({"ENUM_1": "On"}) == ()


@pytest.mark.parametrize(
    ("text", "precision"), [("3.0", 3), ("0", 0), ("", None), ("NaN", None), ("many", None), (None, None)]
)
def test_headers_tell_a_precision_or_none(text, precision):
    """Appliances write it with a point; rubbish is none."""
    headers = {"EGU": "mm"} | ({} if text is None else {"PREC": text})
    assert Description.from_headers(headers) == Description(egu="mm", precision=precision)


def test_what_one_does_not_tell_comes_from_the_other():
    """Limits as a whole: one that is not set in a configuration is not."""
    assert Description().or_else(FULL) == FULL
    assert FULL.or_else(Description(egu="A", precision=1)) == FULL
    bare = Description(is_configured=True, precision=0)
    joined = bare.or_else(FULL)
    assert (joined.egu, joined.precision, joined.limits, joined.labels) == ("mA", 0, {}, ("Off", "On"))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (FULL, []),
        (Description(), []),
        (Description(egu="A", precision=3), ["egu: primary 'mA', secondary 'A'", "precision: primary 2, secondary 3"]),
        (Description(labels=("Off",)), ["enum labels: primary ['Off', 'On'], secondary ['Off']"]),
        (Description(is_configured=True), ["lowerDisplayLimit: primary 0.0, secondary 'not set'"]),
        (
            Description(is_configured=True, limits={"lowerDisplayLimit": 0.0, "upperCtrlLimit": 5.0}),
            ["upperCtrlLimit: primary 'not set', secondary 5.0"],
        ),
    ],
)
def test_only_what_both_tell_can_differ(other, expected):
    """A limit that is not set in one configuration and set in the other does."""
    assert differences(FULL, other) == expected
