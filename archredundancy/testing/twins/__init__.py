"""Slow and obvious twins of what is fast elsewhere, and an oracle made by others."""
