"""What the process of a run does: batches of PVs, each from its lock to its end, and how long each was not recorded."""
