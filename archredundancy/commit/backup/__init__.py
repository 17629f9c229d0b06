"""Samples kept in files: what both sides had before a run, what it promised, and the way back into a store."""
