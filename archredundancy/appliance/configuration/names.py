"""Which of many names are meant."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["expand", "matching"]


def matching(names: Iterable[str], glob: str | None, regex: str | None, limit: str) -> list[str]:
    """Return the names that a glob (or several, separated by commas) or a regular expression fits, in their order.

    Parameters
    ----------
    names : iterable of str
    glob : str or None
        `*` for anything, `?` for one character; used if there is no regular expression.
    regex : str or None
    limit : str
        At most so many; all if negative.

    Examples
    --------
    >>> matching(["a:x", "a:y", "b"], "a:*", None, "1")
    ['a:x']
    """
    patterns = [regex] if regex is not None else [_regex(part) for part in (glob or "*").split(",")]
    fits = [re.compile(pattern) for pattern in patterns]
    found = [name for name in names if any(fit.fullmatch(name) for fit in fits)]
    return found if int(limit) < 0 else found[: int(limit)]


def expand(names: Iterable[str], asked: Iterable[str]) -> list[str]:
    """Return names as asked for, each glob replaced by what it fits.

    Examples
    --------
    >>> expand(["a:x", "a:y"], ["none", "a:*"])
    ['none', 'a:x', 'a:y']
    """
    known = list(names)
    found: list[str] = []
    for text in asked:
        found += matching(known, text, None, "-1") if re.search(r"[*?]", text) else [text]
    return found


def _regex(glob: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in glob)
