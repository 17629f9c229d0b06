"""Answers of getData in each of its formats."""
