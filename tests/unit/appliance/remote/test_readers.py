"""What stores are read from: files, other appliances, both merged, or nothing."""

from types import SimpleNamespace
from urllib.parse import quote

import pytest

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.remote import readers
from archredundancy.appliance.remote.readers import (
    BlackHoleReader,
    FilesReader,
    MergedReader,
    RemoteReader,
    Undescribed,
    merging,
    open_reader,
)
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.storage import Storage
from archredundancy.appliance.storage.streams import Samples
from archredundancy.errors import InputError, StoreError
from archredundancy.model import NS_PER_SECOND, DbrType, StoreUrl

INFO = PvTypeInfo({"pvName": "X:Y", "dataStores": []})
PB = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_DAY"
RAW = "pbraw://localhost?name=O&rawURL=http%3A%2F%2Fhost%3A1%2Fretrieval%2Fdata%2FgetData.raw"
MERGE = f"merge://localhost?name=M&dest={quote(PB, safe='')}&other={quote(RAW, safe='')}"
JUNE = ("2024-06-01", "2024-06-30")


@pytest.fixture
def storage(tmp_path):
    """The folders of an appliance."""
    return Storage(tmp_path)


@pytest.fixture
def partner(monkeypatch, made):
    """Another appliance: what it was asked for, and what it answers."""
    partner = SimpleNamespace(asked=[], answer=[])

    def fetch(url, pv, start, end, processor, *, skip_external):
        partner.asked.append((url, pv, start, end, processor, skip_external))
        return partner.answer

    def answers(*times):
        header = Header(dbr_type=DbrType.SCALAR_DOUBLE, pv="X:Y", year=2024)
        partner.answer = [Samples(header=header, content=tuple(made.rows(made.samples(*times))))]

    partner.answers = answers
    monkeypatch.setattr(readers, "fetch_samples", fetch)
    return partner


def opened(storage, text):
    """Return what reads a store."""
    return open_reader(storage, INFO, StoreUrl.parse(text))


def fill(storage, made, *times):
    """Put samples into the files of the LTS."""
    store = storage.store(INFO, StoreUrl.parse(PB))
    for time in times:
        path = store.path_of(made.instant(time))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.pb(made.samples(time)))
    return store


def times(streams):
    """Return the times of all samples, ns."""
    return [row.time for stream in streams for row in stream.rows()]


def window(made):
    """Return the window that is asked for."""
    return tuple(map(made.instant, JUNE))


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        (PB, FilesReader, "LTS"),
        (RAW, RemoteReader, "O"),
        (MERGE, MergedReader, "M"),
        ("blackhole://localhost?name=LTS", BlackHoleReader, "LTS"),
    ],
)
def test_each_kind_of_store_has_its_reader(storage, text, kind, name):
    """It has the name of its URL."""
    reader = opened(storage, text)
    assert (type(reader), reader.name, reader.first_time()) == (kind, name, None)


