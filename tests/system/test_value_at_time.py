"""What each cluster and the union held at one instant, over the network."""

import numpy as np
import pytest

import archredundancy as ar
from archredundancy.errors import InputError

IN_GAP = "2026-10-02T06:00"


@pytest.fixture(scope="module")
def pair():
    """An embedded pair for all tests of this module; they only read."""
    with ar.demo_pair() as pair:
        yield pair


def test_a_gap_of_one_side_is_not_covered_there(pair):
    """The last sample before the gap does not pass for the value; the secondary's does, for it and for the union."""
    table = pair.at("DEMO:CURRENT", IN_GAP)
    theirs = pair.secondary.load("DEMO:CURRENT", "2026-10-02T05:00", IN_GAP)
    assert table.index.tolist() == [("DEMO:CURRENT", name) for name in ("primary", "secondary", "merged")]
    assert table["value"].tolist() == [None, *[theirs.value.values[-1]] * 2]
    assert table["time"].tolist()[1:] == [theirs.time.values[-1]] * 2
    assert np.isnat(table["time"].values[0])
    assert table["severity"].tolist() == [-1, *[theirs.severity.values[-1]] * 2]
    assert table["quality"].tolist() == ["not covered", "held", "held"]
    assert table["time"].dtype == np.dtype("datetime64[ns]")


def test_where_both_sides_were_there_all_agree(pair):
    """And it is what aligning gives."""
    when = "2026-10-01T12:00"
    table = pair.at("DEMO:CURRENT", when)
    assert table["quality"].tolist() == ["held"] * 3
    assert table["value"].tolist() == [pair.align("DEMO:CURRENT", [when])["DEMO:CURRENT"].values[0]] * 3


def test_every_type_comes_as_an_object_of_python(pair):
    """Numbers, texts, bytes, arrays and lists of texts, equal to what is loaded."""
    table = pair.at("DEMO:TYPE:*", "2026-11-01T12:00")
    found = {pv.removeprefix("DEMO:TYPE:"): table.loc[(pv, "merged"), "value"] for pv in pair.search("DEMO:TYPE:*")}
    assert {name: type(value).__name__ for name, value in found.items()} == {
        "SCALAR_BYTE": "int", "SCALAR_DOUBLE": "float", "SCALAR_ENUM": "int", "SCALAR_FLOAT": "float",
        "SCALAR_INT": "int", "SCALAR_SHORT": "int", "SCALAR_STRING": "str", "V4_GENERIC_BYTES": "bytes",
        "WAVEFORM_BYTE": "ndarray", "WAVEFORM_DOUBLE": "ndarray", "WAVEFORM_ENUM": "ndarray",
        "WAVEFORM_FLOAT": "ndarray", "WAVEFORM_INT": "ndarray", "WAVEFORM_SHORT": "ndarray",
        "WAVEFORM_STRING": "list",
    }  # fmt: skip
    loaded = pair.load("DEMO:TYPE:WAVEFORM_INT", "2026-11-01", "2026-11-01T12:00")["merged"].to_dataset().isel(time=-1)
    assert found["WAVEFORM_INT"].tolist() == loaded.value.values[: int(loaded["length"])].tolist()


def test_a_pv_that_nobody_knows_has_rows_with_the_reason(pair):
    """It costs the others nothing."""
    table = pair.at(["NO:SUCH", "DEMO:VALVE"], "2026-05-25")
    assert table.loc["NO:SUCH", "quality"].tolist() == ["unknown"] * 3
    assert "not known to have a PV" in table.loc[("NO:SUCH", "merged"), "failure"]
    assert table.loc["DEMO:VALVE", "quality"].tolist() == ["held"] * 3


def test_a_hole_of_both_shows_only_in_what_is_read_around_it(pair):
    """Two archivers that were stopped together: nobody knows the value in between, if the samples after it are read."""
    with ar.ClusterPair(pair.primary, pair.primary, fixed_now=pair.fixed_now) as alike:
        assert alike.at("DEMO:CURRENT", IN_GAP).quality.tolist() == ["unknown"] * 3
        assert alike.align("DEMO:CURRENT", [IN_GAP]).quality.values.tolist() == [[0]]
        assert alike.at("DEMO:CURRENT", IN_GAP, around="1min").quality.tolist() == ["held"] * 3


def test_what_cannot_be_done_is_refused(pair):
    """The caller's mistakes are errors at once."""
    with pytest.raises(InputError, match="parallel=0"):
        pair.at("DEMO:*", "now", parallel=0)
    with pytest.raises(InputError, match="a length of 0 is not possible"):
        pair.at("DEMO:*", "now", around=0)
