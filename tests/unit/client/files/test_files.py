"""Folders of PB files: which belong to a PV, what they hold, and what they cannot tell."""

import os
from pathlib import Path

import numpy as np
import pytest

from archredundancy.client import StoreFolder
from archredundancy.client.files.ordered_file import OrderedFiles
from archredundancy.client.files.store_files import find_files, read_answer
from archredundancy.errors import StoreError
from archredundancy.model import (
    DbrType,
    FailureKind,
    Granularity,
    Partition,
    Samples,
    TimeRange,
    chunk_key,
    parse_time,
    year_of,
)
from archredundancy.segments import Segments
from archredundancy.wire import ChunkHeader, encode_chunk

PV = "SR:DCCT-01:CURRENT"
HOUR = 3600 * 10**9
DAY = 24 * HOUR


def at(text: str) -> int:
    return parse_time(text, now=0)


def span(start: str, end: str) -> TimeRange:
    return TimeRange(start=at(start), end=at(end))


def write(root: Path, granularity: Granularity, samples: Samples, pv: str = PV, year: int | None = None) -> list[Path]:
    """Write samples to files as the appliance does; return the files in order of time."""
    paths = []
    partitions = sorted({Partition.holding(int(ns), granularity) for ns in samples.time})
    for partition in partitions:
        path = root / f"{chunk_key(pv)}{partition.name}.pb"
        path.parent.mkdir(parents=True, exist_ok=True)
        header = ChunkHeader(dbr_type=samples.dbr_type, pv=pv, year=year or year_of(partition.start))
        rows = np.flatnonzero((samples.time >= partition.start) & (samples.time < partition.end))
        path.write_bytes(
            encode_chunk(
                ChunkHeader(dbr_type=samples.dbr_type, pv=pv, year=year_of(partition.start)), samples.take(rows)
            )
        )
        if year:
            path.write_bytes(header.encode() + path.read_bytes().partition(b"\n")[2])
        paths.append(path)
    return paths


@pytest.fixture
def hourly(fakes):
    """Samples at one nanosecond past each hour."""
    return fakes.hourly


def kinds(reading):
    return [failure.kind for failure in reading.failures]


def test_a_store_is_read_like_a_cluster(tmp_path, hourly):
    """Samples of the range, the one before it, the layout of the files in the range, the folder's name."""
    write(tmp_path, Granularity.DAY, hourly("2024-05-01", 120))
    folder = StoreFolder(tmp_path)
    reading = folder.read(PV, span("2024-05-03T00:00:00Z", "2024-05-04T12:00:00Z"))
    assert reading.samples.value.tolist() == list(range(48, 84))
    assert reading.before.value.tolist() == [47]
    assert (reading.cluster, reading.failures) == (str(tmp_path), ())
    assert reading.known == Segments.of((reading.asked.start, reading.asked.end))
    assert [chunk.count for chunk in reading.layout] == [24, 24]
    assert StoreFolder(tmp_path, name="backup").read(PV, reading.asked).cluster == "backup"


@pytest.mark.parametrize("granularity", list(Granularity))
def test_the_granularity_is_read_off_the_names(tmp_path, hourly, granularity):
    """All seven; minutes need no file at every five."""
    time = at("2023-12-31T22:00:00Z") + np.arange(60) * 5 * 60 * 10**9
    write(tmp_path, granularity, Samples.build(DbrType.SCALAR_INT, time, np.arange(60)))
    reading = StoreFolder(tmp_path).read(PV, span("2023-12-31T23:02:00Z", "2024-01-01T01:31:00Z"))
    assert reading.samples.value.tolist() == list(range(13, 43))
    assert reading.before.value.tolist() == [12]
    assert reading.known.total == reading.asked.duration


def test_several_stores_lie_side_by_side(tmp_path, hourly):
    """A folder with the roots of STS, MTS and LTS: files in order of their partitions, repeats and all."""
    samples = hourly("2024-05-01", 72)
    write(tmp_path / "lts", Granularity.YEAR, samples.slice(0, 24))
    write(tmp_path / "mts", Granularity.DAY, samples.slice(20, 48))
    write(tmp_path / "sts", Granularity.HOUR, samples.slice(48, 72))
    reading = StoreFolder(tmp_path).read(PV, span("2024-05-01", "2024-05-04"))
    assert reading.samples.value.tolist() == [*range(24), *range(20, 72)]
    assert len(reading.layout) == 1 + 2 + 24
    before = StoreFolder(tmp_path).read(PV, span("2024-05-03T12:00:00Z", "2024-05-04")).before
    assert before.value.tolist() == [59]


