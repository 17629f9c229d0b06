"""Merges and appliances that are interrupted: by kills, dying processes, faults by name."""
