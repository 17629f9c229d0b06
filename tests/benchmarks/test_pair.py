"""Both sides of an embedded pair with the union, against one side; and the command that tells the same of any pair."""

import pytest
from click.testing import CliRunner

from tests.benchmarks import time_pair

COUNT = 5_000_000


@pytest.mark.timeout(600)
def test_both_sides_take_little_longer_than_one(goal):
    """Both are read at once, so that both and the union take at most 1.5 times the slower side alone (wall).

    On two cores, which the servers share, not all of that is in the client's hands: its CPU time tells its part.
    """
    with time_pair.embedded_pair(COUNT) as pair:
        result = time_pair.time_pair(*pair, rounds=3, merged=False)
    assert [timing.count for timing in result.timings] == [COUNT * 199 // 200, COUNT * 199 // 200, COUNT]
    told = (f"{timing.way} {timing.wall:.2f} s ({timing.cpu:.2f} s CPU)" for timing in result.timings)
    remark = "5 M a side, wall: " + ", ".join(told)
    goal(
        "pair: both with the union to the slower side",
        result.ratio_to_slower,
        at_most=1.5,
        remark=remark,
        known_miss=True,
    )


@pytest.mark.timeout(120)
def test_the_command_times_any_pair():
    """It tells samples, seconds and ratios of each way to read, and that the merged view has the same samples."""
    with time_pair.embedded_pair(20_000) as (primary, secondary, pv, *_):
        options = ["--primary", primary, "--secondary", secondary, "--rounds", "1"]
        ran = CliRunner().invoke(time_pair.main, [*options, pv, "2024-01-01", "2024-01-01T05:33:20"])
    assert ran.exit_code == 0, ran.output
    rows = {line[:30].strip(): line[30:].split() for line in ran.output.splitlines()[1:5]}
    counts = {way: int(columns[0]) for way, columns in rows.items()}
    assert counts == {
        "primary alone": 19_900,
        "secondary alone": 19_900,
        "both, with the union": 20_000,
        "the secondary's merged view": 20_000,
    }
    assert ran.output.endswith("It has the same samples.\n")
    assert "Both with the union take " in ran.output and "The merged view takes " in ran.output


@pytest.mark.timeout(120)
def test_the_command_tells_what_the_merged_view_lacks():
    """A secondary that does not merge answers with what it has; the command says what the union has beyond it."""
    with time_pair.embedded_pair(20_000) as (primary, secondary, pv, start, _):
        # The other way round: only the secondary merges, and the primary's first ten samples are missing.
        result = time_pair.time_pair(secondary, primary, pv, start, "2024-01-01T00:01:00", rounds=1)
    assert result.timings[0].count == 60
    assert (result.lacking, result.surplus) == (10, 0)
    assert "it lacks 10 samples of the union, and has 0 others" in time_pair.report(result)
