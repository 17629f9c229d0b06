"""Outages that samples and headers tell of, whether or not anything was missed."""

from dataclasses import replace

import pytest

from archredundancy.coverage import Cause, Proof, State, compare_evidence
from archredundancy.testing.handmade.evidence import make_evidence, make_side

S = 1_000_000_000


def test_a_lost_connection_beside_a_start_came_later_and_nothing_was_missed_before_it(history):
    """At the start the value was still the one stored before, or it would have been stored then."""
    seconds = [0, 150]
    mark = history.told(seconds, 150, lost=100, regained=150, startup=True)
    result = history.compared(seconds, seconds, primary=mark, secondary=mark)
    assert history.seconds_of(result.who["both"]) == [(0, 100), (150, 200)]
    assert history.seconds_of(result.who["neither"]) == [(100, 150)]


def test_two_servers_that_note_one_restart_in_different_seconds_agree(history):
    """The IOC was away for both as long as either says, within own samples: no second is only one's."""
    seconds = history.without((20, 50))
    result = history.compared(
        seconds,
        seconds,
        primary=history.told(seconds, 50, lost=20, regained=49),
        secondary=history.told(seconds, 50, lost=21, regained=49),
    )
    assert history.seconds_of(result.who["neither"]) == [(20, 50)]
    assert history.seconds_of(result.who["both"]) == [(0, 20), (50, 200)]


@pytest.mark.parametrize("off", [-3000, -100, 100, 3000])
def test_a_wrong_clock_of_one_server_hides_no_restart_of_the_ioc(history, off):
    """Both find the IOC again with the same sample; own samples bound the outage whatever the clock showed."""
    seconds = [second + 5000 for second in history.without((20, 50))]
    window = (5000, 5200)
    marks = [history.told(seconds, 5050, lost=5020 + wrong, regained=5049 + wrong)["fields"] for wrong in (off, 0)]
    result = compare_evidence(
        make_evidence(
            make_side("primary", window, seconds, fields=marks[0]),
            make_side("secondary", window, seconds, fields=marks[1]),
        )
    )
    assert history.seconds_of(result.who["neither"]) == [(5020, 5050)]
    assert not len(result.who["only_primary"])
    assert set(result.gaps.cause) == {Cause.SOURCE_DOWN}
    assert all(result.gaps.start_earliest <= 5020 * S)
    assert all((result.gaps.start_latest >= 5020 * S) & (result.gaps.end_latest >= 5049 * S))


@pytest.mark.parametrize(("off", "words"), [(-99, "at least 98 s behind"), (120, "at least 119 s ahead of"), (2, "")])
def test_a_wrong_clock_of_a_server_is_noted(history, off, words):
    """Each sample was received after its own stamp and before the next one's; what the server wrote must fit."""
    seconds = [second + 1000 for second in history.without((20, 50))]
    mark = history.told(seconds, 1050, regained=1050 + off, startup=True)
    sides = make_side("primary", (1000, 1200), seconds, **mark), make_side("secondary", (1000, 1200), seconds)
    notes = compare_evidence(make_evidence(*sides)).notes
    assert [words in note for note in notes] == ([True] if words else [])


@pytest.mark.parametrize("startup", [True, False])
def test_a_gap_that_a_merge_filled_is_gone(history, startup):
    """The mark of the outage stays beside its sample, but own samples now lie inside: nothing is lacking."""
    lost = 0 if startup else 20
    mark = history.told(history.EVERY_SECOND, 50, lost=lost, regained=50, startup=startup)
    result = history.compared(history.EVERY_SECOND, history.EVERY_SECOND, primary=mark)
    assert len(result.gaps) == 0
    assert history.seconds_of(result.who["both"]) == [(0, 200)]


def test_a_lost_connection_that_cost_nothing_is_declared(history):
    """The other side was connected and nothing changed: no sample to gain, and still it is known."""
    result = history.compared(
        [0, 60, 120], [0, 60, 120], primary=history.told([0, 60, 120], 120, lost=80, regained=110)
    )
    assert history.rows(result, "cause", "evidence", "samples_to_gain") == [
        (Cause.ARCHIVER_DISCONNECTED, Proof.DECLARED, 0)
    ]
    assert result.summary.primary.gaps == 0
    assert (result.summary.primary.declared, result.summary.primary.declared_seconds) == (1, 31)


def test_a_header_tells_of_a_connection_that_is_still_lost(history):
    """While it lasts no sample can tell; the engine's own header does."""
    seconds = history.without((150, 200))
    side = make_side("primary", history.WINDOW, seconds)
    side = replace(side, reading=replace(side.reading, headers={"cnxlostepsecs": "150"}))
    result = compare_evidence(make_evidence(side, make_side("secondary", history.WINDOW, history.EVERY_SECOND)))
    assert history.rows(result, "state", "cause", "evidence") == [
        (State.DISCONNECTED, Cause.STILL_DISCONNECTED, Proof.WITNESSED)
    ]


def test_an_engine_may_tell_later_that_it_has_had_no_connection(history):
    """Asked after the end of the range, it says since when."""
    sides = {"disconnected_since": 150 * S}, {}
    result = history.compared(history.without((150, 200)), history.EVERY_SECOND, sides=sides)
    assert history.rows(result, "cause", "samples_to_gain") == [(Cause.STILL_DISCONNECTED, 50)]


def test_a_first_sample_with_the_mark_of_a_start_is_no_outage(history):
    """Between its creation and its first sample a PV was only beginning to be archived."""
    seconds = history.without((0, 12))
    mark = history.told(seconds, 12, regained=12, startup=True)
    result = history.compared(
        seconds, history.EVERY_SECOND[10:], primary={"created": 9, **mark}, secondary={"created": 9}
    )
    assert history.rows(result, "cause", "samples_to_gain") == [(Cause.BEGINNING, 2)]


def test_a_start_after_a_change_of_the_configuration_was_a_resume(history):
    """Pausing and resuming change the configuration; a crash does not."""
    seconds = history.without((20, 50))
    mark = history.told(seconds, 50, regained=50, startup=True)
    side = make_side("primary", history.WINDOW, seconds, **mark)
    for modified, cause in ((45, Cause.RESUMED), (10, Cause.ARCHIVER_STOPPED), (60, Cause.ARCHIVER_STOPPED)):
        changed = replace(side, type_info=replace(side.type_info, modified=modified * S))
        result = compare_evidence(make_evidence(changed, make_side("secondary", history.WINDOW, history.EVERY_SECOND)))
        assert history.rows(result, "cause") == [(cause,)]


def test_a_start_that_a_side_not_read_might_have_seen_is_unknown_for_that_reason(history):
    """Where the other side cannot tell, it was not stopped: that is another cause."""
    seconds = history.without((20, 50))
    mark = history.told(seconds, 50, regained=50, startup=True)
    result = history.compared(seconds, history.EVERY_SECOND[60:], primary=mark, secondary={"created": 60})
    assert history.rows(result, "state", "cause") == [(State.UNKNOWN, Cause.STOPPED_UNSEEN)]
