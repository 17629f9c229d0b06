"""Signals as an IOC might produce them, made from a seed: the truth that both archivers are then given parts of."""

from __future__ import annotations

from typing import Any

import numpy as np

from archredundancy.model import NS_PER_SECOND, DbrType, Samples

__all__ = ["beam_current", "every_type", "pressure", "valve"]


def stamps(start: int, count: int, period: float, rng: np.random.Generator) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return `count` times from `start` on, `period` seconds apart with some jitter, int64 ns, increasing."""
    step = round(period * NS_PER_SECOND)
    return start + np.arange(count) * step + rng.integers(0, step // 10, count)


def beam_current(start: int, days: int, rng: np.random.Generator) -> Samples:
    """Return a stored beam's current in mA every ten seconds: it decays, is topped up, and alarms when low."""
    count = days * 8640
    time = stamps(start, count, 10, rng)
    since_fill = (np.arange(count) * 10.0) % 7200
    value = 400 * np.exp(-since_fill / 36000) + rng.normal(0, 0.02, count)
    low = value < 330
    return Samples.build(DbrType.SCALAR_DOUBLE, time, value, severity=low.astype(np.int32), status=6 * low)


def valve(start: int, days: int, rng: np.random.Generator) -> Samples:
    """Return a valve that is opened (1) and closed (0) now and then: few samples, each of them a fact."""
    count = days * 12
    time = np.sort(start + rng.integers(0, days * 86400 * NS_PER_SECOND, count))
    return Samples.build(DbrType.SCALAR_ENUM, time, np.arange(count) % 2)


def pressure(start: int, count: int, rng: np.random.Generator) -> Samples:
    """Return a vacuum gauge in mbar, scanned every thirty seconds to the nanosecond."""
    time = start + np.arange(count) * 30 * NS_PER_SECOND
    return Samples.build(DbrType.SCALAR_DOUBLE, time, 1e-9 * np.exp(rng.normal(0, 0.1, count)))


def every_type(start: int, count: int, rng: np.random.Generator) -> dict[DbrType, Samples]:
    """Return `count` samples a minute apart of each of the 15 payload types."""
    whole = rng.integers(-100, 100, count)
    real = np.cumsum(rng.normal(0, 1, count))
    words = [b"closed", b"moving", b"open", b"", "50 \u00b5m".encode()]
    texts = [words[int(number) % len(words)] for number in whole]
    lengths = rng.integers(0, 6, count)
    values: dict[DbrType, Any] = {
        DbrType.SCALAR_STRING: texts,
        DbrType.SCALAR_SHORT: whole,
        DbrType.SCALAR_FLOAT: real,
        DbrType.SCALAR_ENUM: whole % 3,
        DbrType.SCALAR_BYTE: whole,
        DbrType.SCALAR_INT: whole * 1000,
        DbrType.SCALAR_DOUBLE: real,
        DbrType.WAVEFORM_STRING: [texts[: int(length)] for length in lengths],
        DbrType.WAVEFORM_SHORT: [whole[: int(length)] for length in lengths],
        DbrType.WAVEFORM_FLOAT: [real[: int(length)] for length in lengths],
        DbrType.WAVEFORM_ENUM: [whole[: int(length)] % 3 for length in lengths],
        DbrType.WAVEFORM_BYTE: [whole[: int(length)] for length in lengths],
        DbrType.WAVEFORM_INT: [whole[: int(length)] * 1000 for length in lengths],
        DbrType.WAVEFORM_DOUBLE: [real[: int(length)] for length in lengths],
        DbrType.V4_GENERIC_BYTES: texts,
    }
    return {kind: Samples.build(kind, stamps(start, count, 60, rng), value) for kind, value in values.items()}