REFUSED = {
    "parquet": ("parquet://localhost?name=A&rootFolder=a&partitionGranularity=PARTITION_DAY", "cannot be opened"),
    "channel archiver": ("rtree://localhost?serverURL=http%3A%2F%2Fa", "cannot be opened"),
    "unknown": ("mystery://localhost?name=A", "cannot be opened"),
    "no partitions": ("pb://localhost?name=A&rootFolder=a", "cannot be opened"),
    "no place to ask": ("pbraw://localhost?name=A", "needs rawURL"),
    "nothing to merge into": (f"merge://localhost?name=A&other={quote(RAW, safe='')}", "needs dest"),
    "nothing to merge": (f"merge://localhost?name=A&dest={quote(PB, safe='')}", "needs other"),
    "files of another appliance": (
        f"merge://localhost?name=A&dest={quote(RAW, safe='')}&other={quote(RAW, safe='')}",
        "must be a pb:// store",
    ),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_store_is_refused(storage, text, message):
    """The error says which, and what is allowed or missing."""
    with pytest.raises(StoreError, match=message):
        opened(storage, text)


def test_a_url_inside_a_url_may_be_wrong(storage):
    """It is refused like any other."""
    with pytest.raises(InputError, match="is not a store URL"):
        opened(storage, f"merge://localhost?name=A&dest=rubbish&other={quote(RAW, safe='')}")


def test_names_in_urls_come_from_the_environment(storage, monkeypatch):
    """Where the appliance has no folder of the name; without any value the name itself is taken (A.5)."""
    monkeypatch.setenv("PARTNER", "http://host:2")
    assert opened(storage, "pbraw://localhost?name=O&rawURL=${PARTNER}/${NOTHING}").url == "http://host:2/NOTHING"


def test_another_appliance_is_asked_for_what_a_request_asks(storage, partner, made):
    """For raw samples as `pb`, and without its own external servers only if the URL says so."""
    start, end = window(made)
    partner.answers("2024-06-02")
    assert times(opened(storage, RAW).streams(start, end, None)) == [made.instant("2024-06-02")]
    opened(storage, f"{RAW}&skipExternalServers=true").streams(start, end, None)
    url = "http://host:1/retrieval/data/getData.raw"
    assert partner.asked == [(url, "X:Y", start, end, "pb", skip) for skip in (False, True)]


def test_no_answer_is_not_the_same_as_no_samples(storage, partner, made):
    """None from an appliance that cannot be asked, no stream from one that has nothing."""
    reader = opened(storage, RAW)
    assert list(reader.streams(*window(made), None)) == []
    partner.answer = None
    assert reader.streams(*window(made), None) is None


def test_a_merged_store_is_read_as_one_stream(storage, partner, made):
    """In order of time, under the header of its files."""
    fill(storage, made, "2024-06-01", "2024-06-03")
    partner.answers("2024-06-02")
    (stream,) = opened(storage, MERGE).streams(*window(made), None)
    assert times([stream]) == [made.instant(f"2024-06-0{day}") for day in (1, 2, 3)]


def test_a_merged_store_cannot_do_without_the_other(storage, partner, made):
    """It is damaged then, local samples or not (C.3)."""
    fill(storage, made, "2024-06-01")
    partner.answer = None
    with pytest.raises(DamagedFile, match="cannot be merged"):
        opened(storage, MERGE).streams(*window(made), None)


def test_a_merged_store_without_files_cannot_describe_the_others_samples(storage, partner, made):
    """Nothing on both sides is no damage."""
    assert list(opened(storage, MERGE).streams(*window(made), None)) == []
    partner.answers("2024-06-02")
    with pytest.raises(Undescribed, match="has samples only in"):
        opened(storage, MERGE).streams(*window(made), None)


def test_what_leaves_a_merged_store_is_the_union_of_a_partition(storage, partner, made):
    """The other is asked from the last second of the partition before to the start of the next (`getETLStreams`)."""
    store = fill(storage, made, "2024-06-02T06:00:00")
    partner.answers("2024-06-02T03:00:00", "2024-06-02T09:00:00")
    leaving = merging(storage, INFO, StoreUrl.parse(MERGE))
    stream = leaving(PbFile.look_up(store.paths()[0]))
    assert times([stream]) == [made.instant(f"2024-06-02T0{hour}:00:00") for hour in (3, 6, 9)]
    (asked,) = partner.asked
    assert asked[2:4] == (made.instant("2024-06-02") - NS_PER_SECOND, made.instant("2024-06-03"))


def test_nothing_leaves_while_the_other_is_silent(storage, partner, made):
    """The file stays where it is."""
    store = fill(storage, made, "2024-06-02")
    partner.answer = None
    leaving = merging(storage, INFO, StoreUrl.parse(MERGE))
    with pytest.raises(DamagedFile, match="nothing is moved out of M for now"):
        leaving(PbFile.look_up(store.paths()[0]))


def test_files_leave_other_stores_as_they_are(storage):
    """There is nothing to be made of them."""
    assert merging(storage, INFO, StoreUrl.parse(PB)) is None
