"""What proves a gap, and what a proof is worth: small, hand-made histories."""

from dataclasses import replace

import numpy as np
import pytest

from archredundancy.coverage import Cause, Comparison, Proof, State, compare_evidence
from archredundancy.model import LostEvents, Neighbour
from archredundancy.segments import Segments
from archredundancy.testing.evidence import make_evidence, make_side

S = 1_000_000_000
WINDOW = (0, 200)
EVERY_SECOND = list(range(200))
EDGES = ("start_earliest", "start_latest", "end_earliest", "end_latest")


def without(*holes):
    return [second for second in EVERY_SECOND if not any(start <= second < end for start, end in holes)]


def compared(primary_seconds, secondary_seconds, *, primary=None, secondary=None, sides=(), **options) -> Comparison:
    mine = make_side("primary", WINDOW, primary_seconds, primary_seconds, **(primary or {}))
    theirs = make_side("secondary", WINDOW, secondary_seconds, secondary_seconds, **(secondary or {}))
    if sides:
        mine, theirs = replace(mine, **sides[0]), replace(theirs, **sides[1])
    return compare_evidence(make_evidence(mine, theirs), **options)


def told(seconds, at, *, lost=0, regained=0, startup=False):
    """Fields of the sample at a second, as `make_side` takes them."""
    pairs = [("cnxlostepsecs", str(lost)), ("cnxregainedepsecs", str(regained))]
    return {"fields": {seconds.index(at): pairs + ([("startup", "true")] if startup else [])}}


def rows(result, *columns):
    table = result.gaps
    return [tuple(getattr(table, column)[row] for column in columns) for row in range(len(table))]


def edges(result, row=0):
    return [int(getattr(result.gaps, edge)[row]) / S for edge in EDGES]


def seconds_of(segments: Segments) -> list[tuple[float, float]]:
    return [(start / S, end / S) for start, end in segments]


# --- witnessed


def test_an_outage_may_end_after_the_first_sample_that_tells_of_its_end():
    """What is stored first after a resume is the value the IOC then had: the resume came before the next own sample."""
    seconds = without((20, 50))
    result = compared(seconds, EVERY_SECOND, primary=told(seconds, 50, regained=50, startup=True))
    assert edges(result) == [19, 20, 49, 51]


def test_a_silent_gap_ends_before_its_next_sample():
    """A sample without any mark was received when it came."""
    assert edges(compared(without((20, 50)), EVERY_SECOND)) == [19, 20, 49, 50]


def test_a_short_silence_with_a_mark_is_a_gap():
    """A run of missed samples whose next sample tells of a start has a cause, however short it is."""
    seconds = without((20, 21))
    result = compared(seconds, EVERY_SECOND, primary=told(seconds, 21, regained=21, startup=True))
    assert rows(result, "state", "samples_to_gain") == [(State.STOPPED, 1)]
    assert result.dropouts.primary.total == 0


def test_a_range_that_begins_inside_an_outage_begins_with_a_gap():
    """The other side has a newer sample from before the range: what this side holds is stale from the start."""
    seconds = without((0, 30))
    result = compared(seconds, EVERY_SECOND[2:], primary={"before": -10}, secondary={"before": -1})
    assert (result.gaps.start[0], result.gaps.end[0]) == (0, 30 * S)
    assert result.gaps.samples_to_gain.tolist() == [28]
    assert edges(result) == [-10, 0, 29, 30]


def test_a_range_wholly_within_an_outage_is_a_gap():
    """Not one sample in the range, and yet it is known that the primary was away."""
    result = compared([], [], primary={"before": -10}, secondary={"before": -1})
    assert seconds_of(result.who["only_secondary"]) == [(0, 200)]
    assert result.summary.primary.samples_to_gain == 0


def test_what_came_before_the_other_was_created_proves_nothing():
    """The secondary came to be archived after the primary's sample before the range: it lacks nothing."""
    result = compared([100], [100], primary={"before": -10}, secondary={"created": -5, "before": None})
    assert len(result.gaps) == 0


