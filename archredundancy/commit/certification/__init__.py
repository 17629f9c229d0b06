"""A merge walked on scratch PVs before it is walked on anything that matters, and what came of it."""
