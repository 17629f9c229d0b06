"""Reasons to hesitate before a merge, or to refuse it; each module has those that one kind of evidence gives."""
