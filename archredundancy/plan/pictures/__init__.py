"""The picture of a plan, and what every picture of it shows."""
