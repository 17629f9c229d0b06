"""The command line, run in-process against an embedded pair, as a new user would."""

import csv
import json
import threading

import click
import pytest

from archredundancy.appliance import AppliancePair, Periodic, SettableClock, SimulatedIoc, SimulatedPv
from archredundancy.cli.main import cli
from archredundancy.commit.journal.journal import SCHEMA, Journal
from archredundancy.demo import DEMO_NOW, demo_pair
from archredundancy.demo.certificate import trust_embedded
from archredundancy.pair import ClusterPair


@pytest.fixture(scope="module", autouse=True)
def certified(tmp_path_factory):
    """Embedded pairs are certified, in the folder of this user, where no other is named."""
    home = tmp_path_factory.mktemp("state")
    trust_embedded(home / "archredundancy" / "runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(home))
        yield


@pytest.fixture(scope="module")
def urls():
    """Options that name an embedded pair; the present is the pair's, since what it holds expires."""
    with demo_pair() as pair, pytest.MonkeyPatch.context() as patch:
        patch.setattr("archredundancy.pair.asked_pair.system_clock", lambda: DEMO_NOW)
        yield ["--primary", pair.primary.url, "--secondary", pair.secondary.url]


CURRENT = ("DEMO:CURRENT", "2026-10-01", "2026-10-04")


def test_search_lists_pvs(run, urls):
    """A glob gives the names both clusters know, one a line."""
    code, out, _ = run("search", "LIVE:S*", *urls)
    assert code == 0
    assert out.split() == ["LIVE:SETPOINT", "LIVE:SINE", "LIVE:SLOW"]


def test_search_without_match_says_so(run, urls):
    """No match is not an error, and not silence."""
    code, out, err = run("search", "NOSUCH*", *urls)
    assert (code, out) == (0, "")
    assert "no PV matches 'NOSUCH*'" in err


def test_compare_exits_with_2_when_there_is_something_to_gain(run, urls):
    """Samples that only the secondary has are something to do."""
    code, out, _ = run("compare", *CURRENT, *urls)
    assert code == 2
    assert "Only the secondary has" in out


def test_compare_exits_with_3_when_something_expires(run, urls):
    """The valve's gap is dropped by the secondary within the week."""
    assert run("compare", "DEMO:VALVE", "2026-05-20", "2026-05-30", *urls)[0] == 3
    assert run("compare", "DEMO:VALVE", "2026-05-20", "2026-05-30", "--within", "1", *urls)[0] == 2


def test_compare_exits_with_0_when_nothing_is_to_do(run, urls):
    """Where both agree there is nothing to do."""
    assert run("compare", "DEMO:VALVE", "2026-05-26T12:00:00", "2026-05-27", *urls)[0] == 0


def test_compare_exits_with_1_where_nobody_can_tell(run, urls):
    """A script must not take a range in the future for one in which nothing is to do."""
    code, out, _ = run("compare", "DEMO:VALVE", "2030-01-01", "2030-01-02", *urls)
    assert code == 1
    assert "Nobody can tell" in out
    assert run("compare", "DEMO:VALVE", "2026-05-20", "2026-05-20", *urls)[0] == 0


def test_compare_as_json(run, urls):
    """JSON holds the same numbers, times with nine digits."""
    _, out, _ = run("compare", *CURRENT, *urls, "--json")
    document = json.loads(out)
    assert document["summary"]["primary"]["gaps"] == 1
    assert document["gaps"][0]["start"].endswith("Z")
    assert len(document["gaps"][0]["start"]) == len("2026-10-02T03:00:00.000000000Z")


def test_compare_writes_its_pictures(run, urls, tmp_path):
    """A page, a picture and the small picture of coverage are files of their own."""
    html, png, svg = (tmp_path / name for name in ("page.html", "picture.png", "coverage.svg"))
    run("compare", *CURRENT, *urls, "--html", str(html), "--png", str(png), "--svg", str(svg))
    assert html.read_text().startswith("<!doctype html>")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert svg.read_text().startswith("<svg")


def test_compare_of_several_pvs_is_a_table(run, urls):
    """Names and patterns may be mixed; the worst stands first, and decides the exit code."""
    code, out, _ = run("compare", "DEMO:CURRENT", "DEMO:V*", "2026-05-20", "2026-11-01", *urls)
    assert code == 3
    assert [line.split()[0] for line in out.splitlines() if line.startswith("DEMO:")] == ["DEMO:VALVE", "DEMO:CURRENT"]
    code, out, _ = run("compare", "DEMO:CURRENT", "DEMO:V*", "--start", "2026-10-01", "--end", "2026-10-04", *urls)
    assert code == 2
    assert "1 more PV lacks nothing" in out


def test_compare_refuses_neighbours_of_several_pvs(run, urls):
    """Rather than to leave the option out of account."""
    code, _, err = run("compare", "DEMO:C*", "2026-10-01", "2026-10-02", "--neighbours", "3", *urls)
    assert code == 1
    assert "--neighbours is for one PV" in err


def test_compare_of_a_pattern_as_json(run, urls, tmp_path):
    """One document, with one object for each PV; page and picture hold them all."""
    page, picture = tmp_path / "table.html", tmp_path / "table.png"
    files = ("--html", str(page), "--png", str(picture))
    _, out, _ = run("compare", "DEMO:TYPE:*", "2026-11-01", "2026-11-02", *urls, "--json", *files)
    assert len(json.loads(out)["pvs"]) == 15
    assert "DEMO:TYPE:SCALAR_ENUM" in page.read_text()
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_compare_does_not_call_unread_pvs_fine(run, urls):
    """Nothing to do was found, but not everything could be looked at: that is an error."""
    code, out, _ = run("compare", "NO:SUCH", "DEMO:VALVE", "2026-05-26T12:00", "2026-05-26T13:00", *urls)
    assert code == 1
    assert "NO:SUCH: (unknown-pv)" in out
    assert run("compare", "NO:SUCH", "DEMO:VALVE", "2026-05-20", "2026-05-30", *urls)[0] == 3


def test_compare_of_a_pattern_without_match_is_an_error(run, urls):
    """A misspelt pattern must not pass for a clean bill of health."""
    code, out, err = run("compare", "NO:*", "-7d", *urls)
    assert (code, out) == (1, "")
    assert "no PV that both clusters know matches 'NO:*'" in err


def test_fetch_prints_csv_with_origin(run, urls):
    """The union comes with the origin of each sample, times with nine digits."""
    code, out, _ = run("fetch", "DEMO:TYPE:SCALAR_STRING", "2026-11-01", "2026-11-02", *urls)
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "time,value,severity,status,origin"
    assert len(lines) == 61
    assert sum(line.endswith(",secondary") for line in lines) == 10


def test_fetch_as_json_lines(run, urls):
    """One JSON object a line, waveforms as lists."""
    _, out, _ = run("fetch", "DEMO:TYPE:WAVEFORM_INT", "2026-11-01", "2026-11-02", "--side", "primary", "--json", *urls)
    rows = [json.loads(line) for line in out.splitlines()]
    assert len(rows) == 50
    assert isinstance(rows[0]["value"], list)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("compare", "NOSUCH", "2026-01-01"), "not known to have a PV 'NOSUCH'"),
        (("compare", "DEMO:CURRENT", "yesterday"), "'yesterday' is not a time"),
        (("compare", "DEMO:CURRENT"), "give a START after the PVs"),
        (("compare", "DEMO:CURRENT", "2026-10-04", "2026-10-01"), "before its start"),
        (("compare", "DEMO:CURRENT", "-7d", "--within", "-1"), "-1.0 is not in the range x>=0"),
        (("search", "*", "--where", "nowhere"), "'nowhere' is not one of"),
    ],
)
def test_errors_are_told_in_a_line(run, urls, arguments, message):
    """Bad input exits with 1 and a message that names the value, never with a traceback."""
    code, out, err = run(*arguments, *urls)
    assert (code, out) == (1, "")
    assert message in err
    assert "Traceback" not in err


