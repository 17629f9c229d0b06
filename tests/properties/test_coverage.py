"""Coverage against slow, obvious twins and laws that hold for any two histories."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.coverage import State, compare_evidence
from archredundancy.coverage.known import knowledge_of
from archredundancy.coverage.own_samples import EARLIEST, LATEST, OwnSamples
from archredundancy.coverage.witnessed import missed_runs
from archredundancy.merge import Origin, unite
from archredundancy.model import DbrType, Samples
from archredundancy.segments import Segments
from archredundancy.testing.evidence import make_evidence, make_side

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
        foreign = held(other.reading.samples)
        known = knowledge_of(side, evidence.now).known
        wrong = 0
        for second in range(END):
            newest_own = max((time for time in own if time <= second), default=None)
            newest = max((time for time in {*own, *foreign} if 0 <= time <= second), default=None)
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
