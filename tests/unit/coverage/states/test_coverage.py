"""`Coverage`: made, shown, and refused."""

import numpy as np
import pytest

import archredundancy as ar
from archredundancy.coverage import Cause, Claim, Coverage, Layer, Proof, State, combine
from archredundancy.errors import DatasetError, InputError
from archredundancy.model import TimeRange
from archredundancy.segments import Segments

S = 1_000_000_000
ASKED = TimeRange(start=0, end=100 * S)
KNOWN, ACTIVE = Segments.of((0, 90 * S)), Segments.of((0, 60 * S), (70 * S, 90 * S))


def make_coverage(cluster="primary"):
    return Coverage.from_segments(ASKED, known=KNOWN, active=ACTIVE, cluster=cluster)


def test_coverage_is_made_from_known_and_active_segments():
    """Active, silent where it is only known, unknown elsewhere; cut to what was asked."""
    wide = Coverage.from_segments((0, 100 * S), known=KNOWN.protract(S), active=ACTIVE | Segments.of((95 * S, 99 * S)))
    assert wide.state.tolist() == [State.ACTIVE, State.SILENT, State.ACTIVE, State.SILENT, State.UNKNOWN]
    assert (wide.known, wide.active, wide.absent) == (
        Segments.of((0, 91 * S)),
        ACTIVE,
        Segments.of((60 * S, 70 * S), (90 * S, 91 * S)),
    )
    assert wide.unknown == Segments.of((91 * S, 100 * S))
    stopped = ar.Coverage.from_segments(ASKED, known=KNOWN, active=ACTIVE, absent_as=State.STOPPED)
    assert stopped.segments(State.STOPPED) == Segments.of((60 * S, 70 * S))
    assert Coverage.from_segments(ASKED, known=KNOWN).active == KNOWN


def test_share_says_how_much_is_known():
    """80 of 90 known seconds are covered, of 100 that were asked for; the rest may be either."""
    share = make_coverage().share
    assert str(share) == "88.88 % of 1 min 30 s known, which is 90.00 % of 1 min 40 s asked"
    assert (share.fraction, share.least, share.most) == (80 / 90, 0.8, 0.9)


def test_operators_give_claims():
    """Of two coverages, and of their claims with others."""
    mine = make_coverage()
    theirs = Coverage.from_segments(ASKED, known=Segments.of((50 * S, 100 * S)), cluster="secondary")
    assert isinstance(mine & theirs, Claim)
    assert (theirs - mine).active == Segments.of((60 * S, 70 * S)) == combine(mine, theirs)["only_secondary"]
    assert (mine | theirs).unknown == Segments.empty()
    assert (mine ^ theirs).active == (theirs - mine).active
    assert (~mine).active == mine.absent
    assert repr(mine & theirs) == (
        "<Claim over 1970-01-01T00:00:00.000000000Z .. 1970-01-01T00:01:40.000000000Z: true for 75.00 % of 40 s known, "
        "which is 40.00 % of 1 min 40 s asked>"
    )


def test_ranges_that_differ_are_unknown_where_one_was_not_asked():
    """Who has what fills the whole of both ranges."""
    late = Coverage.from_segments((50 * S, 150 * S), known=Segments.of((50 * S, 150 * S)), cluster="secondary")
    who = combine(make_coverage(), late)
    assert who["both"] == Segments.of((50 * S, 60 * S), (70 * S, 90 * S))
    assert who["undecided"] == Segments.of((0, 50 * S), (90 * S, 150 * S))
    assert sum(segments.total for segments in who.values()) == 150 * S


def test_nothing_asked_is_a_coverage_too():
    """A range without length has no stretch, and no share."""
    nothing = Coverage.from_segments((5, 5), known=KNOWN)
    assert len(nothing) == 0
    assert nothing.start.dtype == nothing.end.dtype == np.int64
    assert str(nothing.share) == "- of 0 s known"
    assert nothing.state_at([5]).tolist() == [State.UNKNOWN]
    assert nothing == Coverage.from_layers("", TimeRange(start=5, end=5), [])


def test_text_and_html_say_how_much_and_why():
    """One line of text; in a notebook a table of stretches, the middle of a long one left out."""
    coverage = make_coverage()
    assert repr(coverage) == (
        "<Coverage of primary over 1970-01-01T00:00:00.000000000Z .. 1970-01-01T00:01:40.000000000Z: "
        "active for 88.88 % of 1 min 30 s known, which is 90.00 % of 1 min 40 s asked; 4 stretches>"
    )
    assert "<td>silent</td>" in coverage._repr_html_()
    assert "<script" not in coverage._repr_html_()
    ticks = Segments.from_arrays(np.arange(0, 100, 2) * S, np.arange(1, 101, 2) * S)
    many = Coverage.from_segments(ASKED, known=Segments.of((0, 100 * S)), active=ticks, cluster="<b>")
    assert many._repr_html_().count("<tr") < 20
    assert "<b>" not in many._repr_html_()


def test_restrict_wants_an_overlap():
    """The message names both ranges."""
    with pytest.raises(InputError, match=r"has nothing of 1970-01-01T00:00:00.000000000Z \.\. .*overlaps it"):
        make_coverage().restrict(100 * S, 120 * S)
    with pytest.raises(InputError, match="before its start"):
        make_coverage().restrict(20, 10)


@pytest.mark.parametrize("method", ["contract", "protract", "blur"])
def test_lengths_are_not_negative(method):
    """A negative length is named."""
    with pytest.raises(InputError, match="the length is -1 ns; give 0 or more"):
        getattr(make_coverage().claim, method)(-1)


def test_one_cluster_of_a_trees_node_becomes_a_coverage_again():
    """Rows of several clusters want a name."""
    both = ar.coverage.coverages_to_dataset([make_coverage(), make_coverage("secondary")])
    assert Coverage.from_dataset(both, "secondary") == make_coverage("secondary")
    with pytest.raises(DatasetError, match=r"clusters \['primary', 'secondary'\], and None was asked for"):
        Coverage.from_dataset(both)
    with pytest.raises(DatasetError, match="'third' was asked for"):
        Coverage.from_dataset(both, "third")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda made: made.drop_vars("cause"), r"no variable \['cause'\]"),
        (lambda made: made.isel(stretch=[0, 2, 3]), "overlap or leave holes"),
        (lambda made: made.isel(stretch=[1, 0, 2, 3]), "overlap or leave holes"),
        (lambda made: made.assign(state=made.state.where(made.state != "silent", "asleep")), "'asleep' is no state"),
        (lambda made: made.assign(cause=made.cause.where(made.cause != "", "why not")), "'why not' is no cause"),
        (lambda made: made.assign(evidence=made.evidence.where(made.evidence != "", "rumour")), "'rumour' is no proof"),
    ],
    ids=["variable", "hole", "order", "state", "cause", "evidence"],
)
def test_a_dataset_that_is_no_coverage_is_refused(damage, message):
    """Nothing is guessed from rows that were changed."""
    with pytest.raises(DatasetError, match=message):
        Coverage.from_dataset(damage(make_coverage().to_dataset()))


def test_table_names_state_cause_and_evidence():
    """Words for each stretch; times in nanoseconds."""
    pause = Layer(segments=Segments.of((0, S)), state=State.STOPPED, cause=Cause.PAUSED, proof=Proof.DECLARED)
    table = Coverage.from_layers("primary", ASKED, [pause]).to_dataframe()
    assert table.iloc[0].tolist()[3:] == ["stopped", "PV paused", "declared"]
    assert [str(dtype) for dtype in table.dtypes[1:3]] == ["datetime64[ns]", "datetime64[ns]"]
