"""Hazards of what is stored: each is foretold by its kind, and does the harm when the merge is made all the same."""

from urllib.parse import quote

import pytest

import archredundancy as ar
from archredundancy.model import DbrType, Extras, Samples
from archredundancy.plan import HazardKind
from archredundancy.relay import serve_relay
from archredundancy.wire import ChunkHeader, encode_chunk, read_chunks
from tests.system.conftest import instant
from tests.system.hazards.conftest import FAILED, OK

JUNE = [f"2024-06-0{day}" for day in range(1, 6)]


def june(side):
    """Return the samples in the file of June."""
    (chunk,) = read_chunks(side.files()["LTS 2024_06"])
    return chunk.samples


def test_not_fillable(archived):
    """Samples without a file, and those of a last second, do not arrive; the answer is "ok" (D.2 #3)."""
    archived.primary.write("2024-02-01", "2024-04-01")
    offered = ["2024-01-01", "2024-02-02", "2024-03-01", "2024-04-30T23:59:59.5", "2024-05-01"]
    archived.secondary.write(*offered)
    told = "4 samples that only the secondary has will not arrive: 3 no partition file, 1 last second"
    plan = archived.foretell(HazardKind.NOT_FILLABLE, told, refuses=False)
    assert plan.totals.gain == 1
    assert archived.merge_anyhow() == OK
    assert sorted(set(offered) - set(archived.primary.times())) == [offered[0], *offered[2:]]


def test_would_lose_samples(archived):
    """The primary's own samples after ..:59.000000000 are destroyed, and none of the secondary's come (D.2 #2)."""
    own = ["2024-06-01", "2024-06-30T23:59:59", "2024-06-30T23:59:59.000000001", "2024-06-30T23:59:59.9"]
    archived.primary.write(*own)
    archived.secondary.write("2024-06-02", "2024-06-30T23:59:59.5")
    plan = archived.foretell(
        HazardKind.WOULD_LOSE, "2 samples of the primary, in the last second of 2024_06", refuses=True
    )
    assert plan.totals.would_be_lost == 2
    assert archived.merge_anyhow() == OK
    assert archived.primary.times() == [own[0], "2024-06-02", own[1]]


def test_data_in_finer_stores(hazards):
    """Merged before consolidating, what is in MTS and STS vanishes at once, and is deleted by it later (D.2 #1)."""
    hazards.primary.add(paused=False, STS="HOUR", MTS="DAY", LTS="MONTH")
    hazards.secondary.add(paused=False)
    for store, times in (("LTS", JUNE[:1]), ("MTS", JUNE[1:3]), ("STS", JUNE[3:])):
        hazards.primary.write(*times, store=store)
    hazards.secondary.write("2024-06-01T12:00:00", "2024-06-30")
    hazards.foretell(HazardKind.FINER_STORES, "Of 2024_06 the primary has more than one file", refuses=False)
    assert hazards.merge_anyhow() == OK
    assert hazards.primary.times() == ["2024-06-01", "2024-06-01T12:00:00", "2024-06-30"]
    hazards.primary.call("consolidateDataForPV", storage="LTS")
    assert hazards.primary.stored() == {"LTS 2024_06": ["2024-06-01", "2024-06-01T12:00:00", "2024-06-30"]}


UNLIKE = {
    "configured": (DbrType.SCALAR_INT, "primary: SCALAR_DOUBLE; secondary: SCALAR_INT"),
    "in the files alone": (DbrType.SCALAR_DOUBLE, "primary: SCALAR_DOUBLE; secondary: SCALAR_DOUBLE, SCALAR_INT"),
}


@pytest.mark.parametrize(("configured", "told"), UNLIKE.values(), ids=UNLIKE)
def test_type_mismatch(hazards, configured, told):
    """The file is damaged, "ok": the other's samples cannot be read, and no later merge works (D.2 #4)."""
    hazards.primary.add(paused=False)
    hazards.secondary.add(paused=False, dbr_type=configured)
    hazards.primary.write("2024-06-01", "2024-06-03")
    hazards.secondary.write("2024-06-02", "2024-06-04", dbr_type=DbrType.SCALAR_INT)
    hazards.foretell(HazardKind.TYPE_MISMATCH, told, refuses=True)
    assert hazards.merge_anyhow() == OK
    (chunk,) = read_chunks(hazards.primary.files()["LTS 2024_06"])
    assert chunk.damages
    assert hazards.merge_anyhow() == FAILED


