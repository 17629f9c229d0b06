"""Both sides of one PV, or of many, held against each other."""
