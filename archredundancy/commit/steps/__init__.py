"""The steps of one PV before its files are changed, and what all of its steps share."""
