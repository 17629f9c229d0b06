"""Text as a Java program prints it: numbers, JSON strings, and the order of a HashMap's keys."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

__all__ = ["decimal_text", "double_text", "escape_json", "float_text", "hash_of_bytes", "hash_order", "json_text"]

_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "/": "\\/"}
# json-simple escapes these ranges, more than JSON asks for (`JSONValue.escape`).
_ESCAPED_RANGES = (range(0x20), range(0x7F, 0xA0), range(0x2000, 0x2100))
_ESCAPES = str.maketrans({chr(code): f"\\u{code:04X}" for codes in _ESCAPED_RANGES for code in codes} | _SHORT_ESCAPES)


def decimal_text(value: float) -> str:
    """Return a number with two digits after the point at most (`DecimalFormat` of `###,###.##`).

    Examples
    --------
    >>> decimal_text(1234567.125), decimal_text(0.5), decimal_text(3.0), decimal_text(float("nan"))
    ('1,234,567.12', '0.5', '3', 'NaN')
    """
    if math.isnan(value):
        return "NaN"
    return f"{Decimal(value).quantize(Decimal('0.01'), ROUND_HALF_EVEN):,}".rstrip("0").rstrip(".")


def double_text(value: float) -> str:
    """Return a double as `Double.toString` of Java 19 and later prints it.

    Examples
    --------
    >>> double_text(1e7), double_text(0.001), double_text(5e-324), double_text(float("nan"))
    ('1.0E7', '0.001', '4.9E-324', 'NaN')
    """
    return _number_text(value, repr(value))


def float_text(value: float) -> str:
    """Return a float as `Float.toString` of Java 19 and later prints it.

    Examples
    --------
    >>> float_text(0.10000000149011612), float_text(1.401298464324817e-45)
    ('0.1', '1.4E-45')
    """
    return _number_text(value, str(np.float32(value)))


def _number_text(value: float, shortest: str) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    sign = "-" if shortest.startswith("-") else ""
    digits, exponent = _digits(shortest)
    if len(digits) == 1 and value:
        # Java wants two digits at least, and of all such numbers the nearest: 4.9E-324, not 5.0E-324.
        digits, exponent = _digits(f"{value:.1e}")
    if -3 <= exponent < 7 or not value:
        return sign + _plain(digits, exponent)
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{exponent}"


def _digits(text: str) -> tuple[str, int]:
    """Return the significant digits of a number's text, and the power of ten of the first one."""
    mantissa, _, power = text.lstrip("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    exponent = len(whole) - 1 - (len(whole + fraction) - len(digits)) + int(power or 0)
    return digits.rstrip("0") or "0", exponent if digits else 0


def _plain(digits: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    digits = digits.ljust(exponent + 1, "0")
    return f"{digits[: exponent + 1]}.{digits[exponent + 1 :] or '0'}"


def escape_json(text: str) -> str:
    r"""Return the inside of a JSON string as json-simple writes it, with `\/` and `\u2028`.

    Examples
    --------
    >>> print(escape_json('pb://"x"'))
    pb:\/\/\"x\"
    """
    return text.translate(_ESCAPES)


def json_text(value: object) -> str:
    """Return a value as json-simple writes it: no blanks, numbers that are not finite as null.

    Examples
    --------
    >>> json_text({"a": [1, 1e7, float("nan"), True, None, "x"]})
    '{"a":[1,1.0E7,null,true,null,"x"]}'
    """
    if isinstance(value, str):
        return f'"{escape_json(value)}"'
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return double_text(value) if math.isfinite(value) else "null"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json_text(key)}:{json_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ",".join(map(json_text, value)) + "]"
    return str(value)


def hash_order(keys: Iterable[str], buckets: int = 16) -> list[str]:
    """Return keys in the order in which a `java.util.HashMap` filled with them lists them.

    Parameters
    ----------
    keys : iterable of str
    buckets : int
        How many the map begins with. It has them doubled until they are enough, so 1 stands for a map that was made as
        a copy of another, or by one `putAll`.

    Examples
    --------
    >>> hash_order(["startup", "cnxregainedepsecs", "cnxlostepsecs"])
    ['cnxlostepsecs', 'startup', 'cnxregainedepsecs']
    """
    distinct = list(dict.fromkeys(keys))
    if len(distinct) < 2:
        return distinct
    while len(distinct) > buckets * 3 // 4:
        buckets *= 2
    return sorted(distinct, key=lambda key: _spread_hash(key) & (buckets - 1))


def hash_of_bytes(content: bytes) -> int:
    """Return the hash code of a `java.nio.ByteBuffer`, as the unsigned number that `Integer.toHexString` prints.

    Examples
    --------
    >>> hash_of_bytes(b""), hash_of_bytes(bytes([1, 255]))
    (1, 931)
    """
    value = 1
    for byte in reversed(content):
        value = (31 * value + (byte - 256 if byte > 127 else byte)) & 0xFFFFFFFF
    return value


def _spread_hash(text: str) -> int:
    encoded = text.encode("utf-16-be", "surrogatepass")
    value = 0
    for high, low in zip(encoded[::2], encoded[1::2], strict=True):
        value = (31 * value + (high << 8 | low)) & 0xFFFFFFFF
    return value ^ value >> 16
