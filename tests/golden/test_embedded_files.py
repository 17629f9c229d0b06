"""Files that the embedded appliance writes against recorded ones, byte for byte."""

import numpy as np
import pytest

from archredundancy.appliance.messages.message import Sample, encode_sample
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.store import PvStore
from archredundancy.model import NS_PER_SECOND, DbrType, Granularity, Partition, chunk_key, start_of_year, year_of
from archredundancy.testing import open_recording, recording_names
from archredundancy.testing.recorded.differences import data_difference
from archredundancy.wire import ChunkHeader, encode_chunk

#: The partition whose files were damaged in the recordings of that name; their manifests say what they held before.
DAMAGED_DAY = "2024_06_03"
#: What a copy loses, so that the appliance's own encoder has no place for it (appliance.md K, b8).
LOST_IN_COPIES = {"rep", "fac", "tag"}


def value_of(dbr_type, value):
    """Return a value as the appliance's codec takes it, from the JSON of a manifest."""
    if isinstance(value, list):
        return [value_of(dbr_type, element) for element in value]
    if not isinstance(value, dict):
        return value
    if "f" in value:
        return float(value["f"])
    content = bytes.fromhex(value["hex"])
    return np.frombuffer(content, np.int8)[0].item() if dbr_type is DbrType.SCALAR_BYTE else content


def encoded(dbr_type, row):
    """Return a sample of a manifest as a line, encoded by the appliance's own codec."""
    year = year_of(int(row["t"]))
    seconds, nano = divmod(int(row["t"]) - start_of_year(year), NS_PER_SECOND)
    sample = Sample(
        seconds=seconds,
        nano=nano,
        value=value_of(dbr_type, row["val"]),
        severity=row.get("sev", 0),
        status=row.get("stat", 0),
        fields=dict(row.get("fields", ())),
    )
    return Row(encode_sample(sample, dbr_type), dbr_type, year)


def lines_of(dbr_type, rows, samples):
    """Yield the rows to be appended; those with attributes that only an engine writes come from the other codec."""
    for number, row in enumerate(rows):
        if row.keys() & (LOST_IN_COPIES | {"fields"}):
            header = ChunkHeader(dbr_type=dbr_type, pv="", year=year_of(int(row["t"])))
            line = encode_chunk(header, samples.slice(number, number + 1)).split(b"\n")[1]
            yield Row(line, dbr_type, header.year)
        else:
            yield encoded(dbr_type, row)


def rows_of(recording):
    """Yield the rows of each entry of a manifest, as their JSON has them."""
    for pvs in recording.scenario["samples"].values():
        yield from (entry["samples"] for entries in pvs.values() for entry in entries)


@pytest.mark.parametrize("name", recording_names())
def test_the_appliance_writes_the_recorded_files(name, tmp_path):
    """All samples of a manifest, appended, make the recorded files, byte for byte (A.3)."""
    recording = open_recording(name)
    files = {(entry["cluster"], entry["store"], entry["path"]): recording.body(entry) for entry in recording.files}
    for entry, rows in zip(recording.manifest(), rows_of(recording), strict=True):
        granularity = Granularity.parse(f"PARTITION_{entry.granularity}")
        root = tmp_path / entry.cluster / entry.store
        store = PvStore(name=entry.store, root=root, granularity=granularity, pv=entry.pv, key=chunk_key(entry.pv))
        dbr_type = entry.samples.dbr_type
        Appender(store).append(lines_of(dbr_type, rows, entry.samples), dbr_type)
        slots = {Partition.holding(time, granularity).name for time in entry.samples.time.tolist()}
        for slot in slots - ({DAMAGED_DAY} if name.startswith("06_damaged") else set()):
            path = f"{chunk_key(entry.pv)}{slot}.pb"
            if (entry.cluster, entry.store, path) in files:
                assert not data_difference((root / path).read_bytes(), files[entry.cluster, entry.store, path]), path
