"""Coverage against slow, obvious twins and laws that hold for any two histories."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.coverage import Proof, State, compare_evidence
from archredundancy.coverage.findings.known import knowledge_of
from archredundancy.coverage.findings.own_samples import EARLIEST, LATEST, OwnSamples
from archredundancy.coverage.findings.witnessed import missed_runs
from archredundancy.merge import Origin, unite
from archredundancy.model import DbrType, Samples
from archredundancy.segments import Segments
from archredundancy.testing.handmade.evidence import make_evidence, make_side

S = 1_000_000_000
DOUBLE = DbrType.SCALAR_DOUBLE
END = 60
stamps = st.lists(st.integers(0, END - 1), unique=True, max_size=25).map(sorted)
spans = st.lists(st.tuples(st.integers(0, END), st.integers(1, 15)), max_size=3)


def runs_slowly(own, other_only, known):
    """Walk over all samples in order and close a run at each own sample or edge of what is known."""
    runs, run = [], None
    for second in range(END + 1):
        edge = any(second in (start, end) for start, end in known)
        if run and (second in own or edge):
            run["end"] = second
            runs.append(run)
            run = None
        if second in other_only and any(start <= second < end for start, end in known):
            run = run or {"first": second, "count": 0}
            run["last"] = second
            run["count"] += 1
    return runs


def union_of(own, missed):
    mine, theirs = (Samples.build(DOUBLE, times, [0.0] * len(times)) for times in (own, missed))
    return unite(mine, theirs)


@given(own=stamps, missed=stamps, times=stamps, before=st.none() | st.integers(-20, -1))
def test_own_samples_are_found_among_those_of_the_union(own, missed, times, before):
    """The last own sample before, and the first after, equal those of a search in the own samples alone."""
    missed = sorted(set(missed) - set(own))
    earlier = Samples.empty(DOUBLE) if before is None else Samples.build(DOUBLE, [before], [0.0])
    rows = OwnSamples.of(union_of(own, missed), Origin.SECONDARY, earlier)
    all_own = own if before is None else [before, *own]
    assert rows.last_before(np.array(times, np.int64)).tolist() == [
        max((stamp for stamp in all_own if stamp < time), default=EARLIEST) for time in times
    ]
    assert rows.first_after(np.array(times, np.int64)).tolist() == [
        min((stamp for stamp in own if stamp > time), default=LATEST) for time in times
    ]


@given(own=stamps, other=stamps, known=spans)
def test_missed_runs_are_what_a_walk_finds(own, other, known):
    """Vectorised runs equal those of a walk, second by second."""
    segments = Segments.of(*((start, min(start + length, END)) for start, length in known if start < END))
    missed = sorted(set(other) - set(own))
    runs = missed_runs(OwnSamples.of(union_of(own, missed), Origin.SECONDARY, Samples.empty(DOUBLE)), segments)
    expected = runs_slowly(own, missed, list(segments))
    assert runs.first.tolist() == [run["first"] for run in expected]
    assert runs.last.tolist() == [run["last"] for run in expected]
    assert runs.count.tolist() == [run["count"] for run in expected]
    assert runs.end.tolist() == [run["end"] for run in expected]
    for row in range(len(runs)):
        before = [second for second in own if second < runs.first[row]]
        after = [second for second in own if second > runs.last[row]]
        assert runs.previous[row] == (before[-1] if before else EARLIEST)
        assert runs.following[row] == (after[0] if after else LATEST)


sides = st.fixed_dictionaries(
    {
        "seconds": stamps,
        "before": st.none() | st.integers(-20, -1),
        "created": st.integers(-30, END),
        "paused_since": st.none() | st.integers(0, END),
    }
)
told = st.sampled_from(
    [
        (("startup", "true"), ("cnxlostepsecs", "0"), ("cnxregainedepsecs", "30")),
        (("cnxlostepsecs", "10"), ("cnxregainedepsecs", "20")),
        (("startup", "true"), ("cnxlostepsecs", "5"), ("cnxregainedepsecs", "40")),
        (("cnxlostepsecs", "rubbish"), ("cnxregainedepsecs", "")),
        (("HIHI", "10"),),
    ]
)


@st.composite
def evidences(draw):
    made = []
    for cluster in ("primary", "secondary"):
        side = draw(sides)
        rows = draw(st.dictionaries(st.integers(0, max(len(side["seconds"]) - 1, 0)), told, max_size=3))
        fields = rows if side["seconds"] else {}
        made.append(
            make_side(
                cluster,
                (0, END),
                side["seconds"],
                draw(st.lists(st.integers(0, 2), min_size=len(side["seconds"]), max_size=len(side["seconds"]))),
                before=side["before"],
                created=side["created"],
                paused_since=side["paused_since"],
                fields=fields,
            )
        )
    return make_evidence(*made, now=draw(st.integers(1, END)))


def comparisons():
    return st.builds(
        lambda evidence, min_gap: compare_evidence(evidence, min_gap=min_gap),
        evidences(),
        st.none() | st.integers(0, 20),
    )


@given(comparisons())
def test_states_and_who_has_what_tile_the_range(result):
    """Each instant has one state a side and one of the five answers to who has it."""
    for coverage in (result.primary, result.secondary):
        assert coverage.start[0] == 0
        assert coverage.end[-1] == END * S
        assert np.array_equal(coverage.start[1:], coverage.end[:-1])
    assert sum(segments.total for segments in result.who.values()) == END * S


@given(comparisons())
def test_every_missed_sample_is_in_a_gap_a_dropout_or_unknown(result):
    """No sample that only the other side has is forgotten."""
    for coverage, lacks, dropouts, more in (
        (result.primary, Origin.SECONDARY, result.dropouts[0], result.enrichment[0]),
        (result.secondary, Origin.PRIMARY, result.dropouts[1], result.enrichment[1]),
    ):
        times = result.union.samples.time[result.union.origin == lacks]
        known = (coverage.known.contains(times)).sum()
        listed = result.gaps.of(coverage.cluster).samples_to_gain.sum() + dropouts.total + more.total
        # A declared stop of both may hide a known sample behind "unknown", never the other way round.
        assert known <= listed <= len(times)


@given(evidences())
def test_wrong_seconds_are_what_reading_both_values_each_second_gives(evidence):
    """For how long a side misleads equals a walk that holds both values against each other second by second."""
    result = compare_evidence(evidence)
    for side, other, summary, coverage in (
        (evidence.primary, evidence.secondary, result.summary.primary, result.primary),
        (evidence.secondary, evidence.primary, result.summary.secondary, result.secondary),
    ):
        own = held(side.reading.before) | held(side.reading.samples)
        knowledge = knowledge_of(side, evidence.now)
        known, begins = knowledge.known, knowledge.begins // S
        before = {time: value for time, value in held(other.reading.before).items() if time >= begins}
        foreign = before | held(other.reading.samples)
        wrong = 0
        for second in range(END):
            newest_own = max((time for time in own if time <= second), default=None)
            newest = max((time for time in {*own, *foreign} if time <= second), default=None)
            misleading = newest is not None and newest not in own and foreign[newest] != own.get(newest_own)
            wrong += misleading and bool(known.contains([second * S])[0])
        assert summary.wrong_seconds == wrong, coverage


def held(samples):
    return {time // S: value for time, value in zip(samples.time.tolist(), samples.value.tolist(), strict=True)}


@given(comparisons())
def test_every_form_can_be_printed(result):
    """Text, HTML, JSON and tables come out of any comparison."""
    assert result.pv in repr(result)
    assert "<img" in result._repr_html_()
    assert result.to_json()["pv"] == result.pv
    assert set(result.to_dataframe()["state"]) <= {state.label for state in State}


@given(comparisons())
def test_the_bounds_of_edges_are_in_order(result):
    """An outage begins before it ends; what the gap shows lies within its widest bounds."""
    gaps = result.gaps
    assert (gaps.start < gaps.end).all()
    assert (gaps.start_earliest <= gaps.start_latest).all()
    assert (gaps.end_earliest <= gaps.end_latest).all()
    assert (gaps.start_earliest <= gaps.start).all()
    assert (gaps.start <= gaps.end_latest).all()


@given(comparisons())
def test_kinds_of_evidence_are_counted_apart(result):
    """Each row is of one kind; samples are to be gained where they are witnessed, and there alone."""
    for coverage, side in ((result.primary, result.summary.primary), (result.secondary, result.summary.secondary)):
        own = result.gaps.of(coverage.cluster)
        kinds = [own.proven_by(proof) for proof in (Proof.WITNESSED, Proof.DECLARED, Proof.SUSPECTED)]
        assert [len(kind) for kind in kinds] == [side.gaps, side.declared, side.suspected]
        assert sum(len(kind) for kind in kinds) == len(own)
        assert not kinds[1].samples_to_gain.any()
        assert not kinds[2].samples_to_gain.any()


@st.composite
def outages(draw):
    """A truth, and an outage of one side that ends with the value which the IOC then has, as at a resume."""
    truth = sorted(draw(st.lists(st.integers(1, 10 * END), unique=True, min_size=4, max_size=60)))
    start, end = sorted(draw(st.lists(st.integers(1, 10 * END), unique=True, min_size=2, max_size=2)))
    own = [stamp for stamp in truth if not start <= stamp < end]
    present = [stamp for stamp in truth if stamp < end][-1:]
    return truth, start, end, sorted({*own, *present})


@given(outages())
def test_a_planted_outage_lies_within_the_bounds_of_its_gap(planted):
    """Whatever was sampled, and whenever: its beginning and its end are within what the row states."""
    truth, start, end, own = planted
    missed = [stamp for stamp in truth if stamp not in own]
    mark = (("cnxlostepsecs", "0"), ("cnxregainedepsecs", str(end)), ("startup", "true"))
    after = [stamp for stamp in own if stamp >= max([start, *missed])]
    fields = {own.index(after[0]): mark} if after else {}
    window = (0, 10 * END + 1)
    result = compare_evidence(
        make_evidence(
            make_side("primary", window, own, [0] * len(own), before=0, fields=fields),
            make_side("secondary", window, truth, [0] * len(truth), before=0),
        ),
        min_gap=0,
    )
    gaps = result.gaps.of("primary").proven_by(Proof.WITNESSED)
    assert gaps.samples_to_gain.sum() == len(missed)
    if missed:
        assert len(gaps) == 1
        assert gaps.start_earliest[0] < start * S <= gaps.start_latest[0]
        assert gaps.end_earliest[0] < end * S
        assert end * S <= gaps.end_latest[0] or not after


holes = st.lists(st.tuples(st.integers(1, 180), st.integers(1, 40)), max_size=4)


def kept(seconds, cut):
    return [second for second in seconds if not any(start <= second < start + length for start, length in cut)]


@given(both=holes, mine=holes, theirs=holes)
def test_what_is_suspected_is_what_a_walk_finds(both, mine, theirs):
    """Second by second: in a series of one second, neither side has stored for more than five, and nothing says why."""
    truth = kept(range(200), both)
    sides = [kept(truth, cut) for cut in (mine, theirs)]
    result = compare_evidence(
        make_evidence(
            *(make_side(name, (0, 200), own, own) for name, own in zip(("primary", "secondary"), sides, strict=True)),
            now=1000,
        )
    )
    union = sorted({*sides[0], *sides[1]})
    if not result.sampling.is_regular:
        assert len(union) <= 100
        return
    for coverage in (result.primary, result.secondary):
        gaps = result.gaps.of(coverage.cluster).proven_by(Proof.WITNESSED)
        missing = Segments.from_arrays(gaps.start, gaps.end)
        for second in range(200):
            before = max((stamp for stamp in union if stamp <= second), default=-1)
            after = min((stamp for stamp in union if stamp > second), default=200)
            silent = second != before and after - before > 5
            suspected = silent and not missing.contains([second * S])[0]
            state, _ = coverage_at(coverage, second)
            assert (state is State.UNKNOWN) == suspected or (silent and cut_short(coverage, second))


def coverage_at(coverage, second):
    row = int(np.searchsorted(coverage.start, second * S, side="right")) - 1
    return State(coverage.state[row]), row


def cut_short(coverage, second):
    """Whether a silence is short beside what is proven of it."""
    state, row = coverage_at(coverage, second)
    return state is State.ACTIVE and coverage.end[row] - coverage.start[row] <= 10 * S
