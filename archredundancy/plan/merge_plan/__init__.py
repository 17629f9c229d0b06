"""The plan of all PVs: put together from those of single ones, saved, and read back."""
