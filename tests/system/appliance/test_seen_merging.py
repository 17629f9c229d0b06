"""What real appliances were seen to do with mergeInData (appliance.md D and K), of the embedded one."""

import pytest

from archredundancy.model import DbrType, Extras, Samples
from archredundancy.relay import serve_relay
from archredundancy.wire import ChunkHeader, read_chunks

OK = (200, {"status": "ok"})
FAILED = (500, None)
DAYS = [f"2024-06-0{day}" for day in range(1, 6)]
HEADER = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="X:Y", year=2024).encode()


@pytest.fixture
def monthly(bench):
    """Both sides with a PV in monthly files."""
    for side in bench.both:
        side.add()
    return bench


@pytest.fixture
def daily(bench):
    """Both sides with daily files: the primary's samples at six, the secondary's at eighteen hours."""
    for side, hour in zip(bench.both, ("06", "18"), strict=True):
        side.add(LTS="DAY")
        side.write(*(f"{day}T{hour}:00:00" for day in DAYS))
    return bench


def days_merged(bench):
    """Days of which a sample of the secondary is in the primary's files."""
    return sorted(int(name[-2:]) for name, times in bench.primary.stored().items() if f"{times[-1:]}".count("T18"))


def test_only_files_that_exist_are_filled(monthly):
    """Missing partitions are not made, nor what lies before the first or after the last; "ok" (0.2, D.2 #3, K a1)."""
    monthly.primary.write("2024-02-01", "2024-04-01")
    monthly.secondary.write("2024-01-01", "2024-02-02", "2024-03-01", "2024-04-02", "2024-05-01")
    assert monthly.primary.merge(monthly.secondary) == OK
    assert monthly.primary.stored() == {
        "LTS 2024_02": ["2024-02-01", "2024-02-02"],
        "LTS 2024_04": ["2024-04-01", "2024-04-02"],
    }


def test_samples_of_the_open_last_second_are_destroyed(monthly):
    """7 samples, then 6, one of them new: what lies after ..:59.000000000 is gone, none taken (0.3, D.2 #2, K a2)."""
    whole = ["2024-06-01", "2024-06-02", "2024-06-03", "2024-06-04", "2024-06-30T23:59:59"]
    monthly.primary.write(*whole, "2024-06-30T23:59:59.000000001", "2024-06-30T23:59:59.9")
    monthly.secondary.write("2024-06-05", "2024-06-30T23:59:59.5")
    assert monthly.primary.merge(monthly.secondary) == OK
    assert monthly.primary.times() == sorted([*whole, "2024-06-05"])


def test_a_file_that_gains_nothing_keeps_its_last_second(monthly):
    """Where the other has no samples the file is left alone (D.2 #2)."""
    monthly.primary.write("2024-06-30T23:59:59.5", "2024-07-01")
    monthly.secondary.write("2024-07-02")
    assert monthly.primary.merge(monthly.secondary) == OK
    assert monthly.primary.times() == ["2024-06-30T23:59:59.5", "2024-07-01", "2024-07-02"]


def test_a_second_merge_changes_nothing(monthly):
    """The union is complete, neighbours below a microsecond apart are kept, and it stays as it is (D.2)."""
    monthly.primary.write("2024-06-01T00:00:00.000000001", "2024-06-02")
    monthly.secondary.write("2024-06-01T00:00:00.000000002", "2024-06-03")
    assert monthly.primary.merge(monthly.secondary) == OK
    before = monthly.primary.files()
    assert len(monthly.primary.times()) == 4
    assert monthly.primary.merge(monthly.secondary) == OK
    assert monthly.primary.files() == before


def test_a_yearly_file_takes_what_the_other_has_in_three_stores(bench):
    """The other's stores are read as one (D.2)."""
    bench.primary.add(LTS="YEAR")
    bench.secondary.add(STS="HOUR", MTS="DAY", LTS="MONTH")
    bench.primary.write("2024-01-01", "2024-12-01")
    for store, time in (("LTS", "2024-02-01"), ("MTS", "2024-03-01"), ("STS", "2024-04-01")):
        bench.secondary.write(time, store=store)
    assert bench.primary.merge(bench.secondary) == OK
    assert bench.primary.times() == ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-12-01"]