def test_a_file_that_cannot_be_written_is_told_in_a_line(run, urls, tmp_path):
    """The folder has to be there."""
    code, _, err = run("compare", *CURRENT, *urls, "--html", str(tmp_path / "nowhere" / "page.html"))
    assert code == 1
    assert err.startswith("error: ")
    assert "page.html" in err
    assert "Traceback" not in err


def test_a_missing_pair_is_an_error(run, monkeypatch):
    """Without URLs the commands say how to name the pair."""
    monkeypatch.delenv("ARCHREDUNDANCY_PRIMARY", raising=False)
    code, _, err = run("search", "*")
    assert code == 1
    assert "--primary URL" in err


def test_options_hold_for_the_demo_too(run, tmp_path):
    """Times are read in the zone that is given; a folder of runs, which the demo brings, is refused."""
    hours = ["2026-10-03T02:00", "2026-10-03T02:00:30"]
    code, out, _ = run("fetch", "DEMO:CURRENT", *hours, "--demo", "--timezone", "Europe/Berlin")
    assert code == 0
    assert "2026-10-03T00:00:" in out
    code, _, err = run("plan", "DEMO:CURRENT", "--demo", "--run-dir", str(tmp_path))
    assert code == 1
    assert "leave out --run-dir" in err


def test_file_prints_what_a_file_holds(run, tmp_path):
    """PV, type, year, number of samples, first and last."""
    from archredundancy.model import DbrType, Samples, parse_time
    from archredundancy.wire import ChunkHeader, encode_chunk

    start = parse_time("2024-01-01T00:00:00Z", now=0)
    data = encode_chunk(
        ChunkHeader(dbr_type=DbrType.SCALAR_INT, pv="X:Y", year=2024),
        Samples.build(DbrType.SCALAR_INT, [start, start + 1], [1, 2]),
    )
    path = tmp_path / "Y:2024.pb"
    path.write_bytes(data)
    code, out, _ = run("file", str(path))
    assert code == 0
    assert "X:Y  SCALAR_INT  2024  2 samples  2024-01-01T00:00:00.000000000Z .. 2024-01-01T00:00:00.000000001Z" in out
    path.write_bytes(data[:-3])
    code, out, _ = run("file", str(path), "--json")
    assert code == 1
    assert json.loads(out)["chunks"][0]["count"] == 1