@pytest.mark.parametrize(
    ("counters", "cause"),
    [
        (LostEvents(buffer_full=3), Cause.OVERFLOWED),
        (LostEvents(type_changed=9, stamps_refused=1), Cause.TYPE_CHANGED),
        (LostEvents(stamps_refused=1), Cause.STAMPS_REFUSED),
        (LostEvents(), Cause.NOT_RECORDED),
        (None, Cause.NOT_RECORDED),
    ],
)
def test_counters_of_the_engine_explain_a_gap_without_a_mark(counters, cause):
    """What the engine counted most of is the likely cause."""
    result = compared(without((20, 50)), EVERY_SECOND, sides=({"lost_events": counters}, {}))
    assert rows(result, "state", "cause") == [(State.SILENT, cause)]


def test_counters_say_nothing_of_what_came_before_the_engine_began_to_count():
    """A start between the gap and now has set the counters to zero."""
    seconds = without((20, 50))
    marked = told(seconds, 120, regained=120, startup=True)
    result = compared(seconds, EVERY_SECOND, primary=marked, sides=({"lost_events": LostEvents(buffer_full=3)}, {}))
    assert rows(result, "cause") == [(Cause.NOT_RECORDED,)]


def test_counters_of_the_engine_explain_dropouts():
    """A full buffer costs samples one by one."""
    mine = [second for second in EVERY_SECOND if second % 10]
    result = compared(mine, EVERY_SECOND, sides=({"lost_events": LostEvents(buffer_full=20)}, {}))
    assert result.dropouts.primary.cause is Cause.OVERFLOWED
    assert result.dropouts.secondary.cause is Cause.NONE
    assert compared(mine, EVERY_SECOND).dropouts.primary.cause is Cause.NOT_RECORDED


# --- declared


def test_a_lost_connection_beside_a_start_came_later_and_nothing_was_missed_before_it():
    """At the start the value was still the one stored before, or it would have been stored then."""
    seconds = [0, 150]
    mark = told(seconds, 150, lost=100, regained=150, startup=True)
    result = compared(seconds, seconds, primary=mark, secondary=mark)
    assert seconds_of(result.who["both"]) == [(0, 100), (150, 200)]
    assert seconds_of(result.who["neither"]) == [(100, 150)]


def test_two_servers_that_note_one_restart_in_different_seconds_agree():
    """The IOC was away for both as long as either says, within own samples: no second is only one's."""
    seconds = without((20, 50))
    result = compared(
        seconds,
        seconds,
        primary=told(seconds, 50, lost=20, regained=49),
        secondary=told(seconds, 50, lost=21, regained=49),
    )
    assert seconds_of(result.who["neither"]) == [(20, 50)]
    assert seconds_of(result.who["both"]) == [(0, 20), (50, 200)]


@pytest.mark.parametrize("off", [-3000, -100, 100, 3000])
def test_a_wrong_clock_of_one_server_hides_no_restart_of_the_ioc(off):
    """Both find the IOC again with the same sample; own samples bound the outage whatever the clock showed."""
    seconds = [second + 5000 for second in without((20, 50))]
    window = (5000, 5200)
    marks = [told(seconds, 5050, lost=5020 + wrong, regained=5049 + wrong)["fields"] for wrong in (off, 0)]
    result = compare_evidence(
        make_evidence(
            make_side("primary", window, seconds, fields=marks[0]),
            make_side("secondary", window, seconds, fields=marks[1]),
        )
    )
    assert seconds_of(result.who["neither"]) == [(5020, 5050)]
    assert not len(result.who["only_primary"])
    assert set(result.gaps.cause) == {Cause.SOURCE_DOWN}
    assert all(result.gaps.start_earliest <= 5020 * S)
    assert all((result.gaps.start_latest >= 5020 * S) & (result.gaps.end_latest >= 5049 * S))


