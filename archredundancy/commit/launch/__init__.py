"""Starting a run: what must be approved first, the process of its own that it gets, and following its journal."""