def test_file_tells_an_empty_file(run, tmp_path):
    """A zero-byte file, which empties every answer that touches it, is called damaged."""
    path = tmp_path / "empty.pb"
    path.touch()
    code, out, _ = run("file", str(path))
    assert code == 1
    assert "no readable header" in out


def test_demo_tells_the_story_and_draws(run, tmp_path):
    """`archredundancy demo` runs the main job and writes the picture."""
    picture = tmp_path / "coverage.png"
    code, out, _ = run("demo", "--picture", str(picture))
    assert code == 0
    assert out.count("Only the secondary has") == 3
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_plan_exits_with_2_when_ready(run, urls, tmp_path):
    """A plan that may be committed is something to do; `-o` writes it, and what was written reads back the same."""
    from archredundancy.plan import MergePlan

    path = tmp_path / "plan.json"
    code, out, _ = run("plan", "DEMO:CURRENT", "-o", str(path), *urls)
    assert code == 2
    assert "would gain     2,185 samples" in out
    assert f"\nprimary {urls[1]}, secondary {urls[3]}\n" in out
    assert MergePlan.from_json(path.read_text()).id in out


def test_plan_refuses_what_would_destroy(run, urls):
    """A merge that would destroy a sample of the primary is refused, unless that number of losses is accepted."""
    code, out, _ = run("plan", "DEMO:PRESSURE", *urls)
    assert code == 1
    assert "REFUSED would-lose-samples: 1 sample" in out
    assert run("plan", "DEMO:PRESSURE", "--accept-loss", "1", *urls)[0] == 2


def test_a_pattern_that_matches_nothing_is_an_error_among_others(run, urls):
    """It may be mistyped, and nobody would miss its PVs."""
    for command in (("plan", "DEMO:VALVE", "DEMO:VLAVE*"), ("compare", "DEMO:VALVE", "DEMO:VLAVE*", "-200d", "now")):
        code, _, err = run(*command, *urls)
        assert code == 1 and "no PV that both clusters know matches 'DEMO:VLAVE*'" in err