def test_type_mismatch_of_types_that_are_stored_alike(hazards):
    """An enum's states become plain numbers, and nothing shows it (D.2 #4)."""
    hazards.primary.add(paused=False, dbr_type=DbrType.SCALAR_SHORT)
    hazards.secondary.add(paused=False, dbr_type=DbrType.SCALAR_ENUM)
    hazards.primary.write("2024-06-01", values=[1000], dbr_type=DbrType.SCALAR_SHORT)
    hazards.secondary.write("2024-06-02", values=[2], dbr_type=DbrType.SCALAR_ENUM)
    hazards.foretell(HazardKind.TYPE_MISMATCH, "primary: SCALAR_SHORT; secondary: SCALAR_ENUM", refuses=True)
    assert hazards.merge_anyhow() == OK
    assert (june(hazards.primary).dbr_type, june(hazards.primary).value.tolist()) == (DbrType.SCALAR_SHORT, [1000, 2])


def test_type_mismatch_of_waveforms(hazards):
    """One PV has waveforms of two lengths afterwards (I.2)."""
    for side, time, length in ((hazards.primary, "2024-06-01", 2), (hazards.secondary, "2024-06-02", 3)):
        side.add(paused=False, dbr_type=DbrType.WAVEFORM_DOUBLE)
        side.write(time, values=[[1.0] * length], dbr_type=DbrType.WAVEFORM_DOUBLE)
    told = "All waveforms of the primary have length 2, all of the secondary 3."
    hazards.foretell(HazardKind.TYPE_MISMATCH, told, refuses=False)
    assert hazards.merge_anyhow() == OK
    assert june(hazards.primary).value.lengths.tolist() == [2, 3]


def test_different_values(archived):
    """Of an instant that both have the primary's value stays, and nobody is told that there was another (D.2 #17)."""
    archived.primary.write("2024-06-01", values=[1.0])
    archived.secondary.write("2024-06-01", "2024-06-02", values=[2.0, 3.0])
    archived.foretell(HazardKind.DIFFERENT_VALUES, "Of 1 instant both have a sample", refuses=False)
    assert archived.merge_anyhow() == OK
    assert june(archived.primary).value.tolist() == [1.0, 3.0]


def test_connection_fields(archived):
    """The primary's files say that it was started and disconnected when the secondary was (D.2 #13)."""
    fields = (("cnxlostepsecs", "1717286000"), ("cnxregainedepsecs", "1717286400"), ("startup", "true"))
    archived.primary.write("2024-06-01")
    archived.secondary.write("2024-06-02", extras=Extras.build([(0, fields, -1, -1, -1)]))
    archived.foretell(HazardKind.CONNECTION_FIELDS, "connections in 1 promised sample", refuses=False)
    assert archived.merge_anyhow() == OK
    assert dict(june(archived.primary).extras.fields[0]) == dict(fields)


def test_attributes_dropped(archived):
    """Each sample of a rewritten file loses repeatcount, and fieldactualchange without fields (K b8)."""
    extras = Extras.build([(0, (), 3, -1, -1), (1, (), -1, 1, -1), (2, (), 4, -1, -1)])
    archived.primary.write("2024-06-01", "2024-06-02", "2024-05-01", extras=extras)
    archived.secondary.write("2024-06-04")
    plan = archived.foretell(HazardKind.ATTRIBUTES_DROPPED, "field_change of 1, repeat_count of 1", refuses=False)
    (month,) = [each for each in plan.of("X:Y").partitions if each.attributes_dropped]
    assert (month.partition.name, month.attributes_dropped) == ("2024_06", {"field_change": 1, "repeat_count": 1})
    assert archived.merge_anyhow() == OK
    assert len(june(archived.primary).extras) == 0


def test_attributes_dropped_of_structures(hazards):
    """V4 samples lose their userTag (K b8)."""
    for side, time in ((hazards.primary, "2024-06-01"), (hazards.secondary, "2024-06-02")):
        side.add(paused=False, dbr_type=DbrType.V4_GENERIC_BYTES)
        extras = Extras.build([(0, (), -1, -1, 5)])
        side.write("2024-05-01", dbr_type=DbrType.V4_GENERIC_BYTES, values=[b"abc"])
        side.write(time, dbr_type=DbrType.V4_GENERIC_BYTES, values=[b"abc"], extras=extras)
    hazards.foretell(HazardKind.ATTRIBUTES_DROPPED, "user_tag of", refuses=False)
    assert hazards.merge_anyhow() == OK
    assert len(june(hazards.primary).extras) == 0


