"""What a comparison finds in two real clusters' answers, against what was done to them (golden/20_live).

For four minutes both archived one IOC, while they were paused in turn and together and the IOC was restarted. The list
of what was done is the truth, in the clock of the computer that all ran on; a third client saw every update.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from archredundancy.coverage import Cause, Comparison, Proof, State
from archredundancy.model import NS_PER_SECOND, format_time, parse_time, value_at
from archredundancy.segments import Segments
from archredundancy.testing import open_recording, recording_names
from archredundancy.testing.recorded.recorded_cluster import recorded_pair
from archredundancy.testing.recorded.recorded_ioc import stored_samples

if "20_live" not in recording_names():
    pytest.skip("the recording is not in this folder", allow_module_level=True)
RECORDING = open_recording("20_live")
SIDES = {"P": "primary", "S": "secondary"}
PVS = sorted({entry["typeinfo"]["pvName"] for entry in RECORDING.pvs})
#: PVs that were processed once, by the restart of the IOC; no pause cost a sample of them.
SLOW = ("LIVE:SETPOINT", "LIVE:SLOW")
#: The last pause of the primary was of these alone.
SHORTLY_PAUSED = ("LIVE:COUNT", "LIVE:SINE")
#: How many updates the third client saw while at least one side was connected.
UPDATES = {
    **dict.fromkeys(("LIVE:COUNT", "LIVE:MODE", "LIVE:SINE"), 390),
    **dict.fromkeys(("LIVE:BYTES", "LIVE:TEXT", "LIVE:WAVE"), 78),
    **dict.fromkeys(SLOW, 1),
}


def instants(event):
    """When something was done, each time."""
    return [int(each["t"]) for each in RECORDING.scenario["live"] if each["event"] == event]


BEGIN, FREEZE = instants("begin")[0], instants("freeze")[0]
#: The answers reach a second further. Then everything had been paused for a minute.
END = parse_time("2026-11-22T21:37:52Z", now=0)
RESTART = instants("IOC down")[0], instants("all connected again")[0]
BOTH_PAUSED = instants("S pauseArchivingPV")[1], instants("S resumeArchivingPV")[1]


@dataclass(frozen=True)
class Pause:
    """A pause of one side."""

    side: str
    start: int
    end: int

    def __str__(self):
        return f"{self.side}-{format_time(self.start)[11:19]}"


def pauses_of(pv):
    """The pauses that ended before all was frozen, of the primary and of the secondary."""
    found = [
        Pause(side, start, end)
        for letter, side in SIDES.items()
        for start, end in zip(
            instants(f"{letter} pauseArchivingPV"), instants(f"{letter} resumeArchivingPV"), strict=False
        )
    ]
    primary = [pause for pause in found if pause.side == "primary"]
    return [pause for pause in found if pause is not primary[-1] or pv in SHORTLY_PAUSED]


@cache
def stored(side, pv):
    """The stamps that a side has in its files, by the decoder of the embedded appliance."""
    files = [RECORDING.body(entry) for entry in RECORDING.files if SIDES[entry["cluster"]] == side]
    return sorted(sample.sampled.time for file in files for sample in stored_samples(file) if sample.pv == pv)


def missed(pause, pv):
    """The stamps during a pause that only the other side stored; the value at the resume is stored by both."""
    (other,) = set(SIDES.values()) - {pause.side}
    only_there = set(stored(other, pv)) - set(stored(pause.side, pv))
    return sorted(stamp for stamp in only_there if pause.start < stamp < pause.end)


def witnessed(pv):
    """Value, severity and status of each update that the third client saw from begin to freeze, by stamp."""
    updates = (each for each in RECORDING.scenario["witness"] if each["pv"] == pv and "t" in each)
    seen = {int(each["t"]): (each["val"], each["sev"], each["stat"]) for each in updates}
    return {stamp: what for stamp, what in seen.items() if BEGIN <= stamp < FREEZE}


def as_seen(value):
    """A value as the third client wrote it: scalars as text, arrays as lists, bytes without a sign."""
    if isinstance(value, np.ndarray):
        return (value.view(np.uint8) if value.dtype == np.int8 else value).tolist()
    return str(value)


@cache
def compared(pv) -> Comparison:
    """The comparison, from the first event on, of the recorded answers alone."""
    with recorded_pair(RECORDING, now=END) as pair:
        return pair.compare(pv, np.datetime64(BEGIN, "ns"), np.datetime64(END, "ns"))


def table(pv, *causes):
    """Side, start, end, state, cause, evidence and samples to gain of the gaps with one of these causes, sorted."""
    gaps = compared(pv).gaps
    columns = (gaps.cluster, gaps.start, gaps.end, gaps.state, gaps.cause, gaps.evidence, gaps.samples_to_gain)
    return sorted((row for row in zip(*columns, strict=True) if row[4] in causes), key=lambda row: row[:2])


each_pv = pytest.mark.parametrize("pv", PVS)
each_pause = pytest.mark.parametrize(
    ("pv", "pause"), [(pv, pause) for pv in PVS if pv not in SLOW for pause in pauses_of(pv)], ids=str
)


@each_pv
def test_each_pause_that_cost_samples_is_a_gap(pv):
    """From the first stamp that only the other side stored to the next own one, with its cause and its count."""
    planted = []
    for pause in pauses_of(pv):
        if lost := missed(pause, pv):
            end = min(stamp for stamp in stored(pause.side, pv) if stamp > lost[-1])
            planted.append(
                (pause.side, lost[0], end, State.STOPPED, Cause.ARCHIVER_STOPPED, Proof.WITNESSED, len(lost))
            )
    assert len(planted) == {"LIVE:COUNT": 4, "LIVE:SINE": 4}.get(pv, 0 if pv in SLOW else 3)
    assert table(pv, Cause.ARCHIVER_STOPPED) == sorted(planted, key=lambda row: row[:2])


@each_pause
def test_a_pause_lies_within_the_edges_that_its_gap_states(pv, pause):
    """It began between the last own sample and the first missed, and ended before the second own sample after it."""
    gaps = compared(pv).gaps.of(pause.side)
    (row,) = np.flatnonzero((gaps.start_earliest < pause.end) & (gaps.end > pause.start))
    assert gaps.start_earliest[row] < pause.start <= gaps.start_latest[row]
    assert gaps.end_earliest[row] < pause.end <= gaps.end_latest[row]
    assert (gaps.cause[row] is Cause.BOTH_STOPPED) == (not missed(pause, pv))


@each_pv
def test_the_restart_of_the_ioc_is_an_outage_of_both_sides(pv):
    """To the second of the servers' clocks: nobody could archive, and no sample is to be gained."""
    rows = table(pv, Cause.SOURCE_DOWN)
    assert [row[0] for row in rows] == ["primary", "secondary"]
    down, connected = RESTART
    for _, start, end, *told in rows:
        assert told == [State.DISCONNECTED, Cause.SOURCE_DOWN, Proof.DECLARED, 0]
        assert 0 <= down - start < NS_PER_SECOND
        assert down < end < connected