def test_what_is_left_out_of_a_plan_is_told(run, urls):
    """By name and reason, since the plan itself tells of the others only."""
    code, out, err = run("plan", "DEMO:VALVE", "DEMO:PRESSURE", "--without-refused", *urls)
    assert code == 2 and "DEMO:PRESSURE" not in out
    assert "warning: DEMO:PRESSURE is left out: would-lose-samples" in err


def test_plan_takes_patterns_spans_and_limits(run, urls, tmp_path):
    """What cannot be planned is refused and can be left out; what cannot be understood is an error of usage."""
    path = tmp_path / "plan.json"
    code, out, _ = run("plan", "DEMO:TYPE:SCALAR_*", "NO:SUCH", "--exclude", "2026-11-03/2026-11-04", *urls)
    assert code == 1
    assert "NO:SUCH" in out
    options = ("--without-refused", "--limit", "rewritten_bytes=2GiB", "-o", str(path))
    assert run("plan", "DEMO:TYPE:SCALAR_*", "NO:SUCH", *options, *urls)[0] == 2
    assert len(json.loads(path.read_text())["pvs"]) == 7
    assert run("plan", "DEMO:VALVE", "--limit", "rewritten_bytes=0.1KiB", *urls)[0] == 1
    assert "write START/END" in run("plan", "DEMO:VALVE", "--exclude", "2026-11-03", *urls)[2]
    assert "is no limit" in run("plan", "DEMO:VALVE", "--limit", "pvs=many", *urls)[2]
    assert "units are for limits in bytes" in run("plan", "DEMO:VALVE", "--limit", "samples=1M", *urls)[2]
    assert "unknown limit" in run("plan", "DEMO:VALVE", "--limit", "cows=3", *urls)[2]


def test_plan_exits_with_0_when_nothing_is_to_gain(run, urls):
    """The secondary has nothing of LIVE:SLOW that the primary lacks."""
    code, out, _ = run("plan", "LIVE:SLOW", *urls)
    assert code == 0
    assert "nothing to do" in out


def test_a_plan_is_committed_verified_and_then_done(run, tmp_path):
    """The operator's way: plan to a file, commit by typed id, verify the run, and nothing is left to do."""
    with demo_pair() as pair:
        named = ["--primary", pair.primary.url, "--secondary", pair.secondary.url]
        plan, runs = tmp_path / "plan.json", tmp_path / "runs"
        run("plan", "DEMO:VALVE", "-o", str(plan), *named)
        approve = json.loads(plan.read_text())["id"]
        code, out, _ = run("commit", str(plan), "--approve", "0000-0000", "--run-dir", str(runs), *named)
        assert (code, runs.exists()) == (1, False)
        code, _, err = run("plan", "DEMO:VALVE", "-o", str(tmp_path / "nowhere" / "plan.json"), *named)
        assert code == 1 and "there is no folder" in err
        code, _, err = run("plan", "DEMO:VALVE", "--run-dir", str(runs), *named)
        assert code == 1 and f"warning: there is no folder {runs}" in err and "cli/plan.py" not in err
        trust_embedded(runs)
        code, out, _ = run("commit", str(plan), "--approve", approve, "--run-dir", str(runs), *named)
        assert code == 0
        assert "12 samples gained" in out
        assert out.startswith(f"run {runs}") and " of 1 PV" in out.splitlines()[0]
        code, listed, _ = run("report", str(runs))
        assert code == 0 and f"{approve}: done and proven, 12 samples gained" in listed
        folder = next(path for path in runs.iterdir() if path.name.endswith(approve))
        assert run("verify", str(folder))[0] == 0
        assert run("verify", str(plan), "--run-dir", str(runs))[0] == 0
        assert run("recover", str(folder))[0] == 0
        assert run("recover", "--watch", "--once", str(folder.parent))[0] == 0
        page = tmp_path / "report.html"
        code, out, _ = run("report", str(folder), "--html", str(page))
        assert code == 0 and "done and proven" in out
        assert "done and proven" in page.read_text() and "<!doctype html>" in page.read_text()
        assert json.loads(run("report", str(folder), "--json")[1])["ok"]
        assert run("plan", "DEMO:VALVE", *named)[0] == 0


