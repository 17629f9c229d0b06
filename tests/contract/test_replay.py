"""The embedded appliance against all that two real ones were recorded to answer, and the files they left."""

import re
from contextlib import contextmanager
from functools import cache
from tempfile import TemporaryDirectory

import pytest

from archredundancy.appliance import Appliance, ApplianceCluster, AppliancePair, SettableClock
from archredundancy.model import NS_PER_SECOND, parse_time
from archredundancy.testing import open_recording, recording_names
from archredundancy.testing.recorded.recorded_ioc import recorded_ioc
from archredundancy.testing.recorded.replay import replay

LEFT_OVER_FLAGS = "the recorded cluster had flags left over from other recordings"
RACE = "files that ETL moved on while a pause was still writing them: the recorded appliances raced with themselves"
LIVE = "the recorded cluster also archived PVs of a real IOC, which the recording does not hold"

#: Steps that are meant to differ, with the reason.
MEANT = {
    **{("15_members_down", step): LEFT_OVER_FLAGS for step in (17, 85, 86)},
    **{("15_members_down_kill", step): LEFT_OVER_FLAGS for step in (17, 88, 89)},
    **{("15_members_down", step): LIVE for step in (4, 14, 16, 19, 71, 72)},
    **{("15_members_down_kill", step): LIVE for step in (4, 14, 16, 19, 74, 75)},
    ("14_live", 115): "the recorded engine had not followed the pause yet; this one has no lag",
    **{("14_live", step): RACE for step in (141, 152, 166, 168, 182, 191)},
    ("14_live", 200): "the recorded appliance had a PV left over from another recording",
    ("07_bpl", 37): "the recorded appliance had flags left over from another recording",
    ("07_bpl", 50): "which of equally old PVs come first is the order of a Java hash map",
    ("07_bpl", 81): "which of several names comes first is the order of a Java hash map",
    ("07_bpl", 164): "which of several names comes first is the order of a Java hash map",
}

#: Recordings of what is not imitated: single observations of a real IOC, of a member that hangs, and of two that have
#: lost each other.
SINGLE = ("15_members_live", "15_members_frozen", "15_members_split")
REPLAYED = [name for name in recording_names() if name not in SINGLE]

each_recording = pytest.mark.parametrize("name", REPLAYED)


class Embedded:
    """Embedded appliances as a target of `replay`."""

    def __init__(self, appliances):
        self.appliances = appliances

    @property
    def clusters(self):
        return list(self.appliances)

    def host(self, cluster, webapp):
        return self.appliances[cluster].url.removeprefix("http://")

    def folder(self, cluster):
        return str(self.appliances[cluster].root)

    def add_pv(self, cluster, info):
        self.appliances[cluster].add_pv(info)

    def put_file(self, cluster, store, path, data):
        self.appliances[cluster].put_file(store, path, data)

    def files(self, cluster):
        return self.appliances[cluster].files()

    def let_time_pass(self, step):
        """Be in time for a step; the time of most recordings does not matter."""

    def stop(self, cluster, signal):
        self.appliances[cluster].kill() if signal == "KILL" else self.appliances[cluster].stop()

    def start(self, cluster):
        self.appliances[cluster].stop()
        self.appliances[cluster].start()


#: When steps of 14_live were recorded, seconds after 21:22 UTC.
LIVE_SECONDS = {"made": 26.7, 0: 47.342, 57: 47.668, 114: 47.9, 118: 56.05, 125: 61.17, 130: 61.2}
LIVE_FIELDS = {
    "LIVE:SINE": {"EGU": "mm", "PREC": "3", "HIGH": "5", "HIHI": "9", "LOW": "-5", "LOLO": "-9"},
    "LIVE:MODE": {"ENUM_0": "Off", "ENUM_1": "Idle", "ENUM_2": "Run", "ENUM_3": "Trip"},
}


class Live(Embedded):
    """A pair that archives what the recorded one did, at the times at which it was recorded.

    Those of requests can be told from the windows they ask for, those of pauses from the samples that are stored.
    """

    def __init__(self, appliances, clock, count):
        super().__init__(appliances)
        self.clock, self.count = clock, count

    @staticmethod
    def at(step):
        return parse_time("2026-11-22T21:22:00Z", now=0) + round(LIVE_SECONDS[step] * NS_PER_SECOND)

    def add_pv(self, cluster, info):
        """Add a PV; after the last one it is time for the first step."""
        super().add_pv(cluster, info)
        self.count -= 1
        if not self.count:
            self.let_time_pass(0)

    def let_time_pass(self, step):
        if step in LIVE_SECONDS:
            self.clock.advance((self.at(step) - self.clock()) / NS_PER_SECOND)


@contextmanager
def live_pair(root):
    """Start a pair that archives an IOC made of the recorded samples."""
    recording = open_recording("14_live")
    stored = next(step for step in recording.steps if step.get("action") == "expect_files")
    clock = SettableClock(Live.at("made"))
    ioc = recorded_ioc(map(recording.body, stored["files"]), clock, LIVE_FIELDS)
    with AppliancePair(root, lag=0.0, clock=clock, source=ioc, seconds_to_buffer=2.0) as pair:
        yield Live({"P": pair.primary, "S": pair.secondary}, clock, len(recording.pvs))


@contextmanager
def embedded(name):
    """Start the appliances that a recording is about."""
    with TemporaryDirectory() as root:
        if name.startswith("15_members_"):
            redirecting = ("q1",) if name.endswith("redirect") else ()
            members = ApplianceCluster(root, identities=("q0", "q1"), lag=0.0, redirecting=redirecting)
            with members, Appliance("secondary0", f"{root}/S", lag=0.0) as secondary:
                yield Embedded({**members, "S": secondary})
        elif name == "14_live":
            with live_pair(root) as target:
                yield target
        else:
            with AppliancePair(root, lag=0.0) as pair:
                yield Embedded({"P": pair.primary, "S": pair.secondary})


@cache
def outcomes(name):
    """What comes of each step of a recording."""
    with embedded(name) as appliances:
        found = []
        for outcome in replay(open_recording(name), appliances):
            found.append(outcome)
            appliances.let_time_pass(outcome.step + 1)
        return found


@each_recording
def test_each_step_is_answered_as_recorded(name):
    """Bytes, JSON, statuses, messages and files left are those of the real appliances, but for what the table names."""
    unexplained = [
        f"step {outcome.step}, {outcome.kind}: {outcome.request}\n{outcome.difference[:2000]}"
        for outcome in outcomes(name)
        if outcome.difference and (name, outcome.step) not in MEANT
    ]
    assert not unexplained, "\n\n".join(unexplained[:5])


@pytest.mark.parametrize(("name", "step"), [(name, step) for name, step in MEANT if name in REPLAYED])
def test_what_is_meant_to_differ_does(name, step):
    """A step in the table of meant differences does differ."""
    assert next(outcome.difference for outcome in outcomes(name) if outcome.step == step)


@pytest.mark.skipif("14_live" not in REPLAYED, reason="the recording is not in this folder")
@pytest.mark.parametrize("step", [141, 182, 191])
def test_what_engines_wrote_differs_only_where_they_raced(step):
    """All other files of the live PVs, consolidated and merged ones too, are those of the real appliances."""
    difference = next(outcome.difference for outcome in outcomes("14_live") if outcome.step == step)
    assert set(re.findall(r"(\w) (\wts/\w+/\w+):", difference)) <= {
        ("P", "sts/LIVE/BYTES"),
        ("S", "sts/LIVE/BYTES"),
        ("S", "mts/LIVE/BYTES"),
        ("S", "sts/LIVE/WAVE"),
    }