def test_nothing_is_vouched_for_outside_the_files(tmp_path, hourly):
    """Before the first partition and after the last sample a folder knows nothing, without any failure."""
    write(tmp_path, Granularity.DAY, hourly("2024-05-02", 30))
    reading = StoreFolder(tmp_path).read(PV, span("2024-05-01", "2024-05-09"))
    assert reading.failures == ()
    assert reading.known == Segments.of((at("2024-05-02"), int(reading.samples.time[-1]) + 1))
    early = StoreFolder(tmp_path).read(PV, span("2024-04-01", "2024-04-02"))
    late = StoreFolder(tmp_path).read(PV, span("2024-06-01", "2024-06-02"))
    assert (len(early.known), len(late.known), len(late.before)) == (0, 0, 1)


def test_days_without_a_file_between_others_are_known(tmp_path, hourly):
    """The PV did not change, or was not archived: coverage tells, not this."""
    write(tmp_path, Granularity.DAY, hourly("2024-05-01", 2))
    write(tmp_path, Granularity.DAY, hourly("2024-05-08", 2))
    reading = StoreFolder(tmp_path).read(PV, span("2024-05-03", "2024-05-05"))
    assert (len(reading.samples), reading.before.value.tolist()) == (0, [1])
    assert reading.known.total == reading.asked.duration


def test_a_pv_without_files_is_a_failure(tmp_path, hourly):
    """Names are exact; the folder is named."""
    write(tmp_path, Granularity.DAY, hourly("2024-05-01", 2))
    for pv in ("SR:DCCT-01", "SR:DCCT-01:CURREN", "sr:dcct-01:current", "../x", "/etc/passwd", "..:..:x"):
        reading = StoreFolder(tmp_path).read(pv, span("2024-05-01", "2024-05-02"))
        assert kinds(reading) == [FailureKind.UNKNOWN_PV]
        assert str(tmp_path) in reading.failures[0].message


def test_a_name_cannot_lead_out_of_the_folder(tmp_path, hourly):
    """Neither by `..` nor by a path of its own."""
    write(tmp_path / "outside", Granularity.DAY, hourly("2024-05-01", 2), pv="X")
    (tmp_path / "inside").mkdir()
    for pv in ("..:outside:X", f"{tmp_path}:outside:X"):
        assert find_files(tmp_path / "inside", pv, r"[\:\-]", ":") == []


@pytest.mark.parametrize(
    ("spoil", "kind", "match"),
    [
        (lambda data: b"", FailureKind.EMPTY, "the file is empty"),
        (lambda data: b"\xff\xff\n" + data.partition(b"\n")[2], FailureKind.DAMAGED, "has no header"),
        (lambda data: data[:4], FailureKind.DAMAGED, "has no header"),
    ],
    ids=["zero bytes", "junk", "header cut"],
)
def test_a_file_without_header_loses_its_partition(tmp_path, hourly, spoil, kind, match):
    """And only that; the message names the file."""
    paths = write(tmp_path, Granularity.DAY, hourly("2024-05-01", 72))
    paths[1].write_bytes(spoil(paths[1].read_bytes()))
    reading = StoreFolder(tmp_path).read(PV, span("2024-05-01", "2024-05-03T20:00:00Z"))
    assert [(failure.kind, failure.range) for failure in reading.failures] == [(kind, span("2024-05-02", "2024-05-03"))]
    assert f"{paths[1]}: the file" in reading.failures[0].message
    assert match in reading.failures[0].message
    assert len(reading.samples) == 24 + 20
    assert reading.known.total == reading.asked.duration - DAY


def test_a_header_of_another_year_loses_its_partition(tmp_path, hourly):
    """All its samples would be misdated."""
    paths = write(tmp_path, Granularity.DAY, hourly("2024-05-01", 24))
    write(tmp_path, Granularity.DAY, hourly("2024-05-02", 24), year=2023)
    write(tmp_path, Granularity.DAY, hourly("2024-05-03", 24))
    reading = StoreFolder(tmp_path).read(PV, span("2024-05-01", "2024-05-03T20:00:00Z"))
    assert [failure.range for failure in reading.failures] == [span("2024-05-02", "2024-05-03")]
    assert "its header says 2023, unlike its name" in reading.failures[0].message
    assert paths[0].exists()


def test_a_spoilt_line_is_bounded_by_its_neighbours(tmp_path, hourly):
    """With the file in the message."""
    (path,) = write(tmp_path, Granularity.DAY, hourly("2024-05-01", 24))
    lines = path.read_bytes().split(b"\n")
    lines[11] = b"\x00" * 5
    path.write_bytes(b"\n".join(lines))
    reading = StoreFolder(tmp_path).read(PV, span("2024-05-01", "2024-05-01T23:00:00Z"))
    hour = at("2024-05-01T00:00:00Z") + 1
    assert [failure.range for failure in reading.failures] == [
        TimeRange(start=hour + 9 * HOUR + 1, end=hour + 11 * HOUR)
    ]
    assert reading.failures[0].message.startswith(f"{path}: unreadable at byte")


