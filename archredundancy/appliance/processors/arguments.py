"""The numbers behind a post-processor's name, as in `mean_3600` or `ignoreflyers_300_2.5`."""

from __future__ import annotations

import re
import struct

from archredundancy.appliance.server.replies import Refused

__all__ = ["Arguments"]

_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"\s*[+-]?(NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)\s*", re.ASCII)
_INTEGERS = range(-(1 << 31), 1 << 31)


class Arguments:
    """What follows a name, split at underscores.

    Parameters
    ----------
    text : str
        Name and numbers.
    """

    def __init__(self, text: str) -> None:
        # Java's `split` drops what is empty at the end.
        self._parts = text.rstrip("_").split("_")
        self._has_any = "_" in text

    def integer(self, default: int) -> int:
        """Return the first number.

        Raises
        ------
        Refused
            With 404 if it is none, or too large.
        """
        if not self._has_any:
            return default
        if len(self._parts) < 2 or not _INTEGER.fullmatch(self._parts[1]) or int(self._parts[1]) not in _INTEGERS:
            raise Refused(404)
        return int(self._parts[1])

    def decimal(self, place: int, default: float) -> float:
        """Return the number at a place, the first one being at 1.

        Raises
        ------
        Refused
            With 404 if it is none.
        """
        if not self._has_any or (place > 1 and len(self._parts) <= place):
            return default
        if len(self._parts) <= place or not (found := _DECIMAL.fullmatch(self._parts[place])):
            raise Refused(404)
        return float(
            self._parts[place].strip() if found[1] in ("NaN", "Infinity") else self._parts[place].rstrip("fFdD \t")
        )

    def single(self, place: int, default: float) -> float:
        """Return the number at a place, cut to single precision; raises as `integer` does."""
        value = self.decimal(place, default)
        try:
            return float(struct.unpack("<f", struct.pack("<f", value))[0])
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
