"""Wire against what two real appliances wrote: their files and their raw answers."""

import json
from collections import defaultdict

import numpy as np
import pytest

from archredundancy.model import DbrType, Granularity, Partition, chunk_key
from archredundancy.testing import assert_samples_equal, open_recording, recording_names
from archredundancy.testing.recorded.golden import golden_folder
from archredundancy.wire import ChunkReader, ChunkStarted, Damage, encode_chunk, read_chunks

each_recording = pytest.mark.parametrize("recording", recording_names(), indirect=True)
#: The answer whose header says waveform and whose lines are scalars: read, as protobuf allows, and written packed.
NOT_WRITTEN_BACK = ("08_merge_type_wave_scalar", 2)
#: The partition whose files were damaged in the recordings of that name; their manifests say what they held before.
DAMAGED_DAY = "2024_06_03"


@pytest.fixture
def recording(request):
    """One recording, opened."""
    return open_recording(request.param)


def raw_answers(recording):
    """Steps whose answer is raw data, with the chunks that were found in it when it was recorded."""
    return [(step, recording.body(step)) for step in recording.steps if step.get("decoded")]


def test_all_recordings_are_here():
    """Each recording of the index is there to be tested."""
    index = json.loads((golden_folder() / "index.json").read_text("utf-8"))
    assert set(recording_names()) >= {entry["name"] for entry in index} != set()


@each_recording
def test_files_hold_what_the_manifest_says(recording):
    """Each PB file not damaged on purpose holds, to the last bit, the samples put into it, and is written back."""
    files = {(entry["cluster"], entry["store"], entry["path"]): recording.body(entry) for entry in recording.files}
    for entry in recording.manifest():
        granularity = Granularity.parse(f"PARTITION_{entry.granularity}")
        rows = defaultdict(list)
        for row, time in enumerate(entry.samples.time.tolist()):
            rows[Partition.holding(time, granularity).name].append(row)
        for name, chosen in rows.items():
            data = files.get((entry.cluster, entry.store, f"{chunk_key(entry.pv)}{name}.pb"))
            if data is None or (recording.name.startswith("06_damaged") and name == DAMAGED_DAY):
                continue
            (chunk,) = read_chunks(data, strict=True)
            assert (chunk.header.pv, chunk.header.year) == (entry.pv, int(name[:4]))
            assert_samples_equal(chunk.samples, entry.samples.take(np.array(chosen)))
            assert encode_chunk(chunk.header, chunk.samples) == data


@each_recording
def test_raw_answers_have_the_recorded_chunks(recording):
    """Each raw answer has the recorded chunks, also empty ones: type, year, count, first, last, unreadable lines."""
    for step, body in raw_answers(recording):
        found = [
            {
                "type": chunk.header.dbr_type.name,
                "year": chunk.header.year,
                "bad": len(chunk.damages),
                "count": len(chunk.samples),
                "first": str(chunk.samples.time[0]) if len(chunk.samples) else None,
                "last": str(chunk.samples.time[-1]) if len(chunk.samples) else None,
            }
            for chunk in read_chunks(body)
        ]
        assert found == step["decoded"], f"step {step['n']}: {step['path']}"


@each_recording
def test_raw_answers_are_written_as_the_appliance_wrote_them(recording):
    """Encoding the chunks of an undamaged answer, joined by blank lines, gives the appliance's own bytes."""
    for step, body in raw_answers(recording):
        chunks = read_chunks(body)
        if (recording.name, step["n"]) == NOT_WRITTEN_BACK or any(chunk.damages for chunk in chunks):
            continue
        written = b"\n".join(encode_chunk(chunk.header, chunk.samples) for chunk in chunks)
        assert written == body, f"step {step['n']}: {step['path']}"


def test_a_scalar_is_a_waveform_of_one_element():
    """Unpacked elements under a waveform's header are read, as protobuf has it; written again they are packed."""
    recording = open_recording(NOT_WRITTEN_BACK[0])
    body = next(body for step, body in raw_answers(recording) if step["n"] == NOT_WRITTEN_BACK[1])
    chunks = read_chunks(body)
    assert {len(row) for chunk in chunks for row in chunk.samples.value.rows()} == {1, 2}
    assert b"\n".join(encode_chunk(chunk.header, chunk.samples) for chunk in chunks) != body


def test_headers_carry_the_metadata_of_the_answer():
    """The header of an answer has element count and, in stored order, EGU and PREC; a file has none of it."""
    recording = open_recording("01_types_06")
    answer = read_chunks(raw_answers(recording)[0][1])[0].header
    stored = read_chunks(recording.body(recording.files[0]))[0].header
    assert (answer.dbr_type, answer.pv, answer.element_count) == (DbrType.SCALAR_DOUBLE, "G01:t06-v", 1)
    assert answer.headers == (("EGU", "mm"), ("PREC", "3"))
    assert (stored.element_count, stored.headers) == (None, ())


@pytest.mark.parametrize(
    ("name", "outline"),
    [
        ("zero", []),
        ("junk", ["a header cannot be read: a field has number 0"]),
        ("hdr", ["header of 2024"]),
        ("hdrcut", ["the last line has no line end: whoever wrote it was interrupted"]),
        ("cut", ["header of 2024", "2 samples", "the last line has no line end: whoever wrote it was interrupted"]),
        ("noeol", ["header of 2024", "2 samples", "the last line has no line end: whoever wrote it was interrupted"]),
        ("zeroed", ["header of 2024", "2 samples", "a field has number 0"]),
        ("emptyline", ["header of 2024", "a header cannot be read: it lacks type, PV name or year"]),
        ("badyear", ["header of 2023", "3 samples"]),
    ],
)
def test_files_damaged_on_purpose(name, outline):
    """What can be read of a damaged file is read, and what cannot is reported."""
    recording = open_recording("06_damaged_files")
    (entry,) = (entry for entry in recording.files if entry["path"] == f"G06/files/{name}:{DAMAGED_DAY}.pb")
    reader = ChunkReader()
    events = reader.feed(recording.body(entry)) + reader.close()
    assert [told(event) for event in events] == outline


def told(event):
    """One event in words."""
    if isinstance(event, Damage):
        return event.reason
    return f"header of {event.header.year}" if isinstance(event, ChunkStarted) else f"{len(event.samples)} samples"