@pytest.mark.parametrize("storage", ["MTS", "lts", "nosuch"])
def test_a_wrong_store_is_ok_and_nothing_happens(monthly, storage):
    """So is one in small letters; "ok" (D.1 #6, D.2 #6, K a3)."""
    monthly.primary.write("2024-06-01")
    monthly.secondary.write("2024-06-02")
    before = monthly.primary.files()
    assert monthly.primary.merge(monthly.secondary, storage=storage) == OK
    assert monthly.primary.files() == before


def test_a_merge_into_a_black_hole_is_ok(bench):
    """Nothing is asked and nothing is changed (D.2 #6, K f4)."""
    bench.primary.add(MTS="DAY", LTS="blackhole")
    bench.primary.write("2024-06-01", store="MTS")
    assert bench.primary.merge("http://127.0.0.1:1/retrieval") == OK
    assert bench.primary.times() == ["2024-06-01"]


def test_what_is_missing_in_the_request_is_refused(monthly):
    """A parameter or PV that is not there is HTTP 400 (D.1, K a3)."""
    for parameters in ({"pv": "X:Y"}, {"pv": "X:Y", "storage": "LTS"}, {"pv": "no", "storage": "LTS", "other": "x"}):
        assert monthly.primary.ask("/mgmt/bpl/mergeInData", **parameters)[0] == 400


def test_an_other_that_fails_leaves_the_files_alone(monthly):
    """One that refuses, does not know the PV, or is named with a query is HTTP 500 (D.2 #10, K a3)."""
    monthly.primary.add("X:alone")
    for pv in ("X:Y", "X:alone"):
        monthly.primary.write("2024-06-01", pv=pv)
    before = monthly.primary.files()
    assert monthly.primary.merge("http://127.0.0.1:1/retrieval") == FAILED
    assert monthly.primary.merge(monthly.secondary, pv="X:alone") == FAILED
    assert monthly.primary.merge(f"{monthly.secondary.retrieval_url}?mergeDuringRetrieval=true") == FAILED
    assert monthly.primary.files() == before


def test_an_answer_that_breaks_off_leaves_the_files_alone(monthly):
    """A body cut inside a sample, or short of what HTTP promised, is HTTP 500 (D.2 #10)."""
    monthly.primary.write("2024-06-01")
    monthly.secondary.write("2024-06-02", "2024-06-03")
    before = monthly.primary.files()
    monthly.secondary.appliance.faults.switch_on("torn", "/retrieval/*", after_bytes=20, times=9)
    assert monthly.primary.merge(monthly.secondary) == FAILED
    assert monthly.primary.files() == before


def test_a_pv_that_is_not_paused_is_refused_in_words(monthly):
    """HTTP 200 with a validation, whose text speaks of another call (D.1, K a4)."""
    monthly.primary.add(paused=False)
    said = {"validation": "Need to pause PV before changing type for X:Y"}
    assert monthly.primary.merge(monthly.secondary) == (200, said)


def test_from_and_to_are_not_read(monthly):
    """All partitions are filled, whatever the times, and rubbish is taken too (0.6, D.2 #5, K a5)."""
    monthly.primary.write("2024-02-01", "2024-04-01")
    monthly.secondary.write("2024-02-02", "2024-04-02")
    assert monthly.primary.merge(monthly.secondary, **{"from": "2024-04-01T00:00:00Z", "to": "rubbish"}) == OK
    assert len(monthly.primary.times()) == 4


def test_types_are_not_compared(monthly):
    """The file is damaged, its JSON is none, and the reply "ok"; the next merge fails (0.7, D.2 #4, K a6)."""
    monthly.primary.write("2024-06-01", "2024-06-03")
    monthly.secondary.write("2024-06-02", "2024-06-04", dbr_type=DbrType.SCALAR_INT)
    assert monthly.primary.merge(monthly.secondary) == OK
    assert monthly.primary.get(form="json").count(b'"secs"') == 2
    assert monthly.primary.get(form="json").split()[-4:] == [b"},", b"]", b"}", b"]"]
    assert monthly.primary.merge(monthly.secondary) == FAILED


ALIKE = {
    "enum into short": (DbrType.SCALAR_SHORT, DbrType.SCALAR_ENUM, 7),
    "short into enum": (DbrType.SCALAR_ENUM, DbrType.SCALAR_SHORT, 7),
    "scalar into waveform": (DbrType.WAVEFORM_DOUBLE, DbrType.SCALAR_DOUBLE, [2.5]),
}