@pytest.mark.parametrize(("off", "words"), [(-99, "at least 98 s behind"), (120, "at least 119 s ahead of"), (2, "")])
def test_a_wrong_clock_of_a_server_is_noted(off, words):
    """Each sample was received after its own stamp and before the next one's; what the server wrote must fit."""
    seconds = [second + 1000 for second in without((20, 50))]
    mark = told(seconds, 1050, regained=1050 + off, startup=True)
    sides = make_side("primary", (1000, 1200), seconds, **mark), make_side("secondary", (1000, 1200), seconds)
    notes = compare_evidence(make_evidence(*sides)).notes
    assert [words in note for note in notes] == ([True] if words else [])


@pytest.mark.parametrize("startup", [True, False])
def test_a_gap_that_a_merge_filled_is_gone(startup):
    """The mark of the outage stays beside its sample, but own samples now lie inside: nothing is lacking."""
    lost = 0 if startup else 20
    mark = told(EVERY_SECOND, 50, lost=lost, regained=50, startup=startup)
    result = compared(EVERY_SECOND, EVERY_SECOND, primary=mark)
    assert len(result.gaps) == 0
    assert seconds_of(result.who["both"]) == [(0, 200)]


def test_a_lost_connection_that_cost_nothing_is_declared():
    """The other side was connected and nothing changed: no sample to gain, and still it is known."""
    result = compared([0, 60, 120], [0, 60, 120], primary=told([0, 60, 120], 120, lost=80, regained=110))
    assert rows(result, "cause", "evidence", "samples_to_gain") == [(Cause.ARCHIVER_DISCONNECTED, Proof.DECLARED, 0)]
    assert result.summary.primary.gaps == 0
    assert (result.summary.primary.declared, result.summary.primary.declared_seconds) == (1, 31)


def test_a_header_tells_of_a_connection_that_is_still_lost():
    """While it lasts no sample can tell; the engine's own header does."""
    seconds = without((150, 200))
    side = make_side("primary", WINDOW, seconds)
    side = replace(side, reading=replace(side.reading, headers={"cnxlostepsecs": "150"}))
    result = compare_evidence(make_evidence(side, make_side("secondary", WINDOW, EVERY_SECOND)))
    assert rows(result, "state", "cause", "evidence") == [
        (State.DISCONNECTED, Cause.STILL_DISCONNECTED, Proof.WITNESSED)
    ]


def test_an_engine_may_tell_later_that_it_has_had_no_connection():
    """Asked after the end of the range, it says since when."""
    sides = {"disconnected_since": 150 * S}, {}
    result = compared(without((150, 200)), EVERY_SECOND, sides=sides)
    assert rows(result, "cause", "samples_to_gain") == [(Cause.STILL_DISCONNECTED, 50)]


def test_a_first_sample_with_the_mark_of_a_start_is_no_outage():
    """Between its creation and its first sample a PV was only beginning to be archived."""
    seconds = without((0, 12))
    mark = told(seconds, 12, regained=12, startup=True)
    result = compared(seconds, EVERY_SECOND[10:], primary={"created": 9, **mark}, secondary={"created": 9})
    assert rows(result, "cause", "samples_to_gain") == [(Cause.BEGINNING, 2)]


def test_a_start_after_a_change_of_the_configuration_was_a_resume():
    """Pausing and resuming change the configuration; a crash does not."""
    seconds = without((20, 50))
    mark = told(seconds, 50, regained=50, startup=True)
    side = make_side("primary", WINDOW, seconds, **mark)
    for modified, cause in ((45, Cause.RESUMED), (10, Cause.ARCHIVER_STOPPED), (60, Cause.ARCHIVER_STOPPED)):
        changed = replace(side, type_info=replace(side.type_info, modified=modified * S))
        result = compare_evidence(make_evidence(changed, make_side("secondary", WINDOW, EVERY_SECOND)))
        assert rows(result, "cause") == [(cause,)]


def test_a_start_that_a_side_not_read_might_have_seen_is_unknown_for_that_reason():
    """Where the other side cannot tell, it was not stopped: that is another cause."""
    seconds = without((20, 50))
    mark = told(seconds, 50, regained=50, startup=True)
    result = compared(seconds, EVERY_SECOND[60:], primary=mark, secondary={"created": 60})
    assert rows(result, "state", "cause") == [(State.UNKNOWN, Cause.STOPPED_UNSEEN)]