@pytest.mark.parametrize(
    ("name", "options", "reads"),
    [
        ("run", ["--watch"], "--watch goes with --once alone; the other options are for a single run"),
        ("certification", [], "--primary-moved is for runs; put the URL into "),
    ],
)
def test_a_moved_primary_is_told_of_for_one_run(name, options, reads, run, tmp_path):
    """A folder of runs may hold those of several primaries; a certification compares no address."""
    folder = tmp_path / name
    folder.mkdir()
    (folder / ("certify.json" if name == "certification" else "run.json")).touch()
    code, _, err = run("recover", str(folder), "--primary-moved", "http://q:17665", *options)
    assert code == 1 and reads in err


def test_a_run_that_cannot_be_read_does_not_hide_the_others(run, tmp_path):
    """It has a line of its own, which says why, and the exit code that of a run which is not at its end."""
    for name, schema in (("1-later", SCHEMA + 1), ("2-ours", SCHEMA)):
        (tmp_path / name).mkdir()
        with Journal(tmp_path / name / "journal.jsonl") as journal:
            journal.write("run", schema=schema, plan="7f3a-91c2", strategy="relay", pvs=[])
            journal.write("end")
    code, listed, _ = run("report", str(tmp_path))
    later, ours = listed.splitlines()
    assert code == 1
    assert later.startswith("1-later: ") and f"has schema {SCHEMA + 1}" in later
    assert ours.startswith("2-ours: ") and "schema" not in ours
    (tmp_path / "1-later" / "journal.jsonl").unlink()
    assert run("report", str(tmp_path))[0] == 0


def test_the_folder_without_a_certificate_is_told(run, urls, tmp_path):
    """Who has certified the pair with another folder of runs sees which one was looked into."""
    code, out, err = run("plan", "DEMO:VALVE", "--run-dir", str(tmp_path), *urls)
    assert code == 1 and "REFUSED not-certified" in out
    assert f"warning: no certificate was found in {tmp_path};" in err
    assert "no certificate" not in run("plan", "DEMO:VALVE", *urls)[2]


def test_a_trial_is_not_reported_as_a_run(run, tmp_path):
    """It has a journal of its own kind; who names it learns where its runs are, and how to clean up after it."""
    (tmp_path / "journal.jsonl").touch()
    (tmp_path / "certify.json").touch()
    code, out, err = run("report", str(tmp_path))
    assert (code, out) == (1, "")
    assert f"`archredundancy report {tmp_path / 'runs'}` lists its runs" in err


def test_a_plan_is_shown_from_its_file(run, urls, tmp_path):
    """Who was handed the file reads all of it, or some PVs, and asks no cluster; what is no plan is told by name."""
    plan, page = tmp_path / "plan.json", tmp_path / "plan.html"
    run("plan", "DEMO:VALVE", "DEMO:CURRENT", "-o", str(plan), *urls)
    code, out, _ = run("show", str(plan), "--html", str(page))
    assert code == 2
    assert out.startswith(f"MergePlan {json.loads(plan.read_text())['id']}: ready")
    assert "<!doctype html>" in page.read_text()
    code, out, _ = run("show", str(plan), "*:V*")
    assert out.startswith("DEMO:VALVE: ready") and "CURRENT" not in out
    code, _, err = run("show", str(plan), "DEMO:VLAVE")
    assert code == 1 and "has no PV 'DEMO:VLAVE'" in err
    for content in (b"\xff\x00", b"<html>"):
        page.write_bytes(content)
        for command in (("show",), ("verify",), ("commit", "--approve", "7f3a-91c2", *urls)):
            code, _, err = run(*command, str(page))
            assert code == 1 and f"{page}: this is no saved plan" in err


