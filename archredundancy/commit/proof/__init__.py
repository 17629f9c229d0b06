"""Whether the primary holds what it had and what was promised, sample by sample."""
