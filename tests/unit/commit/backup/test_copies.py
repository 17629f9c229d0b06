"""Copies in the run folder: what was sent, byte for byte, and trusted only as long as it is that."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archredundancy.commit.backup.copies import back_up, read_copies, read_copy, save_promised
from archredundancy.commit.journal.history import Copy
from archredundancy.errors import StoreError, VerificationError
from archredundancy.model import DbrType, Granularity, Partition, Samples, TimeRange, parse_time
from archredundancy.testing import assert_samples_equal
from archredundancy.wire import ChunkHeader, encode_chunk, read_chunks

FEBRUARY = Partition.holding(parse_time("2024-02-10", now=0), Granularity.MONTH)
MARCH = FEBRUARY.following(Granularity.MONTH)
TIMES = [FEBRUARY.start - 5, FEBRUARY.start, FEBRUARY.start + 7, FEBRUARY.end - 1, FEBRUARY.end]
SAMPLES = Samples.build(DbrType.SCALAR_INT, TIMES, [1, 2, 3, 4, 5])


def answer(samples: Samples = SAMPLES) -> bytes:
    header = ChunkHeader(dbr_type=samples.dbr_type, pv="A:B", year=2024)
    return header.encode() + b"\n" + encode_chunk(header, samples)


class Reader:
    """A cluster that sends one body, in two pieces."""

    name = "primary"

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.asked: list[TimeRange] = []

    def raw_blocks(self, pv: str, asked: TimeRange) -> Iterator[bytes]:
        self.asked.append(asked)
        yield self.body[:9]
        yield self.body[9:]


def make_copy(body: bytes, run: Path) -> Copy:
    reader: Any = Reader(body)
    copy = back_up(reader, "A:B", FEBRUARY, run, "pv-001", "1")
    assert reader.asked == [TimeRange(start=FEBRUARY.start, end=FEBRUARY.end)]
    return copy


def test_a_backup_is_what_was_sent(tmp_path: Path) -> None:
    """Byte for byte, look-back sample included; read back it is the partition's samples and no others."""
    copy = make_copy(answer(), tmp_path)
    assert copy.file == "pv-001/primary/2024_02.1.raw"
    assert (tmp_path / copy.file).read_bytes() == answer()
    found = read_copy(tmp_path, copy, FEBRUARY, DbrType.SCALAR_INT)
    assert_samples_equal(found, SAMPLES.slice(1, 4))


def test_an_empty_answer_is_no_samples(tmp_path: Path) -> None:
    """A partition without samples has an empty copy."""
    copy = make_copy(b"", tmp_path)
    assert len(read_copy(tmp_path, copy, FEBRUARY, DbrType.SCALAR_INT)) == 0


def test_a_changed_copy_is_not_believed(tmp_path: Path) -> None:
    """One byte is enough."""
    copy = make_copy(answer(), tmp_path)
    path = tmp_path / copy.file
    path.write_bytes(path.read_bytes()[:-2] + b"\x01\n")
    with pytest.raises(VerificationError, match="SHA-256 has changed"):
        read_copy(tmp_path, copy, FEBRUARY, DbrType.SCALAR_INT)
    path.unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        read_copy(tmp_path, copy, FEBRUARY, DbrType.SCALAR_INT)


@pytest.mark.parametrize("body", [answer()[:-3], b"rubbish\n", answer() + b"\xff\xff\n"])
def test_a_damaged_answer_is_no_backup(body: bytes, tmp_path: Path) -> None:
    """An answer that is cut or spoilt was saved as it came, but it is not taken for the samples."""
    copy = make_copy(body, tmp_path)
    with pytest.raises(VerificationError, match="is damaged"):
        read_copy(tmp_path, copy, FEBRUARY, DbrType.SCALAR_INT)


def test_another_type_is_no_backup(tmp_path: Path) -> None:
    """Samples of a type that was not planned are told."""
    other = Samples.build(DbrType.SCALAR_DOUBLE, TIMES, [1, 2, 3, 4, 5])
    copy = make_copy(answer(other), tmp_path)
    with pytest.raises(VerificationError, match="another type than SCALAR_INT"):
        read_copy(tmp_path, copy, FEBRUARY, DbrType.SCALAR_INT)


def test_the_promise_is_kept_as_pb_files(tmp_path: Path) -> None:
    """One file for each partition that gains, which is a PB file as the appliance would write it."""
    april = MARCH.following(Granularity.MONTH)
    copies = list(save_promised(SAMPLES, "A:B", [FEBRUARY, MARCH, april], tmp_path, "pv-001"))
    assert [(copy.side, copy.partition, copy.file) for copy in copies] == [
        ("promised", "2024_02", "pv-001/promised/2024_02.pb"),
        ("promised", "2024_03", "pv-001/promised/2024_03.pb"),
    ]
    (chunk,) = read_chunks((tmp_path / copies[0].file).read_bytes(), strict=True)
    assert_samples_equal(chunk.samples, SAMPLES.slice(1, 4))
    by_name = {copy.partition: copy for copy in copies}
    found = read_copies(
        tmp_path, by_name, {"2024_02": FEBRUARY, "2024_03": MARCH, "2024_04": april}, DbrType.SCALAR_INT
    )
    assert_samples_equal(found, SAMPLES.slice(1, 5))


def test_no_room_is_told(tmp_path: Path) -> None:
    """A copy that cannot be written is an error that names the file."""
    (tmp_path / "pv-001").write_text("in the way")
    with pytest.raises(StoreError, match=r"2024_02\.1\.raw cannot be written"):
        make_copy(answer(), tmp_path)
