"""What the engine asks a PV's stores before it archives the PV."""

from urllib.parse import quote

import pytest

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.engine.writer import last_archived
from archredundancy.appliance.storage.storage import Storage
from archredundancy.errors import StoreError
from archredundancy.model import StoreUrl

STS = "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_HOUR"
MTS = "pb://localhost?name=MTS&rootFolder=${ARCHAPPL_MEDIUM_TERM_FOLDER}&partitionGranularity=PARTITION_DAY"
RAW = "pbraw://localhost?name=O&rawURL=http%3A%2F%2F127.0.0.1%3A1"
MERGE = f"merge://localhost?name=MTS&dest={quote(MTS, safe='')}&other={quote(RAW, safe='')}"


def store_sample(storage, info, made, url, time):
    """Put a sample into a store."""
    path = storage.store(info, StoreUrl.parse(url)).path_of(made.instant(time))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.pb(made.samples(time)))


def test_the_first_store_with_a_sample_is_heard(tmp_path, made):
    """Though a later one has a newer sample."""
    storage, info = Storage(tmp_path), PvTypeInfo({"pvName": "X:Y", "dataStores": [STS, MTS]})
    assert last_archived(storage, info) is None
    store_sample(storage, info, made, MTS, "2024-06-02")
    assert last_archived(storage, info) == made.instant("2024-06-02")
    store_sample(storage, info, made, STS, "2024-06-01")
    assert last_archived(storage, info) == made.instant("2024-06-01")


def test_a_merged_store_cannot_tell_its_last_sample(tmp_path, made):
    """Which keeps the PV from being archived, unless a store before it has one (C.3)."""
    storage, info = Storage(tmp_path), PvTypeInfo({"pvName": "X:Y", "dataStores": [STS, MERGE]})
    store_sample(storage, info, made, MTS, "2024-06-02")
    with pytest.raises(StoreError, match="cannot tell its last sample"):
        last_archived(storage, info)
    store_sample(storage, info, made, STS, "2024-06-01")
    assert last_archived(storage, info) == made.instant("2024-06-01")