@pytest.mark.parametrize(("mine", "theirs", "expected"), ALIKE.values(), ids=ALIKE)
def test_types_that_are_stored_alike_mix_in_silence(bench, mine, theirs, expected):
    """They can be read, with a wrong meaning, and merged again (D.2 #4, K a6)."""
    for side, dbr_type in zip(bench.both, (mine, theirs), strict=True):
        side.add(dbr_type=dbr_type)
    bench.primary.write("2024-06-01", dbr_type=mine, values=[[1.0, 2.0]] if isinstance(expected, list) else [1])
    bench.secondary.write("2024-06-02", dbr_type=theirs, values=[2.5 if isinstance(expected, list) else expected])
    for _ in range(2):
        assert bench.primary.merge(bench.secondary) == OK
        (chunk,) = read_chunks(bench.primary.files()["LTS 2024_06"])
        last = chunk.samples.value.rows()[1].tolist() if isinstance(expected, list) else chunk.samples.value[1]
        assert last == expected


@pytest.fixture
def staged(bench):
    """A primary with a sample in each store, and a secondary whose last one is later than all of them."""
    bench.primary.add(STS="HOUR", MTS="DAY", LTS="MONTH")
    bench.secondary.add()
    bench.primary.write("2024-06-01")
    bench.primary.write("2024-06-02", "2024-06-03", store="MTS")
    bench.primary.write("2024-06-04", "2024-06-05", store="STS")
    bench.secondary.write("2024-06-01T12:00:00", "2024-06-30")
    return bench


def test_a_merge_before_consolidation_loses_what_is_in_younger_stores(staged):
    """At once they vanish from answers, and the next ETL deletes them, "ok" (0.4, D.2 #1, K a7)."""
    merged = ["2024-06-01", "2024-06-01T12:00:00", "2024-06-30"]
    assert staged.primary.merge(staged.secondary) == OK
    assert staged.primary.times() == merged
    staged.primary.call("consolidateDataForPV", storage="LTS")
    assert staged.primary.stored() == {"LTS 2024_06": merged}


def test_a_merge_after_consolidation_is_complete(staged):
    """What was in younger stores is in the file before the other's samples come (K a8)."""
    staged.primary.call("consolidateDataForPV", storage="LTS")
    assert staged.primary.merge(staged.secondary) == OK
    assert len(staged.primary.times()) == 7


def test_a_sample_of_the_future_stops_the_archive(bench):
    """It becomes the last one, and what comes later, 2 samples here, is not taken, without an error (0.8, D.2 #9)."""
    bench.primary.add(STS="DAY", LTS="YEAR")
    bench.secondary.add()
    bench.primary.write("2024-06-01")
    bench.secondary.write("2024-12-24")
    assert bench.primary.merge(bench.secondary) == OK
    bench.primary.write("2024-06-02", "2024-06-03", store="STS")
    bench.primary.call("consolidateDataForPV", storage="LTS")
    assert bench.primary.stored() == {"LTS 2024": ["2024-06-01", "2024-12-24"]}


DAMAGE = {"zero bytes": b"", "garbage": b"garbage\n"}


@pytest.mark.parametrize("data", DAMAGE.values(), ids=DAMAGE)
def test_damage_on_the_other_side_leaves_days_out_in_silence(daily, data):
    """A file that empties answers there: its day and the next are not merged, "ok" (D.2 #10, K e1b)."""
    daily.secondary.put("2024_06_03", data)
    assert daily.primary.merge(daily.secondary) == OK
    assert days_merged(daily) == [1, 2, 5]


@pytest.mark.parametrize("data", DAMAGE.values(), ids=DAMAGE)
def test_damage_on_this_side_stops_the_merge(daily, data):
    """HTTP 500, and no file is changed (K e1b)."""
    daily.primary.put("2024_06_03", data)
    before = daily.primary.files()
    assert daily.primary.merge(daily.secondary) == FAILED
    assert daily.primary.files() == before


def test_a_damaged_line_on_this_side_stops_the_merge(daily):
    """It is not passed over, as answers do (K e1b)."""
    daily.primary.put("2024_06_03", daily.primary.files()["LTS 2024_06_03"] + bytes(20) + b"\n")
    assert daily.primary.merge(daily.secondary) == FAILED


