"""Embedded pairs: one whose merge touches everything, stores of all partitions, many PVs, processes of their own."""
