"""Evidence made by hand, for tests of what is decided from it."""