@each_pv
def test_pauses_that_last_are_told_by_the_report(pv):
    """Since shortly before the call that paused each side returned, until now."""
    frozen = [instants("P pauseArchivingPV")[-1], instants("S pauseArchivingPV")[-1]]
    rows = table(pv, Cause.PAUSED)
    assert [row[0] for row in rows] == ["primary", "secondary"]
    for paused, (_, start, *told) in zip(frozen, rows, strict=True):
        assert 0 < paused - start < NS_PER_SECOND
        assert told == [END, State.STOPPED, Cause.PAUSED, Proof.DECLARED, 0]


@each_pv
def test_nothing_else_is_found(pv):
    """No gap has another cause, no sample is a dropout, and where both have a sample it is the same."""
    found = compared(pv)
    assert set(found.gaps.cause) <= {Cause.ARCHIVER_STOPPED, Cause.BOTH_STOPPED, Cause.SOURCE_DOWN, Cause.PAUSED}
    assert [lost.total for lost in found.dropouts] == [0, 0]
    assert not len(found.conflicts)
    assert not found.failures


@pytest.mark.parametrize("pv", [pv for pv in PVS if pv not in SLOW])
def test_what_both_missed_while_both_were_paused_is_undecided(pv):
    """From the secondary's last sample before its pause to its first one after it: nobody can tell what was lost."""
    (pause,) = (pause for pause in pauses_of(pv) if pause.side == "secondary" and not missed(pause, pv))
    own = np.array(stored("secondary", pv))
    before, after = own[own < pause.start][-1], own[own > pause.start][0]
    assert compared(pv).who["undecided"] == Segments.of((before, after))


@each_pv
def test_the_union_misses_nothing_that_an_independent_client_saw(pv):
    """Each update outside the restart and the pause of both is there, with value and alarm; of slow PVs every one."""
    union = compared(pv).union.samples
    stamps, severities, statuses = union.time.tolist(), union.severity.tolist(), union.status.tolist()
    had = {stamp: (as_seen(value_at(union, row)), severities[row], statuses[row]) for row, stamp in enumerate(stamps)}
    seen = {
        stamp: what
        for stamp, what in witnessed(pv).items()
        if pv in SLOW or not any(start <= stamp <= end for start, end in (RESTART, BOTH_PAUSED))
    }
    assert len(seen) == UPDATES[pv]
    assert {stamp: had.get(stamp) for stamp in seen} == seen


def test_neighbours_tell_a_pause_of_two_pvs_from_those_of_all():
    """The other PVs stopped with LIVE:COUNT each time but the last, when all but LIVE:SINE went on."""
    others = ["LIVE:BYTES", "LIVE:TEXT"]
    with recorded_pair(RECORDING, now=END) as pair:
        comparison = pair.compare("LIVE:COUNT", np.datetime64(BEGIN, "ns"), np.datetime64(END, "ns"), neighbours=others)
    gaps = comparison.gaps.of("primary").proven_by(Proof.WITNESSED)
    assert gaps.cause.tolist() == [Cause.ARCHIVER_DOWN, Cause.ARCHIVER_DOWN, Cause.RESUMED]


@pytest.mark.parametrize("pv", SLOW)
def test_a_pause_without_an_update_leaves_nothing_undecided(pv):
    """At the resume its value was as before, and from then until the restart it was connected."""
    assert not len(compared(pv).who["undecided"])