def test_a_cut_last_line_is_reported(tmp_path, hourly):
    """A crash leaves it, or an engine is about to finish it: after the last whole sample nothing is known."""
    (path,) = write(tmp_path, Granularity.DAY, hourly("2024-05-01", 24))
    path.write_bytes(path.read_bytes()[:-3])
    reading = StoreFolder(tmp_path).read(PV, span("2024-05-01", "2024-05-02"))
    assert kinds(reading) == [FailureKind.DAMAGED]
    assert reading.failures[0].range == TimeRange(start=int(reading.samples.time[-1]) + 1, end=at("2024-05-02"))


def test_a_header_without_samples_is_harmless(tmp_path, hourly):
    """A crash right after opening a file leaves it; nothing is lost, and nothing is vouched for by it."""
    paths = write(tmp_path, Granularity.DAY, hourly("2024-05-01", 48))
    paths[1].write_bytes(paths[1].read_bytes().partition(b"\n")[0] + b"\n")
    reading = StoreFolder(tmp_path).read(PV, span("2024-05-01", "2024-05-03"))
    assert (kinds(reading), len(reading.samples)) == ([], 24)
    assert reading.known == Segments.of((at("2024-05-01"), int(reading.samples.time[-1]) + 1))
    assert StoreFolder(tmp_path).read(PV, span("2024-05-02T12:00:00Z", "2024-05-03")).before.value.tolist() == [23]


def test_the_sample_before_is_looked_for_beyond_a_damaged_file(tmp_path, hourly):
    """The newest earlier file that has one; damage before the range is no failure of the range."""
    paths = write(tmp_path, Granularity.DAY, hourly("2024-05-01", 72))
    paths[1].write_bytes(b"")
    reading = StoreFolder(tmp_path).read(PV, span("2024-05-03T00:00:00Z", "2024-05-03T01:00:00Z"))
    assert (reading.before.value.tolist(), reading.failures) == ([23], ())


def test_only_files_near_the_range_are_read(tmp_path, hourly, monkeypatch):
    """Those that touch it, and the one before; of the others at most the first lines."""
    write(tmp_path, Granularity.DAY, hourly("2024-05-01", 24 * 20))
    opened, read = [], OrderedFiles.read
    monkeypatch.setattr(
        "archredundancy.client.files.files.read_answer", lambda path: opened.append(path.name) or read_answer(path)
    )
    monkeypatch.setattr(
        OrderedFiles, "read", lambda self, path, *spans: opened.append(path.name) or read(self, path, *spans)
    )
    StoreFolder(tmp_path).read(PV, span("2024-05-10T00:00:00Z", "2024-05-11T06:00:00Z"))
    assert opened == ["CURRENT:2024_05_10.pb", "CURRENT:2024_05_11.pb", "CURRENT:2024_05_09.pb"]


def test_siblings_are_no_data(tmp_path, hourly):
    """Caches, temporary files of a merge, and names that are no partition are left alone."""
    (path,) = write(tmp_path, Granularity.YEAR, hourly("2024-05-01", 2))
    for name in (
        "CURRENT:2024.mean_600",
        "CURRENT:2024.pb_tmp_42",
        "CURRENT:2024_13.pb",
        "CURRENT:notes.pb",
        "CURRENT:2024_05.txt",
    ):
        (path.parent / name).write_bytes(b"junk\n")
    reading = StoreFolder(tmp_path).read(PV, span("2024-04-30", "2024-05-01T01:00:00.000000002Z"))
    assert (len(reading.samples), reading.failures) == (2, ())


def test_parquet_is_said_not_to_be_read(tmp_path, hourly):
    """Never a silent hole."""
    write(tmp_path, Granularity.DAY, hourly("2024-05-01", 2))
    paths = write(tmp_path, Granularity.DAY, hourly("2024-05-02", 2))
    paths[0].rename(paths[0].with_suffix(".parquet"))
    write(tmp_path, Granularity.DAY, hourly("2024-05-03", 2))
    reading = StoreFolder(tmp_path).read(PV, span("2024-05-01", "2024-05-03T00:00:01Z"))
    assert [(failure.kind, failure.range) for failure in reading.failures] == [
        (FailureKind.REPLY, span("2024-05-02", "2024-05-03"))
    ]
    assert "only .pb files can be read" in reading.failures[0].message


