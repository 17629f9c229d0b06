"""PB files in stores: names, partitions, reading ranges, appending forward in time."""
