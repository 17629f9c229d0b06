"""PVs by the words of a command line."""

from __future__ import annotations

from collections.abc import Iterable

from archredundancy.errors import InputError
from archredundancy.pair import ClusterPair
from archredundancy.survey import is_pattern

__all__ = ["names_of"]


def names_of(pair: ClusterPair, words: Iterable[str]) -> list[str]:
    """Return the names that words stand for: each is a name, or a pattern of those that both clusters know.

    Raises
    ------
    InputError
        If a pattern matches none: it may be mistyped, and nobody would miss its PVs.
    """
    names = []
    for word in words:
        found = pair.search(word) if is_pattern(word) else [word]
        if not found:
            raise InputError(f"no PV that both clusters know matches {word!r}; names are case-sensitive")
        names += found
    return names
