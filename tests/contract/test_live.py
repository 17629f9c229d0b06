"""The embedded engines write, byte for byte, what two real ones wrote of one IOC (golden/20_live)."""

from functools import cache

import pytest

from archredundancy.appliance import AppliancePair, SettableClock
from archredundancy.testing import open_recording, recording_names
from archredundancy.testing.recorded.recorded_ioc import recorded_ioc, stored_samples

if "20_live" not in recording_names():
    pytest.skip("the recording is not in this folder", allow_module_level=True)
RECORDING = open_recording("20_live")
SIDES = {"P": "primary", "S": "secondary"}
FILES = {(SIDES[entry["cluster"]], f"{entry['store'].lower()}/{entry['path']}"): entry for entry in RECORDING.files}
#: PVs that the last of the recorded pauses of the primary, ten seconds of it, was about.
SHORTLY_PAUSED = ("LIVE:SINE", "LIVE:COUNT")


@cache
def connections():
    """Side, PV and time of each connection that the stored samples tell of, in order."""
    found = [
        (stored.connected, side, stored.pv)
        for (side, _), entry in FILES.items()
        for stored in stored_samples(RECORDING.body(entry))
        if "cnxregainedepsecs" in stored.fields
    ]
    return sorted(found)


def connected(side, pv, after, within=1):
    """When a PV connected after it was resumed or lost; at once if no sample tells of it."""
    found = (at for at, where, whose in connections() if (where, whose) == (side, pv))
    return next((at for at in found if after < at < after + within * 10**9), after)


def events():
    """What happened, in order: time, side, PVs and what was done, a call of the engine's control."""
    names = sorted({entry["typeinfo"]["pvName"] for entry in RECORDING.pvs})
    for event in RECORDING.scenario["live"]:
        side, _, call = event["event"].partition(" ")
        time = int(event["t"])
        if call.endswith("ArchivingPV"):
            shortly = side == "P" and 1795383388 <= time // 10**9 <= 1795383399
            for pv in SHORTLY_PAUSED if shortly else names:
                what = call.removesuffix("ArchivingPV")
                yield time if what == "pause" else connected(SIDES[side], pv, time), SIDES[side], pv, what
        elif event["event"] == "IOC down":
            for side in SIDES.values():
                for pv in names:
                    yield time, side, pv, "disconnect"
                    yield connected(side, pv, time, within=60), side, pv, "reconnect"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What the embedded engines wrote, by side and path."""
    first = {(side, pv): at for at, side, pv in reversed(connections())}
    clock = SettableClock(min(first.values()) - 10**9)
    ioc = recorded_ioc([RECORDING.body(entry) for entry in RECORDING.files], clock)
    infos = {(SIDES[entry["cluster"]], entry["typeinfo"]["pvName"]): entry["typeinfo"] for entry in RECORDING.pvs}
    todo = sorted([*events(), *((at, side, pv, "begin") for (side, pv), at in first.items())])
    root = tmp_path_factory.mktemp("live")
    with AppliancePair(root, clock=clock, source=ioc, lag=0.0, seconds_to_buffer=2.0) as pair:
        for at, side, pv, what in todo:
            clock.advance((at - clock()) / 1e9)
            appliance = getattr(pair, side)
            if what == "begin":
                appliance.add_pv(infos[side, pv] | {"paused": "false", "applianceIdentity": appliance.identity})
            else:
                getattr(appliance.engine, what)(pv)
        yield {(side, path): data for side in SIDES.values() for path, data in getattr(pair, side).files().items()}


@pytest.mark.parametrize(("side", "path"), FILES)
def test_files_are_those_of_the_real_engines(written, side, path):
    """Stamps, values, alarms, and the fields of each start, resume, loss and regain."""
    assert written[side, path] == RECORDING.body(FILES[side, path])


def test_there_are_no_other_files(written):
    """Nor any left in the short-term store."""
    assert {key for key in written if key[1].endswith(".pb")} == FILES.keys()
