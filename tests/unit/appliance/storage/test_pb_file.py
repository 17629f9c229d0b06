"""Looking things up in one PB file, whole or damaged."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.pb_lines import copy_lines, lines_of, read_lines, read_lines_backwards
from archredundancy.model import NS_PER_SECOND, start_of_year

START = start_of_year(2024)
HEADER = b"\x08\x06\x12\x03X:Y\x18\xe8\x0f\n"


@pytest.fixture
def written(tmp_path):
    """A function that writes a file and looks it up."""

    def write(data):
        path = tmp_path / "file.pb"
        path.write_bytes(data)
        return PbFile.look_up(path)

    return write


def test_both_ends_are_found(written, made):
    """The header, the first and the last sample are known without reading the rest."""
    file = written(made.pb(made.samples(START, START + 5, START + 9)))
    assert (file.header.pv, file.header.year) == ("X:Y", 2024)
    assert (file.first_time(), file.last_time()) == (START, START + 9)


NO_FILES = {"zero bytes": b"", "no line end": HEADER[:-1], "garbage": b"\x00garbage\n", "an empty line": b"\n" + HEADER}


@pytest.mark.parametrize("data", NO_FILES.values(), ids=NO_FILES)
def test_a_file_without_header_is_damaged(written, data):
    """Nothing of a file without a whole first line that is a header can be read (appliance.md A.3)."""
    with pytest.raises(DamagedFile, match="header"):
        written(data)


def test_a_header_may_be_all(written):
    """A file that is only a header has no first and no last sample."""
    file = written(HEADER)
    assert (file.first_time(), file.last_time(), file.begin) == (None, None, len(HEADER))


def test_a_line_without_end_does_not_count(written, made):
    """The last line is ignored while it has no line end, also if it happens to be readable."""
    data = made.pb(made.samples(START, START + 5))
    assert written(data[:-1]).last_time() == START
    assert written(data[:-4]).last_time() == START


def test_a_long_line_is_looked_up_at_a_cost_like_its_length():
    """It is not copied again for each block that is read of it: such lines hold waveforms of millions of elements."""
    line = b"x" * (8 << 20)

    class Counted(BytesIO):
        reads = 0

        def read(self, size=-1):
            self.reads += 1
            return super().read(size)

    handle = Counted(line + b"\n" + line + b"\n")
    assert list(read_lines_backwards(handle, 0, len(handle.getvalue()))) == [line, line]
    assert handle.reads < 30


def test_the_last_readable_line_is_the_last(written, made):
    """Damaged lines at the end are passed over, as many as a block of reading holds and more."""
    data = made.pb(made.samples(START, START + 5)) + b"\x00damaged\n" * 900 + b"x" * 40_000 + b"\n"
    assert written(data).last_time() == START + 5
    assert written(data + b"\x00damaged\n" * 1000).last_time() is None


@given(st.sets(st.integers(0, 99), min_size=2, max_size=60), st.integers(0, 99), st.sampled_from([0, 1, 3000]))
def test_a_search_finds_the_last_sample_that_is_not_later(tmp_path_factory, made, offsets, when, width):
    """Halving finds what reading all finds, between first and last sample, be lines short or very long."""
    first, *others = sorted(offsets)
    assume(first < when < others[-1])
    path = tmp_path_factory.mktemp("search") / "file.pb"
    extras = made.extras([(row, (("x", "y" * width),), -1, -1, -1) for row in range(len(offsets))] if width else [])
    path.write_bytes(made.pb(made.samples(*(START + offset for offset in sorted(offsets)), extras=extras)))
    ends = [offset for offset, _ in read_lines(path, 0)]
    assert PbFile.look_up(path).find(START + when) == ends[sum(offset <= when for offset in offsets) - 1]


def test_lines_come_with_the_offset_after_them(tmp_path):
    """The offset is where the next line begins; what has no line end is left out."""
    path = tmp_path / "lines"
    path.write_bytes(b"ab\n\ncd\nef")
    assert list(read_lines(path, 0)) == [(3, b"ab"), (4, b""), (7, b"cd")]
    with path.open("rb", buffering=0) as handle:
        assert list(lines_of(handle, 3, 4)) == [(4, b"")]


def test_lines_are_whole_across_blocks(tmp_path, made):
    """In a file of more than a megabyte, too."""
    content = made.samples(*(START + np.arange(120_000, dtype=np.int64) * NS_PER_SECOND).tolist())
    path = tmp_path / "file.pb"
    path.write_bytes(data := made.pb(content))
    assert [line for _, line in read_lines(path, 0)] == data.split(b"\n")[:-1]


class TestCopyLines:
    """Bytes on their way from a file into an answer."""

    @pytest.fixture
    def file(self, put, made):
        """A file of three samples."""
        store = put("PARTITION_YEAR", {"2024": made.samples("2024-01-01", "2024-01-02", "2024-01-03")})
        return PbFile.look_up(store.paths()[0])

    def copy(self, file, begin=None, end=None):
        """Return the copied bytes and the time of the last sample."""
        parts = []
        with file.path.open("rb", buffering=0) as handle:
            copier = copy_lines(handle, file.begin if begin is None else begin, end, file.header)
            while True:
                try:
                    parts.append(next(copier))
                except StopIteration as stop:
                    return b"".join(parts), stop.value

    @pytest.mark.parametrize("block", [1, 2, 7, 1 << 20])
    def test_an_empty_line_ends_the_copy(self, file, made, monkeypatch, block):
        """Wherever the blocks are cut, the lines before it come and none after it."""
        monkeypatch.setattr("archredundancy.appliance.storage.pb_lines._BLOCK", block)
        content = file.path.read_bytes()
        second = content.index(b"\n", file.begin) + 1
        file.path.write_bytes(content[:second] + b"\n" + content[second:])
        assert self.copy(file) == (content[file.begin : second], made.instant("2024-01-01"))
        assert self.copy(file, begin=second) == (b"", None)

    @pytest.mark.parametrize("block", [1, 7, 1 << 20])
    def test_a_line_without_end_is_left_out(self, file, made, monkeypatch, block):
        """What was there when the copy began comes whole, and tells its last time."""
        monkeypatch.setattr("archredundancy.appliance.storage.pb_lines._BLOCK", block)
        content = file.path.read_bytes()
        file.path.write_bytes(content + b"\x08\x01")
        assert self.copy(file) == (content[file.begin :], made.instant("2024-01-03"))

    def test_a_damaged_last_line_comes_but_tells_no_time(self, file, made):
        """The time is that of the last sample that can be read."""
        with file.path.open("ab") as handle:
            handle.write(b"rubbish\n")
        assert self.copy(file) == (file.path.read_bytes()[file.begin :], made.instant("2024-01-03"))

    def test_the_copy_ends_where_it_is_told(self, file, made):
        """The end is an offset at which a line begins."""
        content = file.path.read_bytes()
        second = content.index(b"\n", file.begin) + 1
        assert self.copy(file, end=second) == (content[file.begin : second], made.instant("2024-01-01"))
