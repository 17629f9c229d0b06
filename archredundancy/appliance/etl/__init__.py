"""Moving samples from store to store."""
