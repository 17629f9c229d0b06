"""Saving what was loaded, and reading it back: netCDF, zarr, Parquet, CSV.

A file holds all that `pair.load` or `cluster.load` gave, exactly: times to the nanosecond, values to the bit, each byte
of a string, attributes, and the known intervals, so that it still tells *missing* from *not asked*. netCDF and zarr
follow the conventions that plain xarray reads; Parquet and CSV have one file a series, with one row a sample. The only
loss is CSV's: there every NaN is the same NaN.
"""

from archredundancy.export.formats import Format
from archredundancy.export.saving import check_target, open_saved, save

__all__ = ["Format", "check_target", "open_saved", "save"]
