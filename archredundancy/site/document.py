"""Tables of a TOML document that tell errors with their line and key, and refuse keys that nobody asked for."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from archredundancy.errors import SiteError
from archredundancy.site.settings import nearest

__all__ = ["Table", "line_of", "open_document"]

_Value = TypeVar("_Value")
_Default = TypeVar("_Default")
_WORDS: dict[type, str] = {
    bool: "true or false",
    str: "text",
    int: "a whole number",
    float: "a number",
    dict: "a table",
}


def open_document(text: str, source: Path) -> Table:
    """Return the root table of a document.

    Parameters
    ----------
    text : str
    source : Path
        Where it came from, for messages.

    Raises
    ------
    SiteError
        If it is no TOML.
    """
    try:
        return Table(tomllib.loads(text), (), text, source)
    except tomllib.TOMLDecodeError as error:
        raise SiteError(f"this is not TOML: {error}", path=str(source)) from error


class Table:
    """One table, whose keys are taken by type.

    Parameters
    ----------
    content : dict
    keys : tuple of str
        Where it is in the document.
    text : str
        The whole document.
    source : Path
    """

    def __init__(self, content: dict[str, Any], keys: tuple[str, ...], text: str, source: Path) -> None:
        self._content = content
        self._keys = keys
        self._text = text
        self._taken: set[str] = set()
        self.source = source

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def error(self, message: str, key: str | None = None) -> SiteError:
        """Return an error about a key of this table, or about the table."""
        keys = self._keys if key is None else (*self._keys, key)
        return SiteError(
            f"{'.'.join(keys)}: {message}" if keys else message,
            path=str(self.source),
            line=line_of(self._text, keys) if keys else None,
            key=".".join(keys),
        )

    def text(self, key: str) -> str | None:
        """Return text, or None where there is none.

        Raises
        ------
        SiteError
            If it is something else.
        """
        return self._take(key, str, None)

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false.

        Raises
        ------
        SiteError
            If it is something else.
        """
        return self._take(key, bool, default)

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`.

        Raises
        ------
        SiteError
            If it is something else.
        """
        value = self._take(key, int, default)
        if not least <= value <= most:
            raise self.error(f"{value} is not possible; allowed: {least} to {most}", key)
        return value

    def seconds(self, key: str, default: float) -> float:
        """Return a positive, finite number of seconds.

        Raises
        ------
        SiteError
            If it is something else.
        """
        value = self._take(key, float, default)
        if not 0 < value < math.inf:
            raise self.error(f"{value} is not possible; allowed: seconds above 0", key)
        return value

    def table(self, key: str) -> Table:
        """Return a table below this one, empty where there is none.

        Raises
        ------
        SiteError
            If it is something else.
        """
        return Table(self._take(key, dict, {}), (*self._keys, key), self._text, self.source)

    def text_or_table(self, key: str) -> str | Table:
        """Return what may be written either way.

        Raises
        ------
        SiteError
            If it is neither.
        """
        self._taken.add(key)
        value = self._content.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, dict):
            return self.table(key)
        raise self.error("this is neither text nor a table", key)  # and may be a secret, so it is not repeated

    def refuse_others(self) -> None:
        """Refuse all keys that were not taken.

        Raises
        ------
        SiteError
            If there is one.
        """
        for key in self._content:
            if key not in self._taken:
                allowed = ", ".join(sorted(self._taken))
                raise self.error(f"there is no such key{nearest(key, self._taken)}; allowed: {allowed}", key)

    def _take(self, key: str, kind: type[_Value], default: _Default) -> _Value | _Default:
        self._taken.add(key)
        if key not in self._content:
            return default
        value = self._content[key]
        if kind is float and type(value) is int:
            value = float(value)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(f"{value!r} is not {_WORDS[kind]}", key)
        return value


def line_of(text: str, keys: tuple[str, ...]) -> int:
    r"""Return the line of a TOML document on which a key first appears, counted from 1.

    Parameters
    ----------
    text : str
        A document that can be read.
    keys : tuple of str
        The key, below its tables; where it is missing, the table counts that it is missing from.

    Notes
    -----
    Cost: quadratic in the lines, which is paid only for an error.

    Examples
    --------
    >>> line_of("[pairs.sr]\n# a comment\ntimezone = 'UTC'", ("pairs", "sr", "timezone"))
    3
    """
    whole, lines, begin = tomllib.loads(text), text.split("\n"), 1
    while not _holds(whole, keys):
        keys = keys[:-1]
    for number in range(1, len(lines) + 1):
        try:
            content = tomllib.loads("\n".join(lines[:number]))
        except tomllib.TOMLDecodeError:  # it ends within a value of several lines
            continue
        if _holds(content, keys):
            break
        begin = number + 1
    return begin


def _holds(content: Any, keys: tuple[str, ...]) -> bool:
    for key in keys:
        if not isinstance(content, dict) or key not in content:
            return False
        content = content[key]
    return True