@pytest.mark.parametrize("tail", [b"", b"\x08\x01\x10"], ids=["a header alone", "half a line"])
def test_what_a_crash_leaves_does_not_stop_the_merge(daily, tail):
    """A file of only a header, or with half a last line, is merged (K e1b)."""
    daily.primary.put("2024_06_03", HEADER + tail)
    assert daily.primary.merge(daily.secondary) == OK
    assert days_merged(daily) == [1, 2, 3, 4, 5]


def test_a_header_alone_is_filled_and_stays_if_there_is_nothing(daily):
    """A stub for a missing partition takes the other's samples; unfilled it stays (D.3, K d2)."""
    for slot in ("2024_06_03", "2024_06_09"):
        daily.primary.put(slot, HEADER)
    assert daily.primary.merge(daily.secondary) == OK
    assert daily.primary.stored()["LTS 2024_06_03"] == ["2024-06-03T18:00:00"]
    assert daily.primary.files()["LTS 2024_06_09"] == HEADER


STUBS = {
    "another name": (ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="other", year=2024).encode(), OK),
    "another year": (ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="X:Y", year=2020).encode(), OK),
    "another type": (ChunkHeader(dbr_type=DbrType.SCALAR_INT, pv="X:Y", year=2024).encode(), OK),
    "no bytes": (b"", FAILED),
    "no line end": (HEADER[:-1], FAILED),
}


@pytest.mark.parametrize(("stub", "expected"), STUBS.values(), ids=STUBS)
def test_a_wrong_stub_is_taken_or_stops_the_merge(daily, stub, expected):
    """Name, year and type are not looked at, name and year are written anew, the type damages (K d2)."""
    daily.primary.put("2024_06_03", stub)
    assert daily.primary.merge(daily.secondary) == expected
    if expected == OK:
        header = read_chunks(daily.primary.files()["LTS 2024_06_03"])[0].header
        wrong_type = stub.startswith(b"\x08\x05")
        assert (header.pv, header.year, header.dbr_type.name == "SCALAR_INT") == ("X:Y", 2024, wrong_type)


def test_caches_of_post_processors_get_raw_samples(bench):
    """The file `.firstSample` beside the data takes the other's samples as they are (D.2 #11, K d1b)."""
    bench.primary.add(STS="HOUR", LTS="DAY&pp=firstSample")
    bench.secondary.add(LTS="DAY")
    bench.primary.write("2024-06-01T00:00:00", store="STS")
    bench.secondary.write(*(f"2024-06-01T00:00:{second:02}" for second in range(10, 20)))
    bench.primary.call("consolidateDataForPV", storage="LTS")
    assert len(bench.primary.stored()["LTS 2024_06_01.firstSample"]) == 1
    assert bench.primary.merge(bench.secondary) == OK
    assert len(bench.primary.stored()["LTS 2024_06_01.firstSample"]) == 11


NAMES = {
    **dict.fromkeys((f"X:a{character}b" for character in "+# %<>,&"), 500),
    **dict.fromkeys((f"X:a{character}b" for character in ";=/µ?"), 200),
}


@pytest.mark.parametrize(("pv", "status"), NAMES.items())
def test_names_go_into_the_url_as_they_are(bench, pv, status):
    """Some cannot be asked for, HTTP 500; files stay (D.2 #12, K names)."""
    for side, time in zip(bench.both, ("2024-06-01", "2024-06-02"), strict=True):
        side.add(pv)
        side.write(time, pv=pv)
    assert bench.primary.merge(bench.secondary, pv=pv)[0] == status
    assert len(bench.primary.times(pv=pv)) == (2 if status == 200 else 1)


def test_a_name_that_is_a_pattern_is_merged_without_a_question(bench):
    """With braces no file is found: "ok", and the other hears nothing (A.7, K names)."""
    bench.primary.add("X:a{1}")
    bench.primary.write("2024-06-01", pv="X:a{1}")
    assert bench.primary.merge("http://127.0.0.1:1/retrieval", pv="X:a{1}") == OK


def test_fields_come_with_the_samples(monthly):
    """The other's cnxlostepsecs and startup are in the primary's archive afterwards (D.2 #13)."""
    monthly.primary.write("2024-06-01")
    fields = (("cnxlostepsecs", "0"), ("startup", "true"))
    monthly.secondary.write("2024-06-02", extras=Extras.build([(0, fields, -1, -1, -1)]))
    assert monthly.primary.merge(monthly.secondary) == OK
    (chunk,) = read_chunks(monthly.primary.files()["LTS 2024_06"])
    assert dict(chunk.samples.extras.fields[0]) == dict(fields)


