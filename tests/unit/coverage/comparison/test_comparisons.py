"""Tables of many comparisons."""

import gc
import json

import numpy as np
import pytest

from archredundancy.coverage import Comparisons, FailedPV, Overview, compare_evidence
from archredundancy.errors import InputError, UnknownPVError
from archredundancy.model import Evidence, FailureKind, ReadFailure, TimeRange
from archredundancy.testing.handmade.evidence import STORES_FOR_EVER, STORES_HALF_A_YEAR, make_evidence, make_side

S = 1_000_000_000
DAY = 86400
WINDOW = TimeRange(start=0, end=3 * DAY * S)


def overview(pv, lacking=(), *, value=0.0, stores=STORES_FOR_EVER, conflict=False, failures=()) -> Overview:
    """One sample an hour at both sides; the primary lacks some, whose value is another one."""
    hours = list(range(0, 3 * DAY, 3600))
    values = [value if hour in lacking else 0.0 for hour in hours]
    kept = [hour for hour in hours if hour not in lacking]
    primary = make_side("primary", (0, 3 * DAY), kept, [5.0 * (conflict and not hour) for hour in kept],
                        failures=failures)  # fmt: skip
    secondary = make_side("secondary", (0, 3 * DAY), hours, values, stores=stores)
    evidence = make_evidence(primary, secondary)
    renamed = Evidence(pv=pv, asked=WINDOW, now=evidence.now, primary=primary, secondary=secondary)
    return compare_evidence(renamed, min_gap=0).overview()


EARLY, LATE = (3600, 7200), (2 * DAY, 2 * DAY + 3600)
TIMEOUT = ReadFailure(range=TimeRange(start=0, end=S), kind=FailureKind.TIMEOUT, message="silent")


@pytest.fixture(scope="module")
def table() -> Comparisons:
    """Six PVs of all kinds, given in an order that is not theirs, and one that failed."""
    error = UnknownPVError("nobody knows 'X<Y'", pv="X<Y", url="http://127.0.0.1/")
    return Comparisons.of(
        [
            overview("WHOLE"),
            overview("UNREAD", failures=[TIMEOUT]),
            overview("CONFLICT", conflict=True),
            overview("FOR:EVER:WRONG", EARLY, value=1.0),
            overview("FOR:EVER", (*EARLY, *LATE)),
            FailedPV.from_error("X<Y", error),
            overview("EXPIRES:LATER", LATE, value=1.0, stores=STORES_HALF_A_YEAR),
            overview("EXPIRES:FIRST", EARLY, stores=STORES_HALF_A_YEAR),
        ],
        WINDOW,
        3 * DAY * S,
    )


def test_the_worst_comes_first(table):
    """By expiry, then by how long the primary is wrong, then by what is to gain, then what was not read."""
    assert [each.pv for each in table] == [
        "EXPIRES:FIRST", "EXPIRES:LATER", "FOR:EVER:WRONG", "FOR:EVER", "UNREAD", "CONFLICT", "WHOLE",
    ]  # fmt: skip


def test_a_comparison_is_found_by_name_and_by_place(table):
    """And one that failed tells why there is none."""
    assert table["EXPIRES:FIRST"] is table[0]
    assert len(table) == 7
    assert "WHOLE" in table
    assert "X<Y" not in table
    with pytest.raises(InputError, match="no comparison of 'X<Y'; it failed: nobody knows"):
        table["X<Y"]
    with pytest.raises(InputError, match="not among the PVs asked for"):
        table["Z"]


def test_a_part_of_the_table_can_be_taken(table):
    """By what expires, or by any condition; the order stays."""
    assert [each.pv for each in table.expiring(within=182 * DAY)] == ["EXPIRES:FIRST"]
    assert [each.pv for each in table.where(lambda each: each.summary.conflicts > 0)] == ["CONFLICT"]
    assert table.expires_within(182 * DAY)
    assert not table.expires_within(180 * DAY)


def test_what_it_says_of_all(table):
    """Something to do if one needs a merge; not whole if one failed or was not read."""
    assert table.needs_merge
    assert not table.is_whole
    whole = table.where(lambda each: each.pv in ("WHOLE", "CONFLICT"))
    assert whole.is_whole
    assert not whole.needs_merge


def unborn(pv) -> Overview:
    """Both sides archive it only after the range."""
    sides = [make_side(name, (0, 3 * DAY), [], created=4 * DAY) for name in ("primary", "secondary")]
    evidence = make_evidence(*sides)
    return compare_evidence(Evidence(pv=pv, asked=WINDOW, now=evidence.now, primary=sides[0], secondary=sides[1]))


def test_of_what_nobody_can_tell_nothing_is_claimed(table):
    """Such PVs are not among those that lack nothing."""
    nobody = Comparisons.of([unborn("A"), unborn("B")], WINDOW, 0)
    assert nobody.is_undecided
    assert not table.is_undecided
    assert "Nobody can tell whether the secondary has something that the primary lacks." in repr(nobody)
    assert "lack nothing" not in repr(nobody)
    mixed = " ".join(repr(Comparisons.of([unborn("A"), overview("WHOLE")], WINDOW, 0)).split())
    assert "As far as they could be compared, the secondary has no sample that the primary lacks." in mixed
    assert "1 more PV lacks nothing that the secondary has. Of 1 PV nobody can tell at any time of the range." in mixed


def test_a_value_that_is_wrong_from_before_the_range_is_worth_a_row():
    """Though there is nothing to gain within it."""
    sides = make_side("primary", (0, 3 * DAY), [], created=-100), make_side("secondary", (0, 3 * DAY), [], before=-10)
    stale = Comparisons.of([compare_evidence(make_evidence(*sides))], WINDOW, 0)
    assert "lacks nothing" not in repr(stale)
    assert " 3 d " in repr(stale)


