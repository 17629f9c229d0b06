"""What real appliances were seen to do with files (appliance.md A), of the embedded one."""

from itertools import pairwise

import pytest

from archredundancy.model import DbrType
from archredundancy.wire import ChunkHeader

DAYS = [f"2024-06-0{day}" for day in range(1, 8)]
NOONS = [f"{day}T12:00:00" for day in DAYS]
HEADER = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="X:Y", year=2024).encode()


@pytest.fixture
def daily(bench):
    """The primary with daily files of a sample at noon each."""
    bench.primary.add(LTS="DAY")
    bench.primary.write(*NOONS)
    return bench.primary


def windows(side):
    """Return what six daily windows are answered with, from June 1 on."""
    return [side.times(start, end) for start, end in pairwise(DAYS)]


@pytest.mark.parametrize("pv", ["X:a[1]", "X:a{1}"])
def test_a_name_that_is_a_pattern_is_written_and_never_found(bench, pv):
    """Names with brackets or braces: the file is there, the answer empty (A.1, K names)."""
    bench.primary.add(pv)
    bench.primary.write("2024-06-01", pv=pv)
    assert len(bench.primary.files()) == 1
    assert bench.primary.get(pv=pv) == b""


def test_a_question_mark_in_a_name_reads_other_pvs_files(bench):
    """The name is the pattern by which files are looked for (K, names)."""
    for pv, time in (("X:a?", "2024-06-01"), ("X:ab", "2024-07-01")):
        bench.primary.add(pv)
        bench.primary.write(time, pv=pv)
    assert bench.primary.times(pv="X:a?") == ["2024-06-01", "2024-07-01"]


def test_a_file_of_another_granularity_is_passed_over_and_stops_a_merge(bench):
    """Answers leave it out; mergeInData is HTTP 500 and changes nothing (A.1, D.2 #16)."""
    for side, time in zip(bench.both, ("2024-06-01", "2024-06-02"), strict=True):
        side.add()
        side.write(time)
    bench.primary.put("2024_06_05", HEADER)
    before = bench.primary.files()
    assert bench.primary.times() == ["2024-06-01"]
    assert bench.primary.merge(bench.secondary) == (500, None)
    assert bench.primary.files() == before


def test_a_file_without_samples_does_no_harm_to_an_answer(daily):
    """A header alone, as a crash leaves it, hides nothing from a plain request (A.3)."""
    daily.put("2024_06_03", HEADER)
    assert daily.times() == [time for time in NOONS if "06-03" not in time]


def test_the_sample_before_a_window_may_be_missing_behind_a_file_without_samples(daily):
    """The previous file is asked for its last sample and has none; those before it are not tried (K, e1)."""
    daily.put("2024_06_03", HEADER)
    assert daily.times("2024-06-04", "2024-06-05") == [NOONS[3]]


@pytest.mark.parametrize("data", [b"", b"garbage\n", HEADER[:-1]], ids=["zero bytes", "garbage", "half a header"])
def test_a_damaged_file_empties_three_of_six_windows(daily, data):
    """Those that touch it and the one that looks back to it; HTTP 200 all the same (0.11, A.3, K e1)."""
    daily.put("2024_06_03", data)
    found = windows(daily)
    assert [bool(times) for times in found] == [True, False, False, False, True, True]


def test_damaged_lines_are_left_out(bench):
    """25 zeroed bytes in a file: the samples they touch are missing, HTTP 200 (A.3)."""
    bench.primary.add()
    bench.primary.write(*(f"2024-06-01T00:00:{second:02}" for second in range(40)))
    data = bytearray(bench.primary.files()["LTS 2024_06"])
    begin = [place for place, byte in enumerate(data) if byte == 0x0A][10] - 1
    data[begin : begin + 25] = bytes(25)
    bench.primary.put("2024_06", bytes(data))
    assert bench.primary.get(form="json").count(b'"secs"') == 37


def test_an_incomplete_last_line_is_not_read(daily):
    """Whoever wrote it was interrupted; what comes before is answered (K, e1)."""
    daily.put("2024_06_07", daily.files()["LTS 2024_06_07"] + b"\x08\x01\x10")
    assert daily.times() == NOONS


def test_an_empty_line_ends_its_file(daily):
    """Samples of the file behind an empty line are missing; other files are not touched (K, e1)."""
    lines = daily.files()["LTS 2024_06_03"]
    daily.put("2024_06_03", lines + b"\n" + lines.partition(b"\n")[2])
    assert daily.times() == NOONS


def test_of_files_of_two_types_only_the_first_is_answered(bench):
    """A window over both has the samples of the first type (A.3)."""
    bench.primary.add(LTS="DAY")
    bench.primary.write("2024-06-01", "2024-06-02")
    bench.primary.write("2024-06-03", dbr_type=DbrType.SCALAR_STRING, values=[b"three"])
    assert bench.primary.json_times() == ["2024-06-01", "2024-06-02"]
    assert bench.primary.json_times("2024-06-03", "2024-06-04") == ["2024-06-03"]


def test_an_answer_has_a_chunk_for_each_file(bench):
    """After one without samples, oldest store first; consolidated, all are in one file and one chunk (A.7)."""
    bench.primary.add(STS="HOUR", MTS="DAY", LTS="YEAR")
    bench.primary.write("2024-01-01", "2024-01-02")
    bench.primary.write("2024-06-01", "2024-06-02", store="MTS")
    bench.primary.write("2024-06-03T00:30", "2024-06-03T01:30", store="STS")
    assert [len(chunk) for chunk in bench.primary.layout()] == [0, 2, 1, 1, 1, 1]
    bench.primary.call("consolidateDataForPV", storage="LTS")
    assert [len(chunk) for chunk in bench.primary.layout()] == [0, 6]
    assert list(bench.primary.files()) == ["LTS 2024"]
