"""What the management interface says, as dataclasses: calls that only read, and how their replies are read."""
