"""`Comparison`: both sides of one PV held against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archredundancy.coverage.comparison.comparison_dataset import comparison_to_dataset
from archredundancy.coverage.comparison.overview import Overview
from archredundancy.merge import Conflicts, Merged
from archredundancy.model import format_time

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Comparison"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Comparison(Overview):
    """Both sides of one PV held against each other, with their samples.

    Attributes
    ----------
    conflicts : Conflicts
    union : Merged
        Both sides' samples as one series, with origin.
    """

    conflicts: Conflicts
    union: Merged

    def to_json(self) -> dict[str, Any]:
        """Return all but the samples as JSON would have it; times are text with nine digits."""
        return super().to_json() | {"conflicts": [format_time(moment) for moment in self.conflicts.time.tolist()]}

    def to_dataset(self) -> xr.Dataset:
        """Return all but the samples as one Dataset, which `archredundancy.save` and `open_saved` keep exactly.

        Returns
        -------
        xarray.Dataset
            - dim "gap": `gap_start` and the other columns of `Gaps.to_dataframe`, but for pv.
            - dim "stretch": `stretch_start` and the other columns of `to_dataframe`: the states of both sides.
            - dim "who": `who_name`, `who_start`, `who_end`, as in `who`.
            - dims "dropout_primary", "dropout_secondary": first, last and count of each run.
            - dim "conflict": `conflict_time`.

            Times are datetime64[ns] UTC, texts `StringDType`. Attributes: the numbers of `Summary.to_dict`, `verdict`,
            the range (`query_start`, `query_end`), `now`, `not_read` and `notes`.

        Examples
        --------
        >>> import archredundancy as ar
        >>> with ar.demo_pair() as pair:
        ...     dataset = pair.compare("DEMO:VALVE", "2026-05-20", "2026-05-30").to_dataset()
        >>> dataset.sizes["gap"], dataset.attrs["primary_samples_to_gain"]
        (1, 12)
        """
        return comparison_to_dataset(self)

    def plot(self, **options: Any) -> Any:
        """Draw both sides and the union coloured by origin; see `archredundancy.plot.plot_comparison`."""
        from archredundancy.plot import plot_comparison  # the one upward import: drawing is asked for by name

        return plot_comparison(self, **options)
