"""The tables of a comparison: gaps, dropouts as rates, and the numbers of each side."""
