"""What an archiver itself wrote about its outages, beside the first sample after each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.findings.own_samples import EARLIEST, LATEST, OwnSamples
from archredundancy.model import NS_PER_SECOND, Reading
from archredundancy.segments import Segments

__all__ = ["Declared", "declared_outages", "lost_since"]

_Times = npt.NDArray[np.int64]
_TELLING = frozenset({"cnxregainedepsecs", "startup"})
#: The archiver's seconds end in 2106, as those of EPICS do.
_SECONDS_END = 1 << 32


@dataclass(frozen=True, kw_only=True, eq=False)
class Declared:
    """Samples that tell of an outage before them (`PVMetrics.addConnectionLostRegainedFields`).

    `cnxregainedepsecs` is when the server received the sample, `cnxlostepsecs` when it had lost the connection: whole
    seconds of the *server's* clock, which may differ from the IOC's. What is bounded by own samples holds whatever the
    server's clock showed.

    Attributes
    ----------
    stamp : int64, (k,), ns since 1970 UTC
        Times of the samples, increasing.
    previous, following : int64, (k,), ns since 1970 UTC
        Own samples before and after; `EARLIEST` and `LATEST` where there is none.
    lost, regained : int64, (k,), ns since 1970 UTC
        As written; 0 where nothing readable is.
    started : bool, (k,)
        Whether the archiver had started anew (`startup`).
    """

    stamp: _Times
    previous: _Times
    following: _Times
    lost: _Times
    regained: _Times
    started: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.stamp)

    @cached_property
    def has_loss(self) -> npt.NDArray[np.bool_]:
        """Whether each tells when a connection was lost, bool, (k,).

        Beside `startup` such a loss came later than the start, and nothing was missed before it: at the start the IOC's
        value was still the one stored before, or it would have been stored then.
        """
        return (self.lost > 0) & (self.regained > 0) & (self.previous > EARLIEST)

    @property
    def is_restart(self) -> npt.NDArray[np.bool_]:
        """Whether each tells of a start alone: when the archiver had stopped is not recorded, bool, (k,)."""
        return self.started & ~self.has_loss

    @cached_property
    def _loss_by_ioc(self) -> _Times:
        """When the connection was lost, if the sample came when the IOC stamped it, int64, (k,)."""
        return self.stamp - (self.regained - self.lost)

    @cached_property
    def loss(self) -> tuple[_Times, _Times]:
        """First instant of each lost connection, and the instant after its last, int64, (k,); as near as can be told.

        By the server's clock, cut at own samples. Where that leaves nothing the clock was off; the stretch is then laid
        so that it ends with the sample.
        """
        start, end = self._loss_by_server
        corrected = np.minimum(np.maximum(self._loss_by_ioc, self.previous), self.stamp)
        return np.where(self.is_off, corrected, start), np.where(self.is_off, self.stamp, end)

    @property
    def _loss_by_server(self) -> tuple[_Times, _Times]:
        return np.maximum(self.lost, self.previous), np.minimum(self.regained + NS_PER_SECOND, self.stamp)

    @property
    def is_off(self) -> npt.NDArray[np.bool_]:
        """Whether own samples show that the server's clock was not that of the IOC, bool, (k,)."""
        start, end = self._loss_by_server
        return self.has_loss & (start >= end)

    @cached_property
    def is_filled(self) -> npt.NDArray[np.bool_]:
        """Whether own samples lie inside what was lost, bool, (k,): a merge put them there."""
        latest = np.maximum(self.lost, self._loss_by_ioc) + 2 * NS_PER_SECOND
        return self.has_loss & (self.previous > latest)

    @cached_property
    def start_bounds(self) -> tuple[_Times, _Times]:
        """Between which instants each outage began, int64, (k,), whatever the server's clock showed.

        After the own sample before and before the sample itself. For a lost connection its length bounds it, too: the
        sample was received between its own stamp and the next one's. What the server's clock told lies within.
        """
        length = self.regained - self.lost
        received = np.where(self.following < LATEST, self.following, self.stamp + length)
        told = self.loss[0]
        earliest = np.minimum(np.maximum(self.previous, self._loss_by_ioc - NS_PER_SECOND), told)
        latest = np.maximum(np.minimum(self.stamp, received - length + NS_PER_SECOND), told)
        return np.where(self.has_loss, earliest, self.previous), np.where(self.has_loss, latest, self.stamp)

    def disconnected(self, chosen: npt.NDArray[np.bool_]) -> Segments:
        """Return the lost connections of the chosen ones that have any."""
        rows = chosen & self.has_loss
        start, end = self.loss
        return Segments.from_arrays(start[rows], end[rows])

    def stopped_within(self, chosen: npt.NDArray[np.bool_], since: int) -> Segments:
        """Return, for the chosen starts, the stretch in which the archiver was stopped for an unknown time.

        Parameters
        ----------
        chosen : bool, (k,)
        since : int, ns since 1970 UTC
            From when on the PV is known to be archived: where a stretch begins that has no own sample before it.
        """
        rows = chosen & self.is_restart
        begin = np.where(self.previous > EARLIEST, self.previous, np.minimum(since, self.stamp))
        return Segments.from_arrays(begin[rows], self.stamp[rows])


def declared_outages(reading: Reading, own: OwnSamples) -> Declared:
    """Return what the samples of a reading tell of outages.

    Parameters
    ----------
    reading : Reading
    own : OwnSamples
        The same samples among those of the union.

    Notes
    -----
    Cost: a loop over the few samples that carry fields, not over all.
    """
    extras = reading.samples.extras
    told = [
        (row, dict(pairs))
        for row, pairs in zip(extras.row.tolist(), extras.fields, strict=True)
        if any(name in _TELLING for name, _ in pairs)
    ]
    stamp = reading.samples.time[[row for row, _ in told]] if told else np.empty(0, np.int64)
    order = np.argsort(stamp, kind="stable")
    fields = [told[row][1] for row in order.tolist()]
    stamp = stamp[order]
    return Declared(
        stamp=stamp,
        previous=own.last_before(stamp),
        following=own.first_after(stamp),
        lost=np.array([_seconds(named.get("cnxlostepsecs")) for named in fields], np.int64),
        regained=np.array([_seconds(named.get("cnxregainedepsecs")) for named in fields], np.int64),
        started=np.array([named.get("startup", "").lower() == "true" for named in fields], bool),
    )


def lost_since(reading: Reading) -> int | None:
    """Return since when the engine has no connection, ns since 1970 UTC; None where it has one or does not tell.

    The engine says so in the header of what it has in memory, as long as that is empty.
    """
    return _seconds(reading.headers.get("cnxlostepsecs")) or None


def _seconds(text: str | None) -> int:
    """Return epoch seconds as ns; 0 where the archiver wrote none or nothing readable."""
    readable = text and text.isascii() and text.isdecimal() and len(text) <= len(str(_SECONDS_END))
    seconds = int(text) if text and readable else 0
    return seconds * NS_PER_SECOND if seconds < _SECONDS_END else 0
