"""`Conflicts`: instants at which the two sides tell different things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from archredundancy.model import DbrType, Ragged, Samples, decode_text, to_dataset

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["Conflicts"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Conflicts:
    """Samples that both sides have at the same instant, with different value, severity or status.

    Attributes
    ----------
    primary, secondary : Samples
        Row `i` of the one stands against row `i` of the other; times are the same, and strictly increase.
    """

    primary: Samples
    secondary: Samples

    def __len__(self) -> int:
        return len(self.primary)

    @property
    def time(self) -> npt.NDArray[np.int64]:
        """Instants of the conflicts, int64, (n,), ns since 1970 UTC."""
        return self.primary.time

    def __repr__(self) -> str:
        return f"<{len(self)} Conflicts, {self.primary.dbr_type.name}>"

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with one row a conflict.

        Columns are time (datetime64[ns], UTC), and value, severity and status of both sides, such as `value_primary`.
        Waveforms are arrays, or lists of text; strings that are no UTF-8 are read as Latin-1; V4 are bytes.
        """
        import pandas as pd

        columns: dict[str, Any] = {"time": self.time.view("datetime64[ns]")}
        for name in ("value", "severity", "status"):
            for cluster, side in (("primary", self.primary), ("secondary", self.secondary)):
                columns[f"{name}_{cluster}"] = _cells(side) if name == "value" else getattr(side, name)
        return pd.DataFrame(columns)

    def to_dataset(self, *, pv: str, **metadata: Any) -> xr.Dataset:
        """Return both sides in one Dataset.

        Parameters
        ----------
        pv : str
        **metadata
            What else `archredundancy.model.to_dataset` takes, such as `asked` and `egu`.

        Returns
        -------
        xarray.Dataset
            Dim "time"; everything else as `to_dataset` gives it, under names such as `value_primary` and
            `severity_secondary`, dimensions included, since waveforms of the two sides differ in length.
        """
        primary, secondary = (
            _suffixed(to_dataset(side, pv=pv, cluster=cluster, **metadata), cluster)
            for cluster, side in (("primary", self.primary), ("secondary", self.secondary))
        )
        return primary.assign(secondary.data_vars).assign_attrs(cluster="both")


def _suffixed(dataset: xr.Dataset, cluster: str) -> xr.Dataset:
    names = {str(name): f"{name}_{cluster}" for name in (*dataset.variables, *dataset.dims) if name != "time"}
    dataset["value"].attrs["ancillary_variables"] = f"severity_{cluster} status_{cluster}"
    return dataset.rename(names)


def _cells(samples: Samples) -> Any:
    """Return one object a row that a table can show."""
    value, dbr_type = samples.value, samples.dbr_type
    if not isinstance(value, Ragged):
        return value
    if dbr_type is DbrType.WAVEFORM_STRING:
        return [[decode_text(text) for text in row] for row in value.to_strings()]
    if dbr_type is DbrType.SCALAR_STRING:
        return [decode_text(text) for text in value.to_bytes()]
    return value.to_bytes() if dbr_type is DbrType.V4_GENERIC_BYTES else value.rows()
