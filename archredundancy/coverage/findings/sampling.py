"""How a PV is sampled: its usual step, whether it is regular, and how long a silence must be to mean something."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.display.texts import duration_text
from archredundancy.merge import Merged, Origin
from archredundancy.model import NS_PER_SECOND, SideEvidence
from archredundancy.segments import followed_late

__all__ = ["Sampling", "sampling_of"]

_Times = npt.NDArray[np.int64]

#: A silence shorter than so many usual steps costs dropouts at most, and raises no suspicion.
STEPS_OF_TOLERANCE = 5
#: A series is regular when its middle half of steps spreads over at most this part of the median, in at least so many.
SPREAD_OF_REGULAR, STEPS_OF_REGULAR = 0.1, 100
#: Silences that come more often than once in so many steps, and more than ten times, are usual.
STEPS_OF_RARE, RARE_AT_LEAST = 1000, 10
#: Two archives sample at different moments when they take turns at least once in so many samples of the union.
SAMPLES_OF_A_TURN = 4
#: Steps that are looked at to find the usual one.
_LOOKED_AT = 1 << 17


@dataclass(frozen=True, kw_only=True, repr=False)
class Sampling:
    """How a PV is sampled, and where that is known from.

    Attributes
    ----------
    methods : tuple of str
        `MONITOR`, `SCAN` or empty where not told, of the primary and of the secondary.
    step : int, ns
        Usual time from one sample to the next; 0 where there are too few samples to tell.
    shortest_gap : int, ns
        Silences shorter than that, with missed samples in them, are dropouts.
    tolerance : int, ns
        Longer silences of a regular series are suspected.
    is_regular : bool
        Whether samples come in equal steps, so that a silence means something.
    differs : bool
        Whether the two archives sample at different moments, so that each has samples that the other did not lose.
    source : str
        Where the step is known from, for people.
    """

    methods: tuple[str, str]
    step: int
    shortest_gap: int
    tolerance: int
    is_regular: bool
    differs: bool
    source: str

    def __repr__(self) -> str:
        kind = "regular" if self.is_regular else "irregular"
        return f"<Sampling {kind}, step {duration_text(self.step / NS_PER_SECOND)} ({self.source})>"


def sampling_of(union: Merged, sides: tuple[SideEvidence, SideEvidence], min_gap: int | None = None) -> Sampling:
    """Return how a PV is sampled.

    The configuration tells the method and, for SCAN, the shortest step there can be. The step itself comes from the
    union, or, where the archives sample at different moments, from the side that has more samples.

    Parameters
    ----------
    union : Merged
    sides : tuple of SideEvidence
        Primary, secondary.
    min_gap : int, ns, optional
        The shortest gap, and the least tolerance, where somebody sets it.

    Notes
    -----
    Cost: the steps of 131,072 samples at most, and one pass over the times of a regular series.
    """
    methods = _method(sides[0]), _method(sides[1])
    differs = "SCAN" in methods or (methods != ("MONITOR", "MONITOR") and _take_turns(union))
    stamps, of_what = _steady(union, sides) if differs else (union.samples.time, "the union")
    low, median, high = _quartiles(stamps)
    period = max((_scan_period(side) for side in sides), default=0)
    step = max(period, median) if median else 0
    count = len(stamps) - 1
    is_regular = count >= STEPS_OF_REGULAR and high - low <= SPREAD_OF_REGULAR * median
    source = f"inferred from {max(count, 0):,} steps of {of_what}"
    if step > median:
        source = "SCAN period as configured"
    usual = STEPS_OF_TOLERANCE * step
    shortest_gap = usual if min_gap is None else min_gap
    tolerance = max(usual, shortest_gap)
    return Sampling(
        methods=methods,
        step=step,
        shortest_gap=shortest_gap,
        tolerance=max(tolerance, 2 * _usual_silence(stamps, tolerance)) if is_regular else tolerance,
        is_regular=is_regular,
        differs=differs,
        source=source,
    )


def _method(side: SideEvidence) -> str:
    return side.type_info.sampling_method.upper() if side.type_info else ""


def _scan_period(side: SideEvidence) -> int:
    if side.type_info is None or _method(side) != "SCAN":
        return 0
    return round(side.type_info.sampling_period * NS_PER_SECOND)


def _take_turns(union: Merged) -> bool:
    """Return whether samples of one side alone and of the other alone follow each other, over and over."""
    alone = union.origin <= Origin.SECONDARY
    turns = int(np.count_nonzero((union.origin[1:] != union.origin[:-1]) & alone[1:] & alone[:-1]))
    return turns >= STEPS_OF_REGULAR and turns * SAMPLES_OF_A_TURN >= len(alone)


def _steady(union: Merged, sides: tuple[SideEvidence, SideEvidence]) -> tuple[_Times, str]:
    """Return the times of the side that has more samples."""
    cluster, lacks = (
        (sides[0].reading.cluster, Origin.SECONDARY)
        if len(sides[0].reading.samples) >= len(sides[1].reading.samples)
        else (sides[1].reading.cluster, Origin.PRIMARY)
    )
    return union.samples.time[union.origin != lacks], f"the {cluster}, since the two sample at different moments"


def _quartiles(stamps: _Times) -> tuple[int, int, int]:
    """Return the lower quartile, the median and the upper quartile of the steps, ns; zeros for less than two steps."""
    count = len(stamps) - 1
    if count < 2:
        return 0, 0, 0
    rows = np.arange(0, count, -(-count // _LOOKED_AT))
    steps = stamps[rows + 1] - stamps[rows]
    places = [len(steps) // 4, len(steps) // 2, len(steps) * 3 // 4]
    steps.partition(places)
    low, median, high = steps[places].tolist()
    return low, median, high


def _usual_silence(stamps: _Times, tolerance: int) -> int:
    """Return the longest silence that is too frequent to mean anything, ns; 0 where all are rare."""
    rows = followed_late(stamps, tolerance)
    rare = max(RARE_AT_LEAST, len(stamps) // STEPS_OF_RARE)
    if len(rows) <= rare:
        return 0
    silences = np.sort(stamps[rows + 1] - stamps[rows])
    return int(silences[-rare - 1])