def test_a_plan_of_the_demonstration_is_committed_to_the_next_one(run, tmp_path):
    """Each command starts a pair of its own, at other ports, with the same samples."""
    plan = tmp_path / "plan.json"
    assert run("plan", "DEMO:VALVE", "--demo", "-o", str(plan))[0] == 2
    code, out, _ = run("commit", str(plan), "--demo", "--approve", json.loads(plan.read_text())["id"])
    assert code == 0 and "12 samples gained" in out


def test_a_folder_without_runs_says_so(run, tmp_path):
    """Before the first merge no run is left open: neither nothing nor an error is the answer."""
    trial = tmp_path / "certify"
    trial.mkdir()
    for name in ("journal.jsonl", "certify.json"):
        (trial / name).touch()
    assert run("report", str(tmp_path))[:2] == (0, f"there is no run in {tmp_path}\n")


def test_a_plan_is_not_committed_to_another_pair(run, urls, tmp_path):
    """It says which clusters it is of and which were named, and leaves the plan to be committed to its own."""
    plan, runs = tmp_path / "plan.json", tmp_path / "runs"
    run("plan", "DEMO:VALVE", "-o", str(plan), *urls)
    approve = json.loads(plan.read_text())["id"]
    with demo_pair() as other:
        named = ["--primary", other.primary.url, "--secondary", other.secondary.url]
        code, _, err = run("commit", str(plan), "--approve", approve, "--run-dir", str(runs), *named)
    assert code == 1 and not runs.exists()
    assert f"plan {approve} is of the primary {urls[1]} (" in err
    assert f"that of this pair is {other.primary.url} (" in err


@pytest.mark.slow
def test_a_rebuild_is_committed_and_rolled_back(run, tmp_path):
    """Planned with its root, committed by typed id, and undone by naming its folder; then there is as much to gain."""
    with demo_pair() as pair:
        named = ["--primary", pair.primary.url, "--secondary", pair.secondary.url]
        plan, runs = tmp_path / "plan.json", tmp_path / "runs"
        rebuild = ["plan", "DEMO:VALVE", "--strategy", "rebuild", "--root", "same"]
        code, out, _ = run(*rebuild, "-o", str(plan), *named)
        assert (code, "rebuild-costs" in out) == (2, True)
        approve = json.loads(plan.read_text())["id"]
        trust_embedded(runs)
        assert run("commit", str(plan), "--approve", approve, "--run-dir", str(runs), *named)[0] == 0
        assert run(*rebuild, *named)[0] == 0
        folder = next(path for path in runs.iterdir() if path.name.endswith(approve))
        code, out, _ = run("rollback", str(folder))
        assert (code, "nothing has been changed yet" in out) == (2, True)
        typed = ["--approve", json.loads(run("rollback", str(folder), "--json")[1])["id"], "--quiet"]
        assert run("rollback", str(folder), "--approve", approve)[0] == 1
        assert run(*rebuild, *named)[0] == 0
        code, out, _ = run("rollback", str(folder), *typed)
        assert code == 0
        assert "on their old files again" in out
        assert run(*rebuild, *named)[0] == 2
        assert run("rollback", str(folder), *typed)[0] == 1
        (undoing,) = runs.glob("*-rollback")
        for command in ("report", "verify"):
            assert f"Since then undone by the rollback {undoing}" in run(command, str(folder))[1]
            assert "Since then" not in run(command, str(undoing))[1]


def test_a_span_may_stand_for_the_start(run, urls):
    """`-200d` is a time, not an option; a misspelt option is still an error."""
    assert "Only the secondary has" in run("compare", "DEMO:CURRENT", "-200d", "now", *urls)[1]
    assert run("compare", "DEMO:CURRENT", "-200d", "now", "--no-such-option", *urls)[0] == 1


@pytest.mark.parametrize("command", ["fetch", "compare"])
def test_a_span_of_hours_is_no_call_for_help(run, urls, command):
    """`-h` is an option, `-2000h` is a time."""
    _, out, _ = run(command, "DEMO:CURRENT", "-2000h", "now", *urls)
    assert "Usage" not in out
    assert "2026-10-0" in out


