"""Pieces of a stream to blocks of lines."""

import pytest

from archredundancy.wire import Damage, line_buffer
from archredundancy.wire.line_buffer import LineBuffer, WholeLines

CUT = "the last line has no line end: whoever wrote it was interrupted"


@pytest.fixture
def small(monkeypatch):
    """A buffer with blocks of 10 bytes and lines of at most 30."""
    monkeypatch.setattr(line_buffer, "_BLOCK_SIZE", 10)
    monkeypatch.setattr(line_buffer, "_LONGEST_LINE", 30)
    return LineBuffer()


def test_blocks_are_full_lines_of_about_the_block_size(small):
    """A block holds as many whole lines as fit; the rest waits for the next piece or the end."""
    assert list(small.push(b"aaa\nbbb\ncc")) == [WholeLines(b"aaa\nbbb\n", 0)]
    assert list(small.push(b"c\n")) == []
    assert list(small.finish()) == [WholeLines(b"ccc\n", 8)]


def test_a_large_piece_gives_many_blocks(small):
    """However much comes at once, blocks stay small."""
    blocks = [*small.push(b"abc\n" * 20), *small.finish()]
    assert max(len(block.content) for block in blocks) == 8
    assert b"".join(block.content for block in blocks) == b"abc\n" * 20
    assert [block.offset for block in blocks] == [8 * n for n in range(10)]


def test_a_line_may_be_longer_than_a_block(small):
    """A long line comes as a block of its own, and blocks behind it are as small as ever."""
    assert list(small.push(b"x" * 25)) == []
    assert list(small.push(b"\nabc\n")) == [WholeLines(b"x" * 25 + b"\n", 0)]
    blocks = [*small.push(b"abc\n" * 20), *small.finish()]
    assert max(len(block.content) for block in blocks) == 8
    assert blocks[0].offset == 26


@pytest.mark.parametrize("size", [1, 7, 10, 1000])
def test_an_endless_line_is_let_go(small, size):
    """A line beyond the limit is a damage of its whole length, however it came, and memory does not grow with it."""
    stream = b"a\n" + b"x" * 100 + b"\nb\n"
    found = [block for start in range(0, len(stream), size) for block in small.push(stream[start : start + size])]
    assert len(small._held) < 45
    found += small.finish()
    assert found == [WholeLines(b"a\n", 0), Damage(2, 100, "a line is longer than 30 bytes"), WholeLines(b"b\n", 103)]


def test_an_endless_line_may_have_no_end(small):
    """What is let go until the stream ends is a cut line."""
    assert [*small.push(b"x" * 100), *small.finish()] == [Damage(0, 100, CUT)]


def test_a_last_line_without_line_end_is_cut(small):
    """It is not among the lines, but it is told."""
    assert [*small.push(b"a\nb"), *small.finish()] == [WholeLines(b"a\n", 0), Damage(2, 1, CUT)]


def test_nothing_gives_nothing(small):
    """An empty stream has no lines and no damage."""
    assert [*small.push(b""), *small.finish()] == []
