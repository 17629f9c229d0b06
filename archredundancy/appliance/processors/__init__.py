"""Post-processors: what an answer can make of samples before it sends them."""
