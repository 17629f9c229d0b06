"""Parts of files: the same readings as from whole files, of whatever files, and few bytes read for them."""

import os

import numpy as np
import pytest

from archredundancy.client import StoreFolder, allow
from archredundancy.client.files.ordered_file import OrderedFiles, _look_through
from archredundancy.model import DbrType, Samples, TimeRange, chunk_key, parse_time
from archredundancy.testing import assert_samples_equal
from archredundancy.wire import ChunkHeader, encode_chunk

PV = "A:B"
FIRST = parse_time("2024-01-01", now=0)
YEAR = TimeRange(start=FIRST, end=parse_time("2025-01-01", now=0))
STEP = 10**9


def content(steps, dbr_type=DbrType.SCALAR_DOUBLE, year=2024):
    """Return a file of samples at steps after the start of the year."""
    steps = np.asarray(steps, np.int64)
    values = [np.arange(step % 7) for step in steps] if dbr_type.is_waveform else steps
    samples = Samples.build(dbr_type, FIRST + steps * STEP, values)
    return encode_chunk(ChunkHeader(dbr_type=dbr_type, pv=PV, year=year), samples)


def put(root, data, slot="2024"):
    """Write a file of the PV."""
    path = root / f"{chunk_key(PV)}{slot}.pb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


ROWS = 10 + np.repeat(np.arange(60) * 3, [1 + (row % 4 == 0) for row in range(60)])
WHOLE = content(ROWS)
FILES = {
    "equal stamps": WHOLE,
    "rows of different lengths": content(ROWS, DbrType.WAVEFORM_DOUBLE),
    "one sample": content([50]),
    "none": content([]),
    "back in time at the end": content([*ROWS, 40]),
    "back in time in the middle": content([*ROWS[:30], *ROWS[10:]]),
    "last line half": WHOLE[:-3],
    "blank line at the end": WHOLE + b"\n",
    "blank line within": WHOLE[:200] + WHOLE[200:].replace(b"\n", b"\n\n", 1),
    "spoilt line": WHOLE[:300] + bytes(8) + WHOLE[308:],
    "another type": WHOLE + b"\n" + content([300], DbrType.SCALAR_SHORT),
    "another year": content([], year=2023) + WHOLE[WHOLE.index(b"\n") + 1 :],
    "a sample behind its partition": content([*ROWS, 4000]),
    "no header": b"junk\n" + WHOLE,
    "nothing": b"",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_part_reads_as_the_whole_does(tmp_path, monkeypatch, name):
    """Samples, the one before, known, failures and layout, for many ranges, beside another store's file."""
    put(tmp_path / "lts", FILES[name], "2024_01_01_00" if "partition" in name else "2024")
    put(tmp_path / "sts", content([45, 46]), "2024_01_01_00")
    put(tmp_path / "lts", content([], year=2025), "2025")
    folder, rng = StoreFolder(tmp_path), np.random.default_rng(7)
    edges = np.sort(
        rng.integers(0, 230 * STEP, (40, 2)) // rng.choice([1, STEP], (40, 1)) * STEP % (230 * STEP), axis=1
    )
    ranges = [TimeRange(start=FIRST + start, end=FIRST + end) for start, end in edges.tolist()]
    ranges += [TimeRange(start=YEAR.end - 5, end=YEAR.end + 5), YEAR]
    parts = [folder.read(PV, asked) for asked in ranges]
    monkeypatch.setattr(OrderedFiles, "read", lambda *arguments: None)
    for part, asked in zip(parts, ranges, strict=True):
        whole = folder.read(PV, asked)
        assert_samples_equal(part.samples, whole.samples)
        assert_samples_equal(part.before, whole.before)
        assert (part.known, part.failures, part.layout) == (whole.known, whole.failures, whole.layout)


def test_a_part_costs_little(tmp_path):
    """Of a file of many samples, looked through once, only the lines that are wanted count."""
    size = put(tmp_path, content(range(100_000))).stat().st_size
    folder = StoreFolder(tmp_path)
    with allow(size // 100) as allowance:
        reading = folder.read(PV, TimeRange(start=FIRST + 70_000 * STEP, end=FIRST + 70_010 * STEP))
    assert (len(reading.samples), reading.before.time.tolist()) == (10, [FIRST + 69_999 * STEP])
    assert 0 < allowance.spent < 12 * 40
    assert [chunk.count for chunk in reading.layout] == [100_000]


def test_a_file_is_looked_through_once_for_as_long_as_it_stays_the_same(tmp_path, monkeypatch):
    """What is appended, or written in its place, is seen."""
    looked = []
    look = "archredundancy.client.files.ordered_file._look_through"
    monkeypatch.setattr(look, lambda stream, span: looked.append(1) or _look_through(stream, span))
    path = put(tmp_path, content(range(100)))
    folder, asked = StoreFolder(tmp_path), TimeRange(start=FIRST + 90 * STEP, end=FIRST + 200 * STEP)
    assert [len(folder.read(PV, asked).samples) for _ in range(3)] == [10, 10, 10]
    assert len(looked) == 1
    with path.open("ab") as stream:
        stream.write(content(range(100, 110)).partition(b"\n")[2])
    assert len(folder.read(PV, asked).samples) == 20
    put(tmp_path, content(range(99, 79, -1)))
    os.utime(path, ns=(0, 0))
    assert sorted(folder.read(PV, asked).samples.time.tolist()) == [FIRST + step * STEP for step in range(90, 100)]
    assert len(looked) == 3
