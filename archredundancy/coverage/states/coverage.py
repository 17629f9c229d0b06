"""`Coverage`: one side's states over a range, without holes."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.states.kleene import Claim, ThreeValued, common_range
from archredundancy.coverage.states.share import Share
from archredundancy.coverage.states.states import Cause, Presence, Proof, State
from archredundancy.model import TimeRange
from archredundancy.segments import Segments, as_ns

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["Coverage", "Layer", "combine"]

#: What the stretches of a layer share.
_Words = tuple[State, Cause, Proof]

_ABSENT = (State.DISCONNECTED, State.STOPPED, State.SILENT)
#: Stretches that HTML shows; the rest is left out in the middle.
ROWS = 12
_PRESENCE = np.array([Presence.UNKNOWN, Presence.PRESENT, Presence.ABSENT, Presence.ABSENT, Presence.ABSENT], np.int8)


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Stretches that share a state, a cause and a proof."""

    segments: Segments
    state: State
    cause: Cause = Cause.NONE
    proof: Proof = Proof.NONE

    @property
    def words(self) -> _Words:
        """What its stretches share."""
        return self.state, self.cause, self.proof


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Coverage:
    """States of one PV at one archiver: stretches that fill a range, in order, neighbours differing.

    Two are equal if they have the same cluster and range, and the same state, cause and proof at each instant.

    `primary & secondary` claims that both have what happened; so do `|` (at least one), `-` (this one alone), `^` (just
    one) and `~` (not this one) in Kleene's logic, in which an unknown side decides nothing: see `Claim`.

    Attributes
    ----------
    cluster : str
    asked : TimeRange
    start, end : int64, (m,), ns since 1970 UTC
        Half-open stretches; each begins where the last one ends.
    layer : intp, (m,)
        Which of `layers` each stretch belongs to.
    layers : tuple of Layer
        One for all stretches that share state, cause and proof, in the order in which they appear.

    Examples
    --------
    >>> day = 86_400_000_000_000
    >>> always, nine_days = Segments.of((0, 10 * day)), Segments.of((0, 9 * day))
    >>> primary = Coverage.from_segments((0, 10 * day), known=always, active=nine_days)
    >>> secondary = Coverage.from_segments((0, 10 * day), known=Segments.of((5 * day, 10 * day)))
    >>> print(primary.share)
    90.00 % of 10 d known
    >>> (secondary - primary).active
    <1 Segments, 86400 s within 1970-01-10T00:00:00.000000000Z .. 1970-01-11T00:00:00.000000000Z>
    """

    cluster: str
    asked: TimeRange
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    layer: npt.NDArray[np.intp]
    layers: tuple[Layer, ...]

    @classmethod
    def from_layers(cls, cluster: str, asked: TimeRange, layers: Sequence[Layer]) -> Coverage:
        """Paint layers over each other, later ones on top; where none is, the state is unknown.

        Cost: a few passes over the edges of each layer, and a sort of what shows.
        """
        ground = Layer(segments=Segments.of((asked.start, asked.end)), state=State.UNKNOWN)
        shown: dict[_Words, Segments] = {}
        hidden = Segments.empty()
        for layer in reversed((ground, *layers)):
            segments = layer.segments.clip(asked.start, asked.end)
            if visible := segments - hidden:
                shown[layer.words] = shown.get(layer.words, Segments.empty()) | visible
                hidden |= segments
        return cls._from_shown(cluster, asked, shown)

    @classmethod
    def _from_shown(cls, cluster: str, asked: TimeRange, shown: Mapping[_Words, Segments]) -> Coverage:
        """Return the coverage of disjoint segments that fill the range, one for each of the words."""
        words = sorted(shown, key=lambda each: shown[each][0])
        start = np.concatenate([np.empty(0, np.int64), *(shown[each].start for each in words)])
        order = np.argsort(start, kind="stable")
        return cls(
            cluster=cluster,
            asked=asked,
            start=start[order],
            end=np.append(start[order], asked.end)[1:],
            layer=np.repeat(np.arange(len(words)), [len(shown[each]) for each in words])[order],
            layers=tuple(Layer(segments=shown[each], state=each[0], cause=each[1], proof=each[2]) for each in words),
        )

    @classmethod
    def from_segments(
        cls,
        asked: TimeRange | tuple[int, int],
        *,
        known: Segments,
        active: Segments | None = None,
        absent_as: State = State.SILENT,
        cluster: str = "",
    ) -> Coverage:
        """Return the coverage that is active where `active`, absent where it is only `known`, and else unknown.

        Parameters
        ----------
        asked : TimeRange, or (start, end) in ns since 1970 UTC
        known : Segments
            Where the archiver can vouch. What lies outside of the range is cut off.
        active : Segments, optional
            Only what lies inside `known` counts; all of it if not given.
        absent_as : State
            What the archiver was where it was known and not active.
        cluster : str

        Raises
        ------
        InputError
            If the range ends before it starts.
        """
        claim = Claim.of(asked, known=known, active=known if active is None else active)
        layers = [Layer(segments=claim.absent, state=absent_as), Layer(segments=claim.active, state=State.ACTIVE)]
        return cls.from_layers(cluster, claim.asked, layers)

    def __len__(self) -> int:
        return len(self.start)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Coverage):
            return NotImplemented
        return (self.cluster, self.asked, self.layers) == (other.cluster, other.asked, other.layers)

    def __hash__(self) -> int:
        return hash((self.cluster, self.asked, self.layers))

    @property
    def state(self) -> npt.NDArray[np.int8]:
        """State of each stretch, int8, (m,)."""
        return np.array([layer.state for layer in self.layers], np.int8)[self.layer]

    @property
    def presence(self) -> npt.NDArray[np.int8]:
        """Presence of each stretch, int8, (m,)."""
        return _PRESENCE[self.state]

    def state_at(self, times: npt.ArrayLike) -> npt.NDArray[np.int8]:
        """Return the state at each instant, int8, in the shape of `times` (ns since 1970 UTC); unknown outside.

        Cost: a search for each instant.
        """
        stamps = as_ns(times)
        states = np.append(self.state, np.int8(State.UNKNOWN))[np.searchsorted(self.end, stamps, "right")]
        return np.where(stamps < self.asked.start, np.int8(State.UNKNOWN), states)

    def segments(self, *states: State) -> Segments:
        """Return where the PV was in any of these states."""
        chosen = [layer.segments for layer in self.layers if layer.state in states]
        return reduce(operator.or_, chosen, Segments.empty())

    @property
    def known(self) -> Segments:
        """Where the archiver can vouch either way."""
        return self.segments(State.ACTIVE, *_ABSENT)

    @property
    def unknown(self) -> Segments:
        """Where nobody can tell."""
        return self.segments(State.UNKNOWN)

    @property
    def active(self) -> Segments:
        """Where the archiver was connected and the last value holds."""
        return self.segments(State.ACTIVE)

    @property
    def absent(self) -> Segments:
        """Where it is known that the archiver was not recording."""
        return self.segments(*_ABSENT)

    @property
    def share(self) -> Share:
        """How much of what is known is active, with how much is known beside it."""
        return self.claim.share

    @property
    def claim(self) -> Claim:
        """The statement that this archiver has what happened, without states and causes."""
        return Claim(asked=self.asked, active=self.active, absent=self.absent)

    def __and__(self, other: ThreeValued) -> Claim:
        return self.claim & other

    def __or__(self, other: ThreeValued) -> Claim:
        return self.claim | other

    def __sub__(self, other: ThreeValued) -> Claim:
        return self.claim - other

    def __xor__(self, other: ThreeValued) -> Claim:
        return self.claim ^ other

    def __invert__(self) -> Claim:
        return ~self.claim

    def restrict(self, start: int, end: int) -> Coverage:
        """Return the coverage of the part of its range inside `[start, end)`, ns since 1970 UTC.

        Raises
        ------
        InputError
            If nothing of the range lies inside.
        """
        return Coverage.from_layers(self.cluster, common_range(self.asked, start, end), self.layers)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a stretch: cluster, start, end (datetime64[ns] UTC), state, cause, evidence."""
        import pandas as pd

        return pd.DataFrame(
            {
                "cluster": self.cluster,
                "start": self.start.view("datetime64[ns]"),
                "end": self.end.view("datetime64[ns]"),
                "state": self._texts([layer.state.label for layer in self.layers]),
                "cause": self._texts([layer.cause.value for layer in self.layers]),
                "evidence": self._texts([layer.proof.value for layer in self.layers]),
            }
        )

    def to_dataset(self) -> xr.Dataset:
        """Return one row a stretch, dim "stretch", as the node `coverage` of a loaded tree has it for both sides."""
        from archredundancy.coverage.states.as_dataset import coverages_to_dataset

        return coverages_to_dataset([self])

    @classmethod
    def from_dataset(cls, dataset: xr.Dataset | xr.DataTree, cluster: str | None = None) -> Coverage:
        """Return what `to_dataset` gave, or one cluster of a loaded tree's node `coverage`.

        Parameters
        ----------
        dataset : xarray.Dataset or DataTree node
        cluster : str, optional
            Needed where the rows are of several.

        Raises
        ------
        DatasetError
            If a variable is missing, the cluster is not there, or the stretches do not fill a range.
        """
        from archredundancy.coverage.states.as_dataset import dataset_to_coverage

        return dataset_to_coverage(dataset, cluster)

    def __repr__(self) -> str:
        counts = f"{len(self):,} stretch" + ("" if len(self) == 1 else "es")
        return f"<Coverage of {self.cluster or 'one side'} over {self.asked}: active for {self.share}; {counts}>"

    def _repr_html_(self) -> str:
        table = self.to_dataframe().drop(columns="cluster")
        return f"<p>{escape(repr(self)[1:-1])}</p>\n{table.to_html(max_rows=ROWS, border=0, index=False)}"

    def _texts(self, of_layers: list[str]) -> npt.NDArray[np.object_]:
        return np.array(of_layers, object)[self.layer]


def combine(primary: Coverage, secondary: Coverage) -> dict[str, Segments]:
    """Return who has what, by Kleene's logic: missing or unknown is unknown.

    Returns
    -------
    dict of str to Segments
        `both`, `only_primary`, `only_secondary` (what a merge can recover), `neither` (lost, or nothing to archive),
        `undecided` (at least one is unknown); disjoint, and together all that was asked of either.
    """
    mine, theirs = primary.claim, secondary.claim
    either = mine | theirs
    decided = mine.known & theirs.known
    return {
        "both": (mine & theirs).active,
        "only_primary": (mine - theirs).active,
        "only_secondary": (theirs - mine).active,
        "neither": either.absent,
        "undecided": decided.complement(either.asked.start, either.asked.end),
    }
