"""A plan in words: as text, as HTML, as JSON; its tables; how it differs from another."""
