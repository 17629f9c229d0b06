"""A slow and obvious twin of the check of a merged answer: counting, sample by sample."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

__all__ = ["flaws_slowly"]

_NS = 10**9


def flaws_slowly(
    view: Sequence[tuple[int, int, object]],
    primary: Mapping[int, object],
    secondary: Mapping[int, object],
    start: int,
    end: int,
) -> Counter[str]:
    """Return how many samples of an answer have which flaw.

    Parameters
    ----------
    view : sequence of (year of the header, stamp in ns, payload)
        All of them in `[start, end)`.
    primary, secondary : mapping of stamp in ns to payload
        Of the same range, all of it known.
    start, end : int, ns
    """
    union = dict(secondary) | dict(primary)
    contents = {time: {side[time] for side in (primary, secondary) if time in side} for time in union}
    by_time: dict[int, list[int]] = defaultdict(list)
    for row, (_, time, _) in enumerate(view):
        by_time[time].append(row)

    def merit(row: int) -> int:
        _, time, payload = view[row]
        return 2 if payload == union[time] else 1 if payload in contents[time] else 0

    def best(rows: list[int]) -> int:
        return max(rows, key=lambda row: (merit(row), -row))

    settled = {best(rows) for time, rows in by_time.items() if time in union}
    settled = {row for row in settled if merit(row)}
    moved: dict[int, int] = {}
    for year in range(_year(start), _year(end - 1) + 1):
        for row, (header, time, payload) in enumerate(view):
            target = time - _begin(header) + _begin(year)
            is_lacking = target in union and target not in by_time and target not in moved.values()
            is_free = row not in settled and row not in moved and header != year
            if is_free and is_lacking and payload in contents[target]:
                moved[row] = target
    left = {time: [row for row in rows if row not in moved] for time, rows in by_time.items()}
    chosen = {best(rows): time for time, rows in left.items() if rows and time in union}
    told = Counter(
        lacks=len(set(union) - set(chosen.values()) - set(moved.values())),
        repeats=sum(len(rows) - 1 for time, rows in left.items() if rows and time in union),
        misdates=len(moved),
        invents=sum(len(rows) for time, rows in left.items() if time not in union),
    )
    latest = None
    for row in sorted(chosen):
        time = chosen[row]
        told["alters"] += merit(row) == 0
        told["takes the secondary's word"] += merit(row) == 1
        told["out of order"] += latest is not None and time < latest
        latest = time if latest is None else max(latest, time)
    return +told


def _year(ns: int) -> int:
    return datetime.fromtimestamp(ns // _NS, UTC).year


def _begin(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * _NS
