"""Post-processors over HTTP, and what ETL keeps of them (appliance.md A.6 and B.8)."""

import json
from urllib.parse import urlencode

import numpy as np
import pytest

from archredundancy.appliance import Appliance, AppliancePair
from archredundancy.model import NS_PER_SECOND, DbrType, Extras, Samples, chunk_key, start_of_year
from archredundancy.testing.embedded.asking import ask
from archredundancy.wire import ChunkHeader, encode_chunk, read_chunks

PV = "X:Y"
NEW_YEAR = start_of_year(2024)
MINUTE = 60 * NS_PER_SECOND
YEAR = {"from": "2024-01-01T00:00:00Z", "to": "2024-01-01T03:00:00Z"}
MTS = "pb://localhost?name=MTS&rootFolder=${ARCHAPPL_MEDIUM_TERM_FOLDER}&partitionGranularity=PARTITION_DAY"
LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"


@pytest.fixture
def appliance(tmp_path):
    """A running appliance without PVs."""
    with Appliance("primary0", tmp_path, lag=0.0) as running:
        yield running


def fill(appliance, options="", store="MTS", values=None, dbr_type=DbrType.SCALAR_DOUBLE, **columns):
    """Archive a sample at ten and twenty past each of three hours, with the LTS to be of these options."""
    stores = [MTS, LTS + options]
    appliance.add_pv({"pvName": PV, "dataStores": stores, "paused": "true", "archiveFields": ["HIHI"]})
    times = [NEW_YEAR + minute * MINUTE for minute in (10, 20, 70, 80, 130, 140)]
    samples = Samples.build(dbr_type, times, np.arange(6.0) if values is None else values, **columns)
    slot = "2024_01_01" if store == "MTS" else "2024"
    header = ChunkHeader(dbr_type=dbr_type, pv=PV, year=2024)
    appliance.put_file(store, f"{chunk_key(PV)}{slot}.pb", encode_chunk(header, samples))


def json_of(appliance, path, **parameters):
    """Return the JSON of an answer."""
    status, body = ask(appliance, path, **parameters)
    assert status == 200
    return json.loads(body)


def values(appliance, pv):
    """Return the values of a PV in the first three hours of 2024."""
    (answer,) = json_of(appliance, "/retrieval/data/getData.json", pv=pv, **YEAR)
    return [sample["val"] for sample in answer["data"]]


def consolidate(appliance):
    """Move all into the LTS."""
    reply = json_of(appliance, "/mgmt/bpl/consolidateDataForPV", pv=PV, storage="LTS")
    assert reply["status"] == "ok"


def test_a_statistic_with_a_cache_is_empty(appliance):
    """ETL keeps all bins but the last; with them there, the answer has nothing (appliance.md A.6)."""
    fill(appliance, "&pp=mean_3600")
    assert values(appliance, f"mean_3600({PV})") == [0.5, 2.5, 4.5, 4.5]
    consolidate(appliance)
    cached = [path for path in appliance.files() if path.endswith(".mean_3600")]
    assert cached == [f"lts/{chunk_key(PV)}2024.mean_3600"]
    assert values(appliance, f"mean_3600({PV})") == values(appliance, f"meanSample_3600({PV})") == []
    assert values(appliance, f"mean_7200({PV})") == [1.5, 4.5]


def test_a_cache_of_first_samples_is_sent(appliance):
    """Where each stream has its own result, that comes from the cache."""
    fill(appliance, "&pp=firstSample_3600")
    consolidate(appliance)
    assert values(appliance, f"firstSample_3600({PV})") == [0.0, 2.0, 4.0]
    (cache,) = (path for path in appliance.files() if path.endswith(".firstSample_3600"))
    appliance.put_file("LTS", cache.removeprefix("lts/"), appliance.files()[cache].rsplit(b"\n", 2)[0] + b"\n")
    assert values(appliance, f"firstSample_3600({PV})") == [0.0, 2.0]


def test_a_cache_is_never_refreshed(appliance):
    """What comes before its end is not seen in it (appliance.md A.6)."""
    fill(appliance, "&pp=firstSample_3600")
    consolidate(appliance)
    times = NEW_YEAR + np.array([5, 65, 190, 250]) * MINUTE
    samples = Samples.build(DbrType.SCALAR_DOUBLE, times, [7.0, 7.0, 8.0, 9.0])
    header = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv=PV, year=2024)
    appliance.put_file("LTS", f"{chunk_key(PV)}2024.pb", encode_chunk(header, samples))
    appliance.put_file("MTS", f"{chunk_key(PV)}2024_01_01.pb", encode_chunk(header, samples))
    consolidate(appliance)
    (cache,) = (data for path, data in appliance.files().items() if path.endswith(".firstSample_3600"))
    assert [float(value) for chunk in read_chunks(cache) for value in chunk.samples.value] == [0.0, 2.0, 4.0, 8.0, 9.0]


