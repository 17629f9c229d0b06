"""Outages drawn at random: whatever happens to both sides, it is found where it was, and nowhere else."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from archredundancy.coverage import State
from archredundancy.model import NS_PER_SECOND, DbrType
from archredundancy.testing.scenarios.played import play_scenario
from archredundancy.testing.scenarios.scenario import SIDES, Event, Record, Scenario

BEGIN = 1772445600 * NS_PER_SECOND
SECONDS = 240
ENDS = {"disconnect": "reconnect", "pause": "resume", "stop": "start", "crash": "start"}
STOPPED = {"pause", "stop", "crash"}


@st.composite
def outages_of(draw, side):
    """Up to three outages of a side, one after the other, that begin and end at halves of a second.

    An engine that crashes has run long enough to have written.
    """
    events, second = [], 10
    for _ in range(draw(st.integers(0, 3))):
        what = draw(st.sampled_from(sorted(ENDS)))
        begin = second + draw(st.integers(11 if what == "crash" else 3, 60))
        second = begin + draw(st.integers(1, 60))
        if second > SECONDS - 10:
            break
        events += [(begin, side, what), (second, side, ENDS[what])]
    return events


STEADY = Record(dbr_type=DbrType.SCALAR_DOUBLE, every=NS_PER_SECOND, offset=147_000_001)


def irregular_records():
    """Records that are processed now and then, and once before all begins."""
    times = st.sets(st.integers(0, SECONDS - 1), max_size=12).map(lambda seconds: sorted({-100, *seconds}))
    return times.map(
        lambda seconds: replace(STEADY, at=tuple(BEGIN + second * NS_PER_SECOND + 147_000_001 for second in seconds))
    )


@st.composite
def scenarios(draw, records):
    """Outages of both sides, and perhaps a reboot of the IOC at a quiet or a busy time."""
    planted = [(second + 0.5, side, what) for side in SIDES for second, _, what in draw(outages_of(side))]
    planted += [
        (second + 0.75, "ioc", "reboot") for second in draw(st.lists(st.integers(20, SECONDS - 60), max_size=1))
    ]
    events = [
        Event(at=BEGIN + round(second * NS_PER_SECOND), who=who, what=what, arguments=(20,) * (who == "ioc"))
        for second, who, what in sorted(planted)
    ]
    ends = BEGIN + SECONDS * NS_PER_SECOND
    nothing = dict.fromkeys(SIDES, 0)
    return Scenario(
        name="drawn",
        story="Drawn at random.",
        begins=BEGIN,
        ends=ends,
        looked_at=ends + 30 * NS_PER_SECOND,
        asked=(BEGIN, ends),
        keep_days=184,
        record=draw(records),
        neighbour=False,
        planted=tuple(events),
        found=(),
        unknown=(),
        slack=0,
        who={},
        dropouts=nothing,
        enrichment=nothing,
        conflicts=0,
    )


@settings(max_examples=15)
@given(scenarios(st.just(STEADY)))
def test_random_outages_are_found_where_they_were(check, scenario):
    """Each gap lies in an outage of its side and is told as that; what it says of samples and edges is true."""
    with TemporaryDirectory() as root:
        played = play_scenario(scenario, Path(root))
    check(scenario, played)
    for side in SIDES:
        gaps = played.comparison.gaps.of(side)
        for start, end, state in zip(gaps.start, gaps.end, gaps.state, strict=True):
            around = [each for each in scenario.outages if each.side == side and each.start < end and start < each.end]
            what = frozenset().union(*(outage.what for outage in around))
            assert what
            assert State(state) in possible_states(what)
    assert not len(played.comparison.conflicts)
    assert [lost.total for lost in played.comparison.dropouts] == [0, 0]


@settings(max_examples=8)
@given(scenarios(irregular_records()))
def test_random_outages_of_a_record_that_seldom_changes_cost_what_was_lost_and_no_more(check, scenario):
    """Most leave no trace: then no sample is missing, no value wrong, and nothing is called covered that was lost."""
    with TemporaryDirectory() as root:
        check(scenario, play_scenario(scenario, Path(root)), edges=False)


def possible_states(what):
    """A start hides a loss of connection that it overlaps; where both sides were stopped nobody knows."""
    stopped = {State.STOPPED, State.UNKNOWN} if what & STOPPED else set()
    return stopped | ({State.DISCONNECTED} if what - STOPPED else set())
