"""What one side tells of its outages, what the other proves of them, and how a PV is sampled."""
