"""The smallest PNG writer that serves: a picture of few colours."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["indexed_png"]


def indexed_png(codes: npt.NDArray[np.integer], colours: Sequence[str]) -> bytes:
    r"""Return a PNG file of pixels given by the number of their colour.

    Parameters
    ----------
    codes : int, (height, width)
        Row numbers in `colours`; -1 for a pixel that is not painted.
    colours : sequence of str
        `#rrggbb`, at most 255.

    Notes
    -----
    The format is that of the PNG specification (W3C, third edition): colour type 3, one byte a pixel, no filter. The
    first colour of the palette is transparent.

    Examples
    --------
    >>> indexed_png(np.array([[0, 1]]), ["#ffffff", "#000000"])[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    height, width = codes.shape
    palette = b"\0\0\0" + b"".join(bytes.fromhex(colour[1:]) for colour in colours)
    lines = np.zeros((height, width + 1), np.uint8)  # each line begins with its filter, 0
    lines[:, 1:] = codes + 1
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 3, 0, 0, 0])
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"tRNS", b"\0"), (b"IDAT", zlib.compress(lines.tobytes(), 9)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in (*chunks, (b"IEND", b"")))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)
