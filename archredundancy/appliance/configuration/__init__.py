"""What an appliance keeps about its PVs, and how names are looked up in it."""
