"""Hypothesis strategies: samples, headers, lines, and pairs of sample sets. All of this folder needs hypothesis."""
