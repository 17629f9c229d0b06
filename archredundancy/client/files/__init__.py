"""Folders of PB files, asked like a cluster."""