@pytest.mark.parametrize("command", cli.list_commands(click.Context(cli)))
def test_help_is_for_users_of_the_command_line(run, command):
    """It has no sections of a docstring."""
    code, out, _ = run(command, "--help")
    assert code == 0
    assert not [word for word in ("Raises", "Parameters", "Returns", "-----") if word in out]


def test_a_misspelt_option_is_named(run, urls):
    """It is not taken for a time."""
    code, _, err = run("fetch", "DEMO:CURRENT", "2026-10-01", "--sid", "primary", *urls)
    assert code == 1
    assert "--sid" in err
    assert "--side" in err


def test_fetch_prints_waveforms_as_json_in_csv(run, urls):
    """A cell has the list that `json.loads` reads, as in the files of `-o`."""
    _, out, _ = run("fetch", "DEMO:TYPE:WAVEFORM_STRING", "2026-11-01", "2026-11-02", *urls)
    assert json.loads(next(csv.DictReader(out.splitlines()))["value"]) == ["moving", "50 µm", "moving", "open"]


def test_fetch_says_that_there_is_no_sample(run, urls):
    """A header line alone may be a mistake in a time; it is not an error."""
    code, out, err = run("fetch", "DEMO:CURRENT", "2026-10-01", "2026-10-01", *urls)
    assert (code, out) == (0, "time,value,severity,status,origin\n")
    assert "no sample in 2026-10-01T00:00:00.000000000Z .." in err


@pytest.mark.usefixtures("urls")  # for its clock
def test_a_live_pv_is_fetched_without_error(run, tmp_path):
    """What an engine still has in memory is told, but does not make the exit code that of an error."""
    series = Periodic(value=lambda when: when / 1e18, period=0.1)
    clock = SettableClock(DEMO_NOW - 15 * 10**9)
    ioc = SimulatedIoc([SimulatedPv(name="LIVE:ONE", series=series)], clock=clock)
    with AppliancePair(tmp_path, clock=clock, source=ioc, seconds_to_buffer=3.0) as pair:
        for appliance in (pair.primary, pair.secondary):
            appliance.add_pv({"pvName": "LIVE:ONE"})
        clock.advance(14.5)
        named = ["--primary", pair.primary.url, "--secondary", pair.secondary.url]
        code, out, err = run("fetch", "LIVE:ONE", "-1min", *named)
    assert code == 0
    assert len(out.splitlines()) > 10
    assert "not settled yet: primary: " in err
    assert "not settled yet: secondary: " in err


def test_fetch_tells_which_cluster_was_not_read(run, urls, tmp_path):
    """A dead secondary is named, what the primary has is printed, and the exit code is 1."""
    with AppliancePair(tmp_path) as pair:
        named = ["--primary", urls[1], "--secondary", pair.secondary.url]
        with ClusterPair(primary=urls[1], secondary=pair.secondary.url, fixed_now=DEMO_NOW) as clusters:
            pair.secondary.stop()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("archredundancy.cli.fetch.open_pair_from", lambda *_: clusters)
                code, out, err = run("fetch", "DEMO:CURRENT", "2026-10-01", "2026-10-02", *named)
    assert code == 1
    assert len(out.splitlines()) > 6000
    assert "not read: secondary: 2026-10-01T00:00:00.000000000Z .. " in err


@pytest.mark.parametrize("options", [["--once"], ["--watch", "--json"], ["--watch", "--mgmt-idle"]])
def test_options_of_recover_that_do_not_go_together_are_refused(options, run, tmp_path):
    """The message says what does."""
    code, _, err = run("recover", str(tmp_path), *options)
    assert code == 1 and "--watch" in err


def test_watching_is_ended_by_ctrl_c(run, tmp_path, monkeypatch):
    """It says what it does, and stops; the exit code is that of an error, since nobody knows what is left."""

    def interrupt(event, seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Event, "wait", interrupt)
    code, out, err = run("recover", "--watch", str(tmp_path))
    assert code == 1 and "interrupted" in err
    assert f"watching the runs in {tmp_path}; a run without a sign of life for 60 s is taken over" in out
