"""Half-open intervals of time and their algebra, on integer nanoseconds and whole arrays."""

from archredundancy.segments.segments import Segments

__all__ = ["Segments"]
