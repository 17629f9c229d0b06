"""The union of both sides as a series that can be relied upon, on other time axes, and its statistics."""
