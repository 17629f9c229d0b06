"""A comparison in words: as text, HTML and JSON, of one PV and of many."""