def test_future_samples(hazards):
    """One becomes the store's last, and what the primary archives later is thrown away by ETL (D.2 #9)."""
    hazards.primary.add(paused=False, STS="DAY", LTS="YEAR")
    hazards.secondary.add(paused=False)
    hazards.primary.write("2024-06-01")
    hazards.secondary.write("2024-06-02", "2024-12-24")
    told = "The secondary has 1 future sample, the first of 2024-12-24T00:00:00.000000000Z."
    hazards.foretell(HazardKind.FUTURE_SAMPLES, told, refuses=True, strategy="direct")
    relay = hazards.foretell(HazardKind.FUTURE_SAMPLES, told, refuses=False, strategy="relay")
    assert relay.totals.gain == 1
    assert hazards.merge_anyhow() == OK
    hazards.primary.write("2024-07-11", "2024-07-12", store="STS")
    hazards.primary.call("consolidateDataForPV", storage="LTS")
    assert hazards.primary.stored() == {"LTS 2024": ["2024-06-01", "2024-06-02", "2024-12-24"]}


def test_out_of_order(archived):
    """Of samples that are stored out of order the primary's own do not survive the merge."""
    stamps = [instant(time) for time in ("2024-06-01", "2024-06-20", "2024-06-05", "2024-06-21")]
    samples = Samples.build(DbrType.SCALAR_DOUBLE, stamps, [1.0, 2.0, 3.0, 4.0])
    header = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="X:Y", year=2024)
    archived.primary.put("2024_06", encode_chunk(header, samples))
    archived.secondary.write("2024-06-10", "2024-06-22")
    told = "The primary has 1 sample not later than the one stored before; the first of 2024-06-05"
    archived.foretell(HazardKind.OUT_OF_ORDER, told, refuses=True)
    assert "2024-06-05" in archived.primary.times()
    assert archived.merge_anyhow() == OK
    assert archived.primary.times() == ["2024-06-01", "2024-06-10", "2024-06-20", "2024-06-21", "2024-06-22"]


DAMAGE = {"zero bytes": b"", "garbage": b"garbage\n"}


@pytest.mark.parametrize("data", DAMAGE.values(), ids=DAMAGE)
def test_not_read_of_the_secondary(hazards, data):
    """Behind a damaged file of the secondary its day and the next do not arrive, "ok" (D.2 #10)."""
    for side, hour in ((hazards.primary, "06"), (hazards.secondary, "18")):
        side.add(paused=False, LTS="DAY")
        side.write(*(f"{day}T{hour}:00:00" for day in JUNE))
    hazards.secondary.put("2024_06_03", data)
    hazards.foretell(HazardKind.NOT_READ, "Of the secondary 2024-06-0", refuses=True)
    assert hazards.merge_anyhow() == OK
    arrived = [time for time in hazards.primary.times() if time.endswith("T18:00:00")]
    assert arrived == [f"{day}T18:00:00" for day in (JUNE[0], JUNE[1], JUNE[4])]


@pytest.mark.parametrize("data", DAMAGE.values(), ids=DAMAGE)
def test_not_read_of_the_primary(hazards, data):
    """A damaged file of the primary lets every merge fail, after the PV was paused for it (D.2 #10)."""
    for side, hour in ((hazards.primary, "06"), (hazards.secondary, "18")):
        side.add(paused=False, LTS="DAY")
        side.write(*(f"{day}T{hour}:00:00" for day in JUNE))
    hazards.primary.put("2024_06_03", data)
    hazards.foretell(HazardKind.NOT_READ, "Of the primary 2024-06-0", refuses=True)
    assert hazards.merge_anyhow() == FAILED
    assert not [time for time in hazards.primary.times() if time.endswith("T18:00:00")]


def test_empty_secondary(archived):
    """A secondary that archives the PV and has nothing brings nothing, "ok", as if all were well."""
    archived.primary.write("2024-06-01", "2024-06-09")
    archived.foretell(
        HazardKind.EMPTY_SECONDARY, "the secondary has no sample of the PV, and the primary 2", refuses=True
    )
    before = archived.primary.files()
    assert archived.merge_anyhow() == OK
    assert archived.primary.files() == before