def test_statistics_through_a_merging_secondary_are_not_those_of_the_union(tmp_path):
    """They are the primary's bins, filled even where `Sample` was asked for (appliance.md C.3)."""
    with AppliancePair(tmp_path, lag=0.0) as pair:
        fill(pair.primary, store="LTS", values=[1.0, 2.0, 3.0, 4.0, 5.0, 5.0])
        fill(pair.secondary, store="LTS", values=[100.0] * 6)
        url = f"{pair.primary.url}/retrieval?mergeDuringRetrieval=true"
        json_of(
            pair.secondary,
            "/mgmt/bpl/addExternalArchiverServerArchives",
            channelarchiverserverurl=url,
            archives="pbraw",
        )
        json_of(pair.secondary, "/mgmt/bpl/resetFailoverCaches")
        assert values(pair.primary, f"meanSample_1800({PV})") == [1.5, 3.5, 5.0]
        assert values(pair.secondary, f"meanSample_1800({PV})") == [1.5, 1.5, 3.5, 3.5, 5.0, 5.0]


def test_raw_samples_are_gone_where_only_means_are_kept(appliance):
    """`reducedata=` leaves the LTS nothing else, and a mean of these means is another one."""
    fill(appliance, "&reducedata=mean_3600")
    consolidate(appliance)
    assert values(appliance, PV) == [0.5, 2.5, 4.5]
    assert list(appliance.files()) == [f"lts/{chunk_key(PV)}2024.pb"]


def test_what_cannot_be_reduced_is_lost(appliance):
    """Texts have no mean, and the file they came from is deleted all the same."""
    fill(appliance, "&reducedata=mean_3600", values=list("abcdef"), dbr_type=DbrType.SCALAR_STRING)
    consolidate(appliance)
    assert appliance.files() == {}


def test_a_field_is_read_in_the_place_of_its_pv(appliance):
    """Only where a sample tells it, and under the PV's name."""
    extras = Extras.build([(row, (("HIHI", f"{row}.5"),), -1, 1, -1) for row in (1, 4)])
    fill(appliance, store="LTS", extras=extras)
    (answer,) = json_of(appliance, "/retrieval/data/getData.json", pv=f"{PV}.HIHI", **YEAR)
    assert answer["meta"]["name"] == PV
    assert [sample["val"] for sample in answer["data"]] == [1.5, 4.5]


@pytest.mark.parametrize("call", ["getData", "getDataForPVs"])
def test_an_answer_that_is_given_up_is_an_empty_list(appliance, call):
    """A length of zero, a damaged file: HTTP 200 all the same, and not even the PV's name."""
    fill(appliance, store="LTS")
    assert json_of(appliance, f"/retrieval/data/{call}.json", pv=f"mean_0({PV})", **YEAR) == []
    appliance.put_file("LTS", f"{chunk_key(PV)}2024.pb", b"")
    assert json_of(appliance, f"/retrieval/data/{call}.json", pv=f"ncount({PV})", **YEAR) == []


def test_texts_have_no_statistics(appliance):
    """The PV is not even named, as none of its streams comes through; what needs no number is not concerned."""
    fill(appliance, store="LTS", values=list("abcdef"), dbr_type=DbrType.SCALAR_STRING)
    late = {"from": "2024-01-01T02:00:00Z", "to": "2024-01-01T03:00:00Z"}
    assert json_of(appliance, "/retrieval/data/getData.json", pv=f"mean_60({PV})", **late) == []
    assert json_of(appliance, "/retrieval/data/getDataForPVs.json", pv=f"nth_2({PV})", **late)[0]["meta"]["name"] == PV


def test_a_lost_answer_ends_that_for_several_pvs(appliance):
    """The PVs before it are there, those after it are not."""
    fill(appliance, store="LTS", values=list("abcdef"), dbr_type=DbrType.SCALAR_STRING)
    appliance.add_pv({"pvName": "OTHER", "dataStores": [LTS], "paused": "true"})
    header = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="OTHER", year=2024)
    samples = Samples.build(DbrType.SCALAR_DOUBLE, [NEW_YEAR + MINUTE], [1.0])
    appliance.put_file("LTS", f"{chunk_key('OTHER')}2024.pb", encode_chunk(header, samples))
    late = {"from": "2024-01-01T02:00:00Z", "to": "2024-01-01T03:00:00Z"}
    for names, found in (([PV, "OTHER"], []), (["OTHER", PV], ["OTHER"]), (["OTHER"], ["OTHER"])):
        pvs = "&".join(urlencode({"pv": name}) for name in names)
        answer = json_of(appliance, f"/retrieval/data/getDataForPVs.json?{pvs}", pp="mean_60", **late)
        assert [pv["meta"]["name"] for pv in answer] == found
