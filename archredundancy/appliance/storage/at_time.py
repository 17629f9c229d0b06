"""The sample of a store that is valid at a time, as `getDataAtTime` looks for it (`PBPlainFileHandler.findByTime`)."""

from __future__ import annotations

from collections.abc import Iterator

from archredundancy.appliance.storage.open_streams import end_offset, open_whole
from archredundancy.appliance.storage.pb_file import PbFile
from archredundancy.appliance.storage.pb_lines import read_lines_backwards
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.store import PvStore
from archredundancy.model import NS_PER_SECOND

__all__ = ["row_at"]

_DAY = 86400 * NS_PER_SECOND
_AHEAD = 300 * NS_PER_SECOND
# Further back than was asked for: a month, since files of a month are chosen whole.
_EXTRA_DAYS = 31
# `SIZE_THAT_DETERMINES_A_SMALL_FILE`, bytes.
_SMALL = 4096


def row_at(store: PvStore, time: int, days: int) -> Row | None:
    """Return the last sample at or before a time, None if the store has none in its files of that period.

    Parameters
    ----------
    store : PvStore
    time : int, ns since 1970 UTC
    days : int
        How far to look back. A month is added, and files that begin within it are searched whole.

    Raises
    ------
    DamagedFile
        If a file that is looked into has no header.
    DamagedLine
        If a sample cannot be read: any sample in a small file, one on the way in a larger one.
    """
    latest = time + _AHEAD
    for path in reversed(store.chosen(latest - (days + _EXTRA_DAYS) * _DAY, latest)):
        file = PbFile.look_up(path)
        rows = _backwards_in_small(store.pv, file, latest) if file.size < _SMALL else _backwards(file, latest)
        row = _first_at(rows, time)
        if row is not None:
            return row
    return None


def _first_at(rows: Iterator[Row], time: int) -> Row | None:
    """Return the first sample that is not after a time.

    A day of older ones is read after it, as the real appliance does for their fields, which it then does not print.
    """
    found: Row | None = None
    for row in rows:
        if found is None:
            found = row if row.time <= time else None
        elif row.time < found.time - _DAY:
            break
    return found


def _backwards_in_small(pv: str, file: PbFile, latest: int) -> Iterator[Row]:
    """Yield the samples of a small file, the last one first, after all of them were decoded."""
    rows = open_whole(pv, file.path, file.header.dbr_type).rows()
    yield from reversed([row for row in rows if row.time <= latest])


def _backwards(file: PbFile, latest: int) -> Iterator[Row]:
    """Yield the samples of a file from a time backwards, until an empty line."""
    first = file.first_time()
    if first is None or first > latest:
        return
    with file.path.open("rb") as handle:
        for line in read_lines_backwards(handle, file.begin, end_offset(file, latest) or file.size):
            if not line:
                return
            yield Row(line, file.header.dbr_type, file.header.year)
