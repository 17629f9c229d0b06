"""Calls that change something at a cluster; the only ones here."""
