"""`Overview`: all that a comparison tells, but for the samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from archredundancy.coverage.findings.sampling import Sampling
from archredundancy.coverage.states.coverage import Coverage
from archredundancy.coverage.tables.dropout_rates import DropoutRates
from archredundancy.coverage.tables.gaps import Gaps
from archredundancy.coverage.tables.summary import Summary
from archredundancy.coverage.words.as_html import overview_html
from archredundancy.coverage.words.as_json import overview_json
from archredundancy.coverage.words.as_text import overview_text
from archredundancy.model import NEVER, NS_PER_SECOND, FailureKind, ReadFailure, TimeRange, length_ns
from archredundancy.segments import Segments

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Overview", "may_come_yet"]

#: For how long samples may be in the memory of an engine only, ns.
_SETTLES = 60 * NS_PER_SECOND


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Overview:
    """What each side covers, what only one has, what both lost, what nobody can know, and until when.

    It takes memory for each gap, not for each sample, so thousands of them can be kept (`Comparisons`).

    Attributes
    ----------
    pv : str
    egu : str
        Engineering units; empty where not known.
    asked : TimeRange
    now : int, ns since 1970 UTC
    primary, secondary : Coverage
    who : mapping of str to Segments
        `both`, `only_primary`, `only_secondary`, `neither`, `undecided`.
    gaps : Gaps
        Of both sides, those that expire first at the top.
    dropouts : DropoutRates
        Samples lost one by one, as a rate for each side.
    enrichment : DropoutRates
        Samples that one side has besides, since the two sample at different moments; the other has lost nothing.
    sampling : Sampling
        Usual step, and how long a silence must be to mean something.
    summary : Summary
    failures : tuple of (str, ReadFailure)
        Cluster, and what could not be read of it.
    notes : tuple of str
        What could not be learned besides.
    """

    pv: str
    egu: str
    asked: TimeRange
    now: int
    primary: Coverage
    secondary: Coverage
    who: Mapping[str, Segments] = field(repr=False)
    gaps: Gaps
    dropouts: DropoutRates
    enrichment: DropoutRates
    sampling: Sampling
    summary: Summary
    failures: tuple[tuple[str, ReadFailure], ...]
    notes: tuple[str, ...]

    def overview(self) -> Overview:
        """Return the same without samples."""
        return Overview(**{field.name: getattr(self, field.name) for field in fields(Overview)})

    @property
    def needs_merge(self) -> bool:
        """Whether the secondary has samples that the primary lacks."""
        return self.summary.primary.samples_to_gain > 0

    @property
    def unread(self) -> tuple[tuple[str, ReadFailure], ...]:
        """Those of `failures` that will not mend by themselves in a minute."""
        return tuple((cluster, loss) for cluster, loss in self.failures if not may_come_yet(loss, self.now))

    @property
    def is_whole(self) -> bool:
        """Whether all that was asked for could be read from both sides, but for what an engine may have in memory."""
        return not self.unread

    @property
    def is_undecided(self) -> bool:
        """Whether at no time of the range both sides can vouch, so that nothing can be said of what one lacks."""
        return self.asked.duration > 0 and not self.primary.known.intersects(self.secondary.known)

    def expiring(self, within: float) -> Gaps:
        """Return the gaps whose samples the other side may drop in the next `within` seconds."""
        return self.gaps.expiring_before(self._in(within))

    def expires_within(self, within: float) -> bool:
        """Return whether a sample that only the secondary has may be gone in `within` seconds."""
        return self.summary.expires_at != NEVER and self.summary.expires_at < self._in(within)

    def _in(self, seconds: float) -> int:
        return self.now + length_ns("within", seconds)

    def to_json(self) -> dict[str, Any]:
        """Return all but the states of both sides, as JSON would have it; times are text with nine digits."""
        return overview_json(self)

    def to_dataframe(self) -> pd.DataFrame:
        """Return the states of both sides over the whole range, one row a stretch; see `Coverage.to_dataframe`."""
        import pandas as pd

        return pd.concat([self.primary.to_dataframe(), self.secondary.to_dataframe()], ignore_index=True)

    def to_text(self, width: int = 100) -> str:
        """Return it as text for a terminal so many characters wide; no line depends on colour."""
        return overview_text(self, width)

    def to_html(self) -> str:
        """Return it as an HTML fragment with its picture inside: no script, readable on light and dark ground."""
        return overview_html(self)

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()


def may_come_yet(failure: ReadFailure, now: int) -> bool:
    """Return whether a part that was not read is so young that an engine may have it in memory only."""
    return failure.kind is FailureKind.CUT_SHORT and failure.range.start > now - _SETTLES
