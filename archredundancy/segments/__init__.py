"""Half-open intervals of time and their algebra, on integer nanoseconds and whole arrays."""

from archredundancy.segments.edges import as_ns
from archredundancy.segments.segments import Instant, Segments
from archredundancy.segments.silences import followed_late, silences

__all__ = ["Instant", "Segments", "as_ns", "followed_late", "silences"]