def test_not_read_behind_a_store_that_stayed_behind(hazards):
    """A stale file in STS hides LTS, and consolidating deletes it, as LTS has later samples (B.2, A.4)."""
    hazards.primary.add(paused=False, STS="HOUR", MTS="DAY", LTS="MONTH")
    hazards.secondary.add(paused=False)
    stale = ["2024-02-02T10:00:00", "2024-02-02T10:01:00"]
    hazards.primary.write("2024-01-01", "2024-03-01", "2024-06-01")
    hazards.primary.write(*stale, store="STS")
    hazards.secondary.write("2024-06-02")
    hazards.foretell(HazardKind.NOT_READ, "Of the primary 2024-0", refuses=True)
    assert hazards.primary.times("2024-02-03", "2024-12-01") == stale[1:]
    hazards.primary.call("pauseArchivingPV")
    hazards.primary.call("consolidateDataForPV", storage="LTS")
    assert hazards.primary.stored() == {f"LTS 2024_0{month}": [f"2024-0{month}-01"] for month in (1, 3, 6)}


@pytest.mark.parametrize("strategy", ["relay", "rebuild"])
def test_not_read_before_a_file_without_samples(hazards, strategy):
    """No answer looks back beyond what a crash left, so years before it seem empty, and are missing once rebuilt."""
    created = "2022-02-01" if strategy == "relay" else "1970-01-01"  # of all years, only a rebuild asks for each
    for side in (hazards.primary, hazards.secondary):
        side.add(paused=False, created=created)
    header = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="X:Y", year=2023)
    hazards.primary.write("2022-03-01", "2024-06-01")
    hazards.primary.put("2023_12", encode_chunk(header, Samples.empty(DbrType.SCALAR_DOUBLE)))
    hazards.secondary.write("2024-06-02")
    assert hazards.primary.times("2024-01-01", "2024-12-31") == ["2024-06-01"]
    hazards.foretell(HazardKind.NOT_READ, "Of the primary 2023-01-01", refuses=True, strategy=strategy)
    hazards.primary.call("pauseArchivingPV")
    (url,) = hazards.primary.call("getStoresForPV").values()
    anew = url.replace("&partitionGranularity", "_anew&partitionGranularity")
    hazards.primary.call("modifyStoreURLForPV", storage="LTS", plugin_url=anew)
    seen = Samples.build(DbrType.SCALAR_DOUBLE, [instant("2024-06-01"), instant("2024-06-02")], [0.0, 0.0])
    with serve_relay({"X:Y": seen}, on_request=lambda request: None) as relay:
        source = f"pbraw://localhost?name=O&rawURL={quote(f'{relay.url}/data/getData.raw')}"
        window = {"from": "2022-01-01T00:00:00.000Z", "to": "2025-01-01T00:00:00.000Z"}
        hazards.primary.call("importDataFromPlugin", src=source, dest="LTS", **window)
    assert hazards.primary.times("2022-01-01", "2024-12-31") == ["2024-06-01", "2024-06-02"]


def test_saved_copy(archived, tmp_path):
    """All that was promised arrives, and what the copy does not have stays missing."""
    archived.primary.write("2024-06-01")
    archived.secondary.write("2024-06-02", "2024-06-03")
    urls = [side.appliance.url for side in (archived.primary, archived.secondary)]
    with ar.ClusterPair(primary=urls[0], secondary=urls[1]) as pair:
        ar.save(pair.secondary.load("X:Y", "2024-06-01", "2024-06-02T12:00:00"), tmp_path / "copy.nc")
        plan = pair.plan_merge("X:Y", source=tmp_path / "copy.nc")
    (told,) = [hazard for hazard in plan.hazards if hazard.kind is HazardKind.SAVED_COPY]
    assert "1 sample from 2024-06-02" in told.message
    assert plan.totals.gain == 1
    archived.primary.call("pauseArchivingPV")
    promised = Samples.build(DbrType.SCALAR_DOUBLE, [instant("2024-06-02")], [0.0])
    with serve_relay({"X:Y": promised}, on_request=lambda request: None) as relay:
        assert archived.primary.merge(relay.url) == OK
    assert archived.primary.times() == ["2024-06-01", "2024-06-02"]


def test_not_planned(archived):
    """Of a PV that nobody knows nothing can be said, and a merge of it is refused by the appliance."""
    archived.primary.write("2024-06-01")
    archived.secondary.write("2024-06-02")
    urls = [side.appliance.url for side in (archived.primary, archived.secondary)]
    with ar.ClusterPair(primary=urls[0], secondary=urls[1]) as pair:
        plan = pair.plan_merge(["X:Y", "X:none"], progress=False)
    assert [hazard.kind for hazard in plan.of("X:none").hazards] == [HazardKind.NOT_PLANNED]
    assert plan.of("X:none").status == "refused"
    assert archived.primary.merge(archived.secondary, pv="X:none") == (400, None)
