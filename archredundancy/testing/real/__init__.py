"""Pairs that other people use: only scratch PVs are made there, and deleted again."""
