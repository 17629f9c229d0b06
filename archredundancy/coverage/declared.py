"""What an archiver itself wrote about its outages, beside the first sample after each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.model import NS_PER_SECOND, Reading, Samples
from archredundancy.segments import Segments

__all__ = ["Declared", "declared_outages"]


@dataclass(frozen=True, kw_only=True)
class Declared:
    """Outages an archiver wrote down (`PVMetrics.addConnectionLostRegainedFields`).

    Attributes
    ----------
    disconnected : Segments
        Connection lost and regained while the archiver was alive: whole seconds of the server's clock, cut at samples.
    stopped_within : Segments
        The archiver started somewhere before the end of each; when it had stopped is not recorded, so each begins at
        the sample before.
    restarted : int64, (k,), ns since 1970 UTC
        Times of the samples that followed a start.
    reconnected : int64, (k,), ns since 1970 UTC
        Times of the samples that followed a loss of connection alone.
    """

    disconnected: Segments
    stopped_within: Segments
    restarted: npt.NDArray[np.int64]
    reconnected: npt.NDArray[np.int64]


def declared_outages(reading: Reading) -> Declared:
    """Return the outages that the samples of a reading tell of.

    Notes
    -----
    `startup` with a loss of connection on one sample means two events, the start before the loss. Cost: a loop over
    the few samples that carry fields, not over all.
    """
    disconnected: list[tuple[int, int]] = []
    stopped: list[tuple[int, int]] = []
    restarted: list[int] = []
    reconnected: list[int] = []
    for stamp, previous, told in _told(reading.samples, reading.before):
        lost, regained = _seconds(told.get("cnxlostepsecs")), _seconds(told.get("cnxregainedepsecs"))
        started = told.get("startup", "").lower() == "true"
        (restarted if started else reconnected).append(stamp)
        if lost and regained and previous is not None:
            start, end = max(lost, previous), min(regained, stamp)
            if start < end:
                disconnected.append((start, end))
        if started and previous is not None:
            stopped.append((previous, max(previous, min(lost, stamp) if lost else stamp)))
    return Declared(
        disconnected=Segments.of(*disconnected),
        stopped_within=Segments.of(*stopped),
        restarted=np.array(restarted, np.int64),
        reconnected=np.array(reconnected, np.int64),
    )


def _told(samples: Samples, before: Samples) -> list[tuple[int, int | None, Mapping[str, str]]]:
    """Return time, time of the sample before, and fields of the samples that tell of a connection."""
    told: list[tuple[int, int | None, Mapping[str, str]]] = []
    for row, pairs in zip(samples.extras.row.tolist(), samples.extras.fields, strict=True):
        named = dict(pairs)
        if "cnxregainedepsecs" in named or "startup" in named:
            earlier = samples.time[row - 1 : row] if row else before.time[-1:]
            told.append((int(samples.time[row]), int(earlier[0]) if len(earlier) else None, named))
    return told


def _seconds(text: str | None) -> int:
    """Return epoch seconds as ns; 0 where the archiver wrote none or nothing readable."""
    return int(text) * NS_PER_SECOND if text and text.isascii() and text.isdecimal() else 0
