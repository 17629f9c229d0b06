"""From what is found on both sides to the states of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.findings.declared import Declared
from archredundancy.coverage.findings.findings import Findings
from archredundancy.coverage.findings.own_samples import EARLIEST, row_of
from archredundancy.coverage.findings.sampling import Sampling
from archredundancy.coverage.findings.traces import TRACES
from archredundancy.coverage.findings.witnessed import MissedRuns
from archredundancy.coverage.states.causes import COUNTED, OtherSide, Trace, Verdict, verdict
from archredundancy.coverage.states.coverage import Coverage, Layer
from archredundancy.coverage.states.states import Cause, Proof, State
from archredundancy.segments import Segments

__all__ = ["GapVerdicts", "describe", "judge_gaps", "lost_without_trace"]

#: Two servers note the loss of one IOC in the same second, the next one, or with clocks slightly apart, ns.
SAME_LOSS = 2_000_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class GapVerdicts:
    """Verdict of each witnessed gap.

    Attributes
    ----------
    verdicts : tuple of Verdict
    code : int16, (m,)
        Position in `verdicts` of each gap's.
    """

    verdicts: tuple[Verdict, ...]
    code: npt.NDArray[np.int16]


def judge_gaps(findings: Findings) -> GapVerdicts:
    """Return the verdict of each witnessed gap, by what this side tells of it."""
    plain = TRACES.index(Trace.PLAIN)
    verdicts = [verdict(trace, OtherSide.STORED, Proof.WITNESSED) for trace in TRACES]
    verdicts.append(Verdict(State.SILENT, lost_without_trace(findings, findings.gaps), Proof.WITNESSED))
    code = findings.gap_traces.astype(np.int16)
    code[(code == plain) & _is_counted(findings, findings.gaps)] = len(TRACES)
    return GapVerdicts(verdicts=tuple(verdicts), code=code)


def lost_without_trace(findings: Findings, runs: MissedRuns) -> Cause:
    """Return why samples were lost that no other sample tells of: what the engine counted most of, if anything."""
    events = findings.side.lost_events
    if events is None or not _is_counted(findings, runs).any():
        return Cause.NOT_RECORDED
    name = max(COUNTED, key=lambda name: int(getattr(events, name)))
    return COUNTED[name] if getattr(events, name) else Cause.NOT_RECORDED


def _is_counted(findings: Findings, runs: MissedRuns) -> npt.NDArray[np.bool_]:
    """Return whether each run of missed samples came after the engine began to count."""
    begun = findings.declared.stamp[findings.declared.started]
    return runs.first > (begun[-1] if len(begun) else EARLIEST)


def describe(
    findings: Findings, other: Findings, gaps: GapVerdicts, silences: Segments, sampling: Sampling
) -> Coverage:
    """Return one side's coverage, causes told apart by what the other side shows.

    Parameters
    ----------
    findings, other : Findings
        Of this side and of the other.
    gaps : GapVerdicts
        Of this side.
    silences : Segments
        Of both sides together, in a regular series.
    sampling : Sampling
    """
    asked = findings.side.reading.asked
    told = _told_layers(findings, other)
    proven = [*(layer.segments for layer in told), findings.gaps.segments, findings.unknown]
    whole = Segments.of((asked.start, asked.end))
    return Coverage.from_layers(
        findings.cluster,
        asked,
        [
            Layer(segments=whole, state=State.ACTIVE),
            Layer(
                segments=_unexplained(silences, [*proven, *_signs_of_life(findings, other)], sampling),
                state=State.UNKNOWN,
                cause=Cause.SUSPECTED,
                proof=Proof.SUSPECTED,
            ),
            *told,
            *_witnessed_layers(findings, gaps),
            *(Layer(segments=where, state=State.UNKNOWN, cause=why) for why, where in findings.knowledge.unknown),
        ],
    )


def _unexplained(silences: Segments, explained: list[Segments], sampling: Sampling) -> Segments:
    """Return what is left of silences, where that is still longer than the tolerance."""
    if not len(silences):
        return silences
    for segments in explained:
        silences = silences - segments
    return silences.longer_than(sampling.tolerance - sampling.step)


def _signs_of_life(findings: Findings, other: Findings) -> list[Segments]:
    """Return where a neighbour shows that one of the archives was connected, and the PV told of no start after it."""
    return [neighbour.connected - side.stopped for side in (findings, other) for neighbour in side.side.neighbours]


def _told_layers(findings: Findings, other: Findings) -> list[Layer]:
    """Return what this side tells of its outages, later layers on top."""
    declared = findings.declared
    same = _is_same_loss(declared, other.declared)
    layers = []
    for code in np.unique(findings.traces[declared.is_restart]).tolist():
        within = declared.stopped_within(findings.traces == code, findings.knowledge.begins) - findings.gaps.segments
        for other_side, segments in _by_other_side(within, other).items():
            # Where archiving was only beginning there is no outage to be listed.
            proof = Proof.NONE if TRACES[code] is Trace.BEGAN else Proof.DECLARED
            layers.append(_layer(segments, verdict(TRACES[code], other_side, proof)))
    # Where the clock was off, what the other side stored meanwhile says better when the connection was lost.
    alone = declared.disconnected(~same & ~declared.is_filled & ~(declared.is_off & _has_gap(findings)))
    filled = declared.disconnected(~same & declared.is_filled) & other.not_vouching
    layers.append(_layer(alone | filled, verdict(Trace.RECONNECTED, OtherSide.QUIET)))
    layers.append(_layer(_shared_outages(declared, other.declared, same), verdict(Trace.RECONNECTED, OtherSide.SAME)))
    both_now = OtherSide.SAME if len(other.lost_now) else OtherSide.QUIET
    layers.append(_layer(findings.lost_now, verdict(Trace.DISCONNECTED_NOW, both_now)))
    layers.append(_layer(findings.paused, verdict(Trace.PAUSED_NOW, OtherSide.QUIET)))
    return [layer for layer in layers if len(layer.segments) and layer.state is not State.ACTIVE]


def _has_gap(findings: Findings) -> npt.NDArray[np.bool_]:
    """Return for each sample that tells of an outage whether the other side stored samples during that."""
    found = np.zeros(len(findings.declared), bool)
    found[findings.gap_event[findings.gap_event >= 0]] = True
    return found


def _by_other_side(within: Segments, other: Findings) -> dict[OtherSide, Segments]:
    """Return a stretch cut by what the other side shows of it, where that one cannot vouch."""
    unknown = within & other.unknown
    same = (within & other.disconnected) - other.unknown
    stopped = ((within & other.stopped) - other.unknown) - other.disconnected
    return {OtherSide.UNKNOWN: unknown, OtherSide.SAME: same, OtherSide.STOPPED: stopped}


def _layer(segments: Segments, decided: Verdict) -> Layer:
    return Layer(segments=segments, state=decided.state, cause=decided.cause, proof=decided.proof)


def _witnessed_layers(findings: Findings, gaps: GapVerdicts) -> list[Layer]:
    counts = np.bincount(gaps.code, minlength=len(gaps.verdicts))
    return [
        _layer(findings.gaps.pick(gaps.code == code).segments, gaps.verdicts[code])
        for code in np.flatnonzero(counts).tolist()
    ]


def _is_same_loss(mine: Declared, theirs: Declared) -> npt.NDArray[np.bool_]:
    """Return whether each loss of mine is one of theirs, too: then it was the IOC.

    Both lost it at about the same second of their servers' clocks, or both found it again with the same sample.
    """
    lost = np.sort(theirs.lost[theirs.has_loss])
    near = np.searchsorted(lost, mine.lost - SAME_LOSS, "left") < np.searchsorted(lost, mine.lost + SAME_LOSS, "right")
    again = row_of(mine.stamp, theirs.stamp[theirs.has_loss]) >= 0
    same: npt.NDArray[np.bool_] = mine.has_loss & (near | again)
    return same


def _shared_outages(mine: Declared, theirs: Declared, same: npt.NDArray[np.bool_]) -> Segments:
    """Return where both had lost the connection.

    Two servers write down one loss up to a second apart, which is nobody's outage: it lasted as long as either says,
    within own samples.
    """
    also_theirs = theirs.disconnected(_is_same_loss(theirs, mine))
    own = Segments.from_arrays(mine.previous[same], mine.stamp[same])
    other_losses = mine.disconnected(~same) & theirs.disconnected(np.ones(len(theirs), bool))
    return mine.disconnected(same) | (also_theirs & own) | other_losses