def test_at_equal_times_the_own_sample_stays(monthly):
    """Its value and alarm are kept, and nobody is told of the other's (D.2 #17, K c1)."""
    monthly.primary.write("2024-06-01", values=[1.0], severity=[1])
    monthly.secondary.write("2024-06-01", values=[2.0], severity=[2])
    assert monthly.primary.merge(monthly.secondary) == OK
    (chunk,) = read_chunks(monthly.primary.files()["LTS 2024_06"])
    assert (chunk.samples.value.tolist(), chunk.samples.severity.tolist()) == ([1.0], [1])


def test_a_merge_drops_what_a_copy_has_no_place_for(monthly):
    """Repeat counts, and fieldactualchange of samples without fields; odd severities are kept (K b8)."""
    extras = Extras.build([(0, (), 3, -1, -1), (1, (), -1, 1, -1), (2, (("HIHI", "1"),), -1, -1, -1)])
    monthly.primary.write("2024-06-01", "2024-06-02", "2024-06-03", severity=[3904, -1, 0], extras=extras)
    monthly.secondary.write("2024-06-04")
    assert monthly.primary.merge(monthly.secondary) == OK
    (chunk,) = read_chunks(monthly.primary.files()["LTS 2024_06"])
    found = chunk.samples
    assert found.severity.tolist()[:2] == [3904, -1]
    assert (found.extras.row.tolist(), found.extras.field_change.tolist()) == ([2], [0])


def test_a_merge_drops_user_tags(bench):
    """V4 samples lose their userTag (K b8)."""
    for side, time, tag in zip(bench.both, ("2024-06-01", "2024-06-02"), (5, 6), strict=True):
        side.add(dbr_type=DbrType.V4_GENERIC_BYTES)
        extras = Extras.build([(0, (), -1, -1, tag)])
        side.write(time, dbr_type=DbrType.V4_GENERIC_BYTES, values=[b"abc"], extras=extras)
    assert bench.primary.merge(bench.secondary) == OK
    (chunk,) = read_chunks(bench.primary.files()["LTS 2024_06"])
    assert (len(chunk.samples), len(chunk.samples.extras)) == (2, 0)


def test_the_first_sample_of_a_raw_answer_has_lost_the_same(monthly):
    """Even a plain answer copies its first sample (K b8)."""
    extras = Extras.build([(0, (), 3, -1, -1), (1, (), 4, -1, -1)])
    monthly.primary.write("2024-06-01", "2024-06-02", extras=extras)
    (chunk,) = [chunk for chunk in read_chunks(monthly.primary.get()) if len(chunk.samples) == 2]
    assert chunk.samples.extras.row.tolist() == [1]


def test_a_relay_may_be_the_other(monthly):
    """Only files with planned samples are rewritten; what is asked is known to the relay (A.7)."""
    asked = []
    monthly.primary.write("2024-02-01", "2024-03-31T23:59:59.5")
    planned = Samples.build(DbrType.SCALAR_DOUBLE, [1706832000 * 10**9], [7.0])
    untouched = monthly.primary.files()["LTS 2024_03"]
    with serve_relay({"X:Y": planned}, on_request=asked.append) as relay:
        assert monthly.primary.merge(relay.url) == OK
    assert monthly.primary.times() == ["2024-02-01", "2024-02-02", "2024-03-31T23:59:59.5"]
    assert monthly.primary.files()["LTS 2024_03"] == untouched
    assert [(one.request, one.count) for one in asked] == [("ncount", 1), ("data", 1), ("ncount", 0)]


def test_a_merge_whose_other_ends_changes_nothing(monthly):
    """A relay that is closed in between is HTTP 500 (A.7)."""
    monthly.primary.write("2024-02-01", "2024-03-01")
    before = monthly.primary.files()
    planned = Samples.build(DbrType.SCALAR_DOUBLE, [1706832000 * 10**9], [7.0])

    def end(request):
        if request.request == "data":
            raise RuntimeError

    with serve_relay({"X:Y": planned}, on_request=end) as relay:
        assert monthly.primary.merge(relay.url) == FAILED
    assert monthly.primary.files() == before
