"""The journal of a run, and what it says about a PV: its state, its folders, its pause."""
