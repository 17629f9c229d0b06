"""Dropouts of both sides, as rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archredundancy.coverage.tables.gaps import Dropouts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DropoutRates"]


class DropoutRates(NamedTuple):
    """Samples that each side lost one by one, in silences too short to be gaps.

    Attributes
    ----------
    primary, secondary : Dropouts
        What that side lacks, run by run.
    """

    primary: Dropouts
    secondary: Dropouts

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a side; `dropouts.primary.to_dataframe()` has one a run.

        Columns are cluster, samples, runs, per_known_hour (float64, NaN where nothing is known) and expires_at
        (datetime64[ns] UTC, NaT where nothing expires).
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "cluster": [side.cluster for side in self],
                "samples": [side.total for side in self],
                "runs": [len(side.first) for side in self],
                "per_known_hour": [side.per_known_hour for side in self],
                "expires_at": np.array([side.expires_at for side in self], np.int64).view("datetime64[ns]"),
            }
        )

    def __repr__(self) -> str:
        return f"<DropoutRates {self.primary!r} {self.secondary!r}>"

    def _repr_html_(self) -> str:
        return self.to_dataframe().to_html(border=0, index=False)