@pytest.mark.parametrize(
    ("kind", "begins", "is_whole"),
    [(FailureKind.CUT_SHORT, -59, True), (FailureKind.CUT_SHORT, -61, False), (FailureKind.TIMEOUT, -59, False)],
)
def test_what_an_engine_may_have_in_memory_is_not_called_unread(kind, begins, is_whole):
    """Asked up to now, the newest samples are unknown and come by themselves; nobody has to look after them."""
    newest = TimeRange(start=(3 * DAY + begins) * S, end=3 * DAY * S)
    young = overview("YOUNG", failures=[ReadFailure(range=newest, kind=kind, message="cut off")])
    assert (young.is_whole, len(young.failures)) == (is_whole, 1)
    assert young.summary.undecided_seconds == -begins
    assert ("Not settled yet at the primary: 1970-01-03T23:59" in repr(young)) is is_whole
    assert ("not all read" in repr(Comparisons.of([young], WINDOW, 3 * DAY * S))) is not is_whole


def test_the_dataframe_has_a_row_for_each_pv(table):
    """Counts stay integers and times nanoseconds, though one PV has none."""
    frame = table.to_dataframe()
    assert frame.pv.tolist()[-1] == "X<Y"
    assert frame.failure_kind.tolist()[-1] == "unknown-pv"
    assert str(frame.expires_at.dtype) == "datetime64[ns]"
    assert str(frame.primary_samples_to_gain.dtype) == "Int64"
    assert str(frame.primary_wrong_seconds.dtype) == "float64"
    assert frame.primary_samples_to_gain.isna().tolist() == [False] * 7 + [True]
    assert frame.not_read[:7].tolist() == [0, 0, 0, 0, 1, 0, 0]


def test_an_empty_table_has_the_same_columns(table):
    """So scripts need no special case."""
    nothing = Comparisons.of([], WINDOW, 0)
    pairs = zip(nothing.to_dataframe().dtypes.items(), table.to_dataframe().dtypes.items(), strict=True)
    assert all(mine == theirs for mine, theirs in list(pairs)[1:-2])
    assert len(nothing.gaps_to_dataframe()) == 0
    assert "There is nothing to compare" in repr(nothing)


def test_the_gaps_of_all_are_one_table(table):
    """Those that expire first at the top, whatever their PV."""
    gaps = table.gaps_to_dataframe()
    assert gaps.pv.tolist()[:2] == ["EXPIRES:FIRST", "EXPIRES:LATER"]
    assert gaps.expires_at.is_monotonic_increasing or gaps.expires_at.dropna().is_monotonic_increasing


@pytest.mark.parametrize("width", [60, 100, 200])
def test_text_spares_columns_that_have_no_room(table, width):
    """PV and expiry are never spared, and no line of the table is longer than the terminal."""
    lines = table.to_text(width).splitlines()
    head = next(line for line in lines if line.startswith("PV"))
    assert head.split()[:3] == ["PV", "kept", "for"]
    assert ("undecided" in head) == (width > 100)
    assert max(map(len, lines)) <= max(width, 80)


def test_text_lists_what_needs_attention_and_counts_the_rest(table):
    """What is whole is not worth a line; what was not read, and what failed, is."""
    text = table.to_text(100)
    assert "Only the secondary has 10 samples of 4 PVs." in text
    assert "1 more PV lacks nothing" in text
    assert "\nWHOLE" not in text
    assert "not all read: primary" in text
    assert "X<Y: (unknown-pv) nobody knows" in text
    assert "and 4 more PVs" in table.to_text(100, most=2)


def test_html_is_static_and_escaped(table):
    """No script, no colours of ours, foreign names escaped, as many rows as asked."""
    html = table._repr_html_()
    assert "<script" not in html
    assert "color" not in html
    assert "X&lt;Y" in html
    assert table.to_html(most=2).count("<tr>") < html.count("<tr>")


def test_json_holds_each_pv_as_its_own_comparison_does(table):
    """One shape for one and for many."""
    document = json.loads(json.dumps(table.to_json()))
    assert list(document) == ["schema", "start", "end", "now", "verdict", "pvs", "failed"]
    assert document["pvs"][0] == json.loads(json.dumps(table[0].to_json()))
    assert document["failed"] == [{"pv": "X<Y", "kind": "unknown-pv", "reason": "nobody knows 'X<Y'"}]


def test_the_picture_has_a_row_for_each_pv(table):
    """In the order of the table."""
    texts = [text.get_text() for axes in table.plot().axes for text in axes.get_yticklabels() + axes.texts]
    assert [text for text in texts if text in table] == [each.pv for each in table]
    with pytest.raises(InputError):
        Comparisons.of([], WINDOW, 0).plot()


def test_an_overview_keeps_no_samples():
    """All arrays that can be reached from it, bases of views included, take a few hundred bytes."""
    many = list(range(50_000))
    lossy = [second for second in many if not 100 <= second < 200]
    comparison = compare_evidence(
        make_evidence(make_side("primary", (0, 50_000), lossy), make_side("secondary", (0, 50_000), many))
    )
    assert _reachable_bytes(comparison) > 1_000_000
    assert _reachable_bytes(comparison.overview()) < 20_000


def _reachable_bytes(root: object) -> int:
    seen, waiting, total = set(), [root], 0
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type) or getattr(each, "__module__", "") == "builtins":
            continue
        seen.add(id(each))
        if isinstance(each, np.ndarray):
            waiting.append(each.base)
            total += each.nbytes if each.base is None else 0
        elif type(each).__name__ not in ("module", "function", "builtin_function_or_method"):
            waiting += gc.get_referents(each)
    return total
