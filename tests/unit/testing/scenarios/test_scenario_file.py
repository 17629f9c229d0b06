"""Scenario files are read as people write them, and refused with a reason where they say what nobody understands."""

import pytest

from archredundancy.coverage import Cause, Proof, State
from archredundancy.errors import InputError
from archredundancy.model import DbrType, parse_time
from archredundancy.testing.scenarios.played import play_scenario
from archredundancy.testing.scenarios.scenario import FoundGap, Outage
from archredundancy.testing.scenarios.scenario_file import read_scenarios

BEGIN = parse_time("2026-03-02T10:00:00Z", now=0)
SMALL = 'story = "Nothing."\nends = 60\n[record]\n'


@pytest.fixture
def read(tmp_path):
    """A function that writes a file and reads it."""

    def write_and_read(text):
        path = tmp_path / "a-scenario.toml"
        path.write_text(text)
        return read_scenarios(path)

    return write_and_read


def test_what_is_left_out_is_usual(read):
    """A double each second, both sides from the start, all compared, and nothing found."""
    (scenario,) = read(SMALL)
    assert scenario.name == "a-scenario"
    assert scenario.asked == (scenario.begins, scenario.ends) == (BEGIN, BEGIN + 60 * 10**9)
    assert scenario.record.dbr_type is DbrType.SCALAR_DOUBLE
    assert (scenario.planted, scenario.found, scenario.unknown, scenario.outages) == ((), (), (), ())
    assert set(scenario.who.values()) == {()}


def test_times_are_exact_to_the_nanosecond(read):
    """Seconds are decimal fractions, never floats."""
    row = '["primary", 1.000000001, "2026-03-02T10:00:30.000000003Z", "silent", "no cause recorded", "witnessed", 3]'
    (scenario,) = read(f"found = [{row}]\n{SMALL}")
    assert scenario.found == (
        FoundGap(
            side="primary",
            start=BEGIN + 1_000_000_001,
            end=BEGIN + 30_000_000_003,
            state=State.SILENT,
            cause=Cause.NOT_RECORDED,
            proof=Proof.WITNESSED,
            samples=3,
        ),
    )


def test_a_list_of_types_gives_a_scenario_for_each(read):
    """The same is planted and must be found."""
    one, two = read(f'{SMALL}type = ["SCALAR_ENUM", "DBR_WAVEFORM_INT"]')
    assert (one.record.dbr_type, two.record.dbr_type) == (DbrType.SCALAR_ENUM, DbrType.WAVEFORM_INT)
    assert (one.name, one.ends) == ("a-scenario-SCALAR_ENUM", two.ends)


def test_outages_begin_and_end_with_what_is_planted(read):
    """One that nothing ends lasts; a reboot is one of both sides."""
    planted = (
        '[[10, "primary", "crash"], [20, "primary", "start"], [30, "ioc", "reboot", 5], [40, "secondary", "pause"]]'
    )
    (scenario,) = read(f"planted = {planted}\n{SMALL}")
    told = [(each.side, *each.what, (each.start - BEGIN) / 1e9, (each.end - BEGIN) / 1e9) for each in scenario.outages]
    assert told == [
        ("primary", "crash", 10, 20),
        ("primary", "reboot", 30, 35),
        ("secondary", "reboot", 30, 35),
        ("secondary", "pause", 40, 60),
    ]
    assert scenario.outages[-1] == Outage(
        side="secondary", what=frozenset({"pause"}), start=BEGIN + 40 * 10**9, end=scenario.ends, lasts=True
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"founds = []\n{SMALL}", "'founds' means nothing; allowed: asked, begins"),
        (f"{SMALL}evry = 2", "'evry' means nothing; allowed: at, every"),
        ('story = ""\n[record]', "'ends'"),
        (f"{SMALL}type = 'DOUBLE'", "unknown DBR type 'DOUBLE'"),
        (
            f'found = [["primary", 1, 2, "silent", "sabotage", "witnessed", 3]]\n{SMALL}',
            "'sabotage' is not a valid Cause",
        ),
        (f"found = [[1, 2]]\n{SMALL}", "not enough values"),
        ("story = ", "Invalid value"),
    ],
)
def test_what_cannot_be_understood_is_refused(read, text, reason):
    """With the file's name and the reason."""
    with pytest.raises(InputError, match=rf"a-scenario\.toml is no scenario: .*{reason}"):
        read(text)


@pytest.mark.parametrize("row", ['[1, "primary", "explode"]', '[1, "ioc", "pause"]', '[1, "tertiary", "pause"]'])
def test_a_word_that_is_not_known_is_refused(read, row, tmp_path):
    """Else a scenario would prove nothing."""
    (scenario,) = read(f"planted = [{row}]\n{SMALL}")
    with pytest.raises(InputError, match="the ioc can reboot, put, retype; a side archive, disconnect"):
        play_scenario(scenario, tmp_path)
