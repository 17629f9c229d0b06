"""Samples asked for: windows of a range, answers taken apart and believed or not, and one reading made of them."""