# --- suspected


def test_a_regular_series_that_stops_on_both_sides_is_unknown():
    """From when the next sample was due to the next sample: suspected, and not counted as lost."""
    seconds = without((80, 120))
    result = compared(seconds, seconds)
    assert seconds_of(result.who["undecided"]) == [(80, 120)]
    assert rows(result, "cluster", "state", "cause", "evidence") == [
        (side, State.UNKNOWN, Cause.SUSPECTED, Proof.SUSPECTED) for side in ("primary", "secondary")
    ]
    summary = result.summary.primary
    assert (summary.gaps, summary.declared, summary.suspected, summary.suspected_seconds) == (0, 0, 1, 40)


def test_a_regular_series_that_ends_early_or_begins_late_is_unknown_there():
    """What lies before the first and after the last sample of the range counts."""
    sides = [make_side(cluster, WINDOW, EVERY_SECOND[20:180]) for cluster in ("primary", "secondary")]
    result = compare_evidence(make_evidence(*sides, now=300))
    assert seconds_of(result.who["undecided"]) == [(0, 20), (180, 200)]


@pytest.mark.parametrize(("last", "undecided"), [(175, []), (165, [(165, 200)])])
def test_what_comes_late_is_not_suspected_at_once(last, undecided):
    """Asked up to the present, a sample of the last half minute may still be on its way."""
    result = compared(EVERY_SECOND[:last], EVERY_SECOND[:last])
    assert seconds_of(result.who["undecided"]) == undecided


def test_an_irregular_series_raises_no_suspicion():
    """A PV that changes when it likes holds its value: silence means nothing."""
    seconds = np.cumsum(np.tile([0.2, 1, 0.4], 60)).tolist()
    seconds = [second for second in seconds if not 30 < second < 60]
    result = compared(seconds, seconds)
    assert not result.sampling.is_regular
    assert seconds_of(result.who["both"]) == [(0, 200)]


def test_few_samples_prove_no_regularity():
    """A hundred steps are needed to call a series regular."""
    result = compared(EVERY_SECOND[:100], EVERY_SECOND[:100])
    assert not result.sampling.is_regular
    assert compared(EVERY_SECOND[:101], EVERY_SECOND[:101]).sampling.is_regular


def test_silences_that_come_often_are_usual():
    """Of a thousand steps more than ten long ones are a habit; only what is twice as long is suspected."""
    stamps, second = [], 0.0
    for row in range(1200):
        second += 10 if row % 60 == 59 else 0.1
        stamps.append(round(second, 1))
    stamps = [*stamps, round(second + 30, 1)]
    window = (0, stamps[-1] + 1)
    sides = [make_side(cluster, window, stamps) for cluster in ("primary", "secondary")]
    result = compare_evidence(make_evidence(*sides))
    assert result.sampling.is_regular
    assert [end for _, end in seconds_of(result.who["undecided"])] == [stamps[-1]]


def test_the_step_comes_from_the_union():
    """Each side alone has holes; together they are regular, and the printed source says of what."""
    result = compared(without((20, 60)), without((100, 160)))
    assert result.sampling.step == S
    assert result.sampling.source == "inferred from 199 steps of the union"
    assert not len(result.who["undecided"])


def test_min_gap_is_the_least_tolerance():
    """A longer silence than the step would suggest is allowed where somebody says so."""
    seconds = without((80, 120))
    assert not len(compared(seconds, seconds, min_gap=60).who["undecided"])
    assert seconds_of(compared(seconds, seconds, min_gap=0).who["undecided"]) == [(80, 120)]


def test_a_declared_outage_is_not_suspected_besides():
    """What is left of a silence beside what was written down is shorter than the tolerance."""
    seconds = without((80, 120))
    mark = told(seconds, 120, lost=80, regained=119)
    result = compared(seconds, seconds, primary=mark, secondary=mark)
    assert {row[0] for row in rows(result, "evidence")} == {Proof.DECLARED}


