"""Says in words where two answers or files differ: which chunk, sample, key or line, and how."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import Any

from archredundancy.errors import WireError
from archredundancy.model import Extras, Ragged, Samples, format_time
from archredundancy.wire import Chunk, read_chunks

__all__ = ["data_difference", "json_difference", "pb_difference", "text_difference"]

_SHOWN = 5
_WIDTH = 300


def data_difference(found: bytes, expected: bytes) -> str:
    r"""Return where two bodies or files differ, whatever they are; empty if they do not.

    Examples
    --------
    >>> print(data_difference(b"a\nb\n", b"a\nc\n"))
    line 2: 'b' instead of 'c'
    """
    if found == expected:
        return ""
    try:
        return pb_difference(found, expected)
    except WireError:
        return text_difference(found, expected)


def pb_difference(found: bytes, expected: bytes) -> str:
    """Return where two raw answers or PB files differ, chunk by chunk and sample by sample; empty if they do not.

    Raises
    ------
    WireError
        If one of them begins with something else than a header.
    """
    if found == expected:
        return ""
    ours, theirs = read_chunks(found), read_chunks(expected)
    lines = list(islice(_chunk_differences(ours, theirs), _SHOWN))
    if len(ours) != len(theirs):
        lines.insert(0, f"{len(ours)} chunks instead of {len(theirs)}: {_layout(ours)}\ninstead of {_layout(theirs)}")
    return "\n".join(lines or [f"samples alike, but {text_difference(found, expected)}"])


def json_difference(found: Any, expected: Any, where: str = "") -> str:
    """Return where two values read from JSON differ, key by key; empty if they do not.

    Examples
    --------
    >>> print(json_difference({"a": [1, 2], "b": 3}, {"a": [1, 4], "c": 3}))
    .a[1]: 2 instead of 4
    .c: 3 is missing
    .b: 3 should not be there
    """
    return "\n".join(islice(_json_differences(found, expected, where), _SHOWN))


def text_difference(found: bytes, expected: bytes) -> str:
    """Return where two texts, or bytes of no known form, differ first, line by line; empty if they do not."""
    pairs = enumerate(zip_longest(found.split(b"\n"), expected.split(b"\n")), 1)
    differing = [(number, ours, theirs) for number, (ours, theirs) in pairs if ours != theirs]
    lines = [f"line {number}: {_shown(ours)} instead of {_shown(theirs)}" for number, ours, theirs in differing]
    more = [f"and {len(lines) - _SHOWN} more lines"] if len(lines) > _SHOWN else []
    return "\n".join(lines[:_SHOWN] + more)


def _shown(content: Any) -> str:
    if content is None:
        return "nothing"
    text = repr(content).removeprefix("b") if isinstance(content, bytes) else repr(content)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}… ({len(text)} characters)"


def _json_differences(found: Any, expected: Any, where: str) -> Iterator[str]:
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in [*expected, *(key for key in found if key not in expected)]:
            yield from _entry_differences(found, expected, key, f"{where}.{key}")
    elif isinstance(found, list) and isinstance(expected, list):
        ours, theirs = dict(enumerate(found)), dict(enumerate(expected))
        for number in range(max(len(found), len(expected))):
            yield from _entry_differences(ours, theirs, number, f"{where}[{number}]")
    elif found != expected or isinstance(found, bool) != isinstance(expected, bool):
        yield f"{where or 'the whole'}: {_shown(found)} instead of {_shown(expected)}"


def _entry_differences(found: dict[Any, Any], expected: dict[Any, Any], key: Any, where: str) -> Iterator[str]:
    if key not in found:
        yield f"{where}: {_shown(expected[key])} is missing"
    elif key not in expected:
        yield f"{where}: {_shown(found[key])} should not be there"
    else:
        yield from _json_differences(found[key], expected[key], where)


def _layout(chunks: list[Chunk]) -> str:
    return ", ".join(f"{chunk.header.dbr_type.name} {chunk.header.year} x {len(chunk.samples)}" for chunk in chunks)


def _chunk_differences(found: list[Chunk], expected: list[Chunk]) -> Iterator[str]:
    for number, (ours, theirs) in enumerate(zip(found, expected, strict=False)):
        if ours.header != theirs.header:
            yield f"chunk {number}: {ours.header}\ninstead of {theirs.header}"
        yield from (f"chunk {number} {text}" for text in _sample_differences(ours.samples, theirs.samples))
        damages = [[damage.length for damage in chunk.damages] for chunk in (ours, theirs)]
        if damages[0] != damages[1]:
            yield f"chunk {number}: unreadable lines of {damages[0]} bytes instead of {damages[1]}"


def _sample_differences(found: Samples, expected: Samples) -> Iterator[str]:
    ours, theirs = list(_described(found)), list(_described(expected))
    if len(ours) != len(theirs):
        yield f"has {len(ours)} samples instead of {len(theirs)}"
        there, wanted = set(found.time.tolist()), set(expected.time.tolist())
        yield from (f"lacks {format_time(time)}" for time in sorted(wanted - there))
        yield from (f"should not have {format_time(time)}" for time in sorted(there - wanted))
        return
    for row, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        for name in other | mine:
            if mine.get(name) != other.get(name):
                when = f"sample {row} at {other['time']}"
                yield f"{when}: {name} {_shown(mine.get(name))} instead of {_shown(other.get(name))}"


def _described(samples: Samples) -> Iterator[dict[str, Any]]:
    """Yield what each sample has, in a form in which equal means equal to the last bit."""
    extras = _extras_by_row(samples.extras)
    columns = zip(
        samples.time.tolist(), _values(samples.value), samples.severity.tolist(), samples.status.tolist(), strict=True
    )
    for row, (time, value, severity, status) in enumerate(columns):
        described = {"time": format_time(time), "value": value, "severity": severity, "status": status}
        yield described | extras.get(row, {})


def _values(column: Any) -> list[Any]:
    if not isinstance(column, Ragged):
        return [f"{element} ({element.tobytes().hex()})" for element in column]
    return column.to_strings() if isinstance(column.content, Ragged) else [row.tolist() for row in column.rows()]


def _extras_by_row(extras: Extras) -> dict[int, dict[str, Any]]:
    columns = zip(
        extras.row.tolist(),
        extras.fields,
        extras.repeat_count.tolist(),
        extras.field_change.tolist(),
        extras.user_tag.tolist(),
        strict=True,
    )
    return {
        row: {"fields": fields, "repeat count": repeats, "field change": change, "user tag": tag}
        for row, fields, repeats, change, tag in columns
    }
