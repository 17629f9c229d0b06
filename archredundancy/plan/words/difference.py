"""How two plans differ, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from archredundancy.plan.words.as_json import approved_data

if TYPE_CHECKING:
    from archredundancy.plan.merge_plan.merge_plan import MergePlan

__all__ = ["plan_differences"]

#: What tells the entries of a list apart.
_NAMES: Final = {"pvs": "pv", "partitions": "name", "hazards": "message"}
_ABSENT: Final = object()


def plan_differences(plan: MergePlan, other: MergePlan) -> list[str]:
    """Return a line for each difference; see `MergePlan.diff`."""
    return list(_compare("", approved_data(plan), approved_data(other)))


def _compare(where: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _compare_entry(where, key, old.get(key, _ABSENT), new.get(key, _ABSENT))
    elif old != new:
        yield f"{where.strip()}: {_text(old)} -> {_text(new)}"


def _compare_entry(where: str, key: str, old: Any, new: Any) -> Iterator[str]:
    if key in _NAMES:
        olds, news = _by_name(old, _NAMES[key]), _by_name(new, _NAMES[key])
        for name in dict.fromkeys([*olds, *news]):
            if name not in news:
                yield f"{where} {key[:-1]} {name}: gone".strip()
            elif name not in olds:
                yield f"{where} {key[:-1]} {name}: new".strip()
            else:
                yield from _compare(f"{where} {name}", olds[name], news[name])
    elif old is _ABSENT or new is _ABSENT:
        yield f"{where} {key}: {_text(old)} -> {_text(new)}".strip()
    else:
        yield from _compare(f"{where} {key}", old, new)


def _by_name(entries: Sequence[Mapping[str, Any]], name: str) -> dict[str, Mapping[str, Any]]:
    return {entry[name]: entry for entry in entries}


def _text(value: Any) -> str:
    return "nothing" if value is None or value is _ABSENT else str(value)