# --- scanned at different moments


def scanned(cluster, seconds, **options):
    side = make_side(cluster, WINDOW, seconds, seconds, **options)
    return replace(side, type_info=replace(side.type_info, sampling_method="SCAN", sampling_period=1.0))


def test_scanned_archives_of_other_phases_enrich_each_other():
    """Nothing is missed, nothing is a dropout, nobody is wrong; the outage of one is found all the same."""
    result = compare_evidence(
        make_evidence(
            scanned("primary", without((20, 50))), scanned("secondary", [second + 0.4 for second in EVERY_SECOND[:-1]])
        )
    )
    assert rows(result, "cluster", "samples_to_gain") == [("primary", 31)]
    assert [side.total for side in result.dropouts] == [0, 0]
    assert [side.total for side in result.enrichment] == [168, 170]
    assert result.sampling.step == S
    assert result.summary.secondary.wrong_seconds == 0
    assert result.summary.primary.samples_to_gain == 31


def test_without_a_configuration_other_phases_show_by_taking_turns():
    """Samples of one side and of the other follow each other over and over: they sample at different moments."""
    result = compared(
        EVERY_SECOND,
        [second + 0.4 for second in EVERY_SECOND[:-1]],
        primary={"stores": None},
        secondary={"stores": None},
    )
    assert result.sampling.differs
    assert result.sampling.source == "inferred from 199 steps of the primary, since the two sample at different moments"
    assert not result.needs_merge


def test_monitored_archives_that_lose_single_samples_have_dropouts():
    """Both are told of every change, so what one lacks was lost."""
    mine = [second for second in EVERY_SECOND if second % 10]
    sides = [make_side("primary", WINDOW, mine), make_side("secondary", WINDOW, EVERY_SECOND)]
    sides = [replace(side, type_info=replace(side.type_info, sampling_method="MONITOR")) for side in sides]
    result = compare_evidence(make_evidence(*sides))
    assert result.dropouts.primary.total == 20
    assert result.enrichment.primary.total == 0


def test_a_scanned_record_that_is_slower_than_its_scan_has_its_own_step():
    """The SCAN period is the shortest step there can be, not the step."""
    slow = EVERY_SECOND[::10]
    result = compare_evidence(make_evidence(scanned("primary", slow), scanned("secondary", slow)))
    assert result.sampling.step == 10 * S


# --- neighbours


def neighbour(connected=(), restarted=()):
    spans = [Segments.of(*((start * S, end * S) for start, end in parts)) for parts in (connected, restarted)]
    return {"neighbours": (Neighbour(pv="T:OTHER", connected=spans[0], restarted=spans[1]),)}


def test_a_neighbour_s_samples_clear_a_suspicion():
    """Another PV of the IOC went on without a break: the record was not processed, and nothing was lost."""
    seconds = without((80, 120))
    result = compared(seconds, seconds, sides=(neighbour([(0, 200)]), {}))
    assert seconds_of(result.who["both"]) == [(0, 200)]
    part = compared(seconds, seconds, sides=(neighbour([(0, 100)]), {}))
    assert seconds_of(part.who["undecided"]) == [(100, 120)]


@pytest.mark.parametrize(
    ("signs", "cause"),
    [
        (neighbour([(0, 200)]), Cause.RESUMED),
        (neighbour(restarted=[(18, 52)]), Cause.ARCHIVER_DOWN),
        (neighbour([(0, 30), (40, 200)]), Cause.ARCHIVER_STOPPED),
    ],
)
def test_a_neighbour_tells_a_paused_pv_from_a_stopped_archiver(signs, cause):
    """It goes on, or stops with the PV; where it does neither nobody can tell."""
    seconds = without((20, 50))
    mark = told(seconds, 50, regained=50, startup=True)
    result = compared(seconds, EVERY_SECOND, primary=mark, sides=(signs, {}))
    assert rows(result, "cause") == [(cause,)]