def test_another_pv_of_a_folder_below_is_not_mixed_in(tmp_path, hourly):
    """In one store's root `A/B/C:` of A:B:C looks like B:C of a store named A; the header tells."""
    write(tmp_path, Granularity.DAY, hourly("2024-05-01", 3), pv="A:B:C")
    write(tmp_path, Granularity.DAY, hourly("2024-05-01", 2), pv="B:C")
    reading = StoreFolder(tmp_path).read("B:C", span("2024-05-01", "2024-05-01T01:00:00.000000002Z"))
    assert (len(reading.samples), reading.failures) == (2, ())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_failure(tmp_path, hourly):
    """Permissions are the reason given."""
    (path,) = write(tmp_path, Granularity.DAY, hourly("2024-05-01", 2))
    path.chmod(0)
    assert kinds(StoreFolder(tmp_path).read(PV, span("2024-05-01", "2024-05-02"))) == [FailureKind.UNREACHABLE]


def test_a_file_that_vanishes_is_a_failure(tmp_path, hourly, monkeypatch):
    """ETL may move it between listing and reading."""
    write(tmp_path, Granularity.DAY, hourly("2024-05-01", 30))

    def gone(path):
        raise FileNotFoundError(2, "No such file", str(path))

    monkeypatch.setattr("archredundancy.client.files.files.read_answer", gone)
    reading = StoreFolder(tmp_path).read(PV, span("2024-05-01", "2024-05-02"))
    assert kinds(reading) == [FailureKind.UNREACHABLE]
    assert "No such file" in reading.failures[0].message


def test_a_changed_type_is_told(tmp_path, hourly):
    """As from a cluster."""
    write(tmp_path, Granularity.DAY, hourly("2024-05-01", 24))
    write(tmp_path, Granularity.DAY, hourly("2024-05-02", 25, DbrType.SCALAR_INT))
    reading = StoreFolder(tmp_path).read(PV, span("2024-05-01", "2024-05-03"))
    assert reading.samples.dbr_type is DbrType.SCALAR_INT
    assert kinds(reading) == [FailureKind.TYPE_CHANGED]


def test_search_reads_names_from_headers(tmp_path, hourly):
    """Paths cannot be turned back into names: `:` and `-` both become folders."""
    for pv in ("SR:A-1", "SR:A:2", "BL-1:X", "plain"):
        write(tmp_path / "lts", Granularity.YEAR, hourly("2024-05-01", 1), pv=pv)
        write(tmp_path / "sts", Granularity.HOUR, hourly("2024-05-01", 3), pv=pv)
    folder = StoreFolder(tmp_path)
    assert folder.search() == ["BL-1:X", "SR:A-1", "SR:A:2", "plain"]
    assert folder.search("SR:*") == ["SR:A-1", "SR:A:2"]
    assert folder.search("SR:A??") == ["SR:A-1", "SR:A:2"]
    assert folder.search("?lain") == ["plain"]
    assert folder.search("[S]R:*") == []
    assert folder.search("sr:*") == []


def test_search_finds_nothing_that_cannot_be_read(tmp_path, hourly, caplog):
    """A folder too high up is an error that names a file of the store; a stray PV is told in the log."""
    write(tmp_path / "primary0" / "lts", Granularity.YEAR, hourly("2024-05-01", 2))
    assert StoreFolder(tmp_path / "primary0").search() == StoreFolder(tmp_path / "primary0" / "lts").search() == [PV]
    with pytest.raises(StoreError, match=r"but there is .*lts.SR.DCCT.*; give the root folder of that store"):
        StoreFolder(tmp_path).search()
    write(tmp_path / "sts", Granularity.YEAR, hourly("2024-05-01", 2), pv="X:Y")
    assert StoreFolder(tmp_path).search() == ["X:Y"]
    assert "1 PVs below" in caplog.text


def test_search_gets_a_name_from_any_good_file(tmp_path, hourly):
    """A zero-byte file does not hide its PV."""
    paths = write(tmp_path, Granularity.DAY, hourly("2024-05-01", 72))
    paths[0].write_bytes(b"")
    assert StoreFolder(tmp_path).search("*") == [PV]
    for path in paths:
        path.write_bytes(b"")
    assert StoreFolder(tmp_path).search("*") == []


def test_a_folder_that_is_none_is_refused(tmp_path):
    """At once, with its name."""
    with pytest.raises(StoreError, match=r"there is no folder .*nowhere") as caught:
        StoreFolder(tmp_path / "nowhere")
    assert caught.value.path == str(tmp_path / "nowhere")


def test_a_folder_that_disappears_is_a_store_error(tmp_path):
    """Such as an unmounted disk."""
    root = tmp_path / "lts"
    root.mkdir()
    folder = StoreFolder(root)
    root.rmdir()
    with pytest.raises(StoreError, match="is the disk mounted"):
        folder.read(PV, span("2024-05-01", "2024-05-02"))
    assert repr(folder) == f"<StoreFolder {root}>"
