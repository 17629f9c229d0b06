"""The death of an appliance in the middle of its work."""

__all__ = ["Died"]


class Died(BaseException):
    """The appliance is dead: whatever it was doing ends here, and nothing is put in order.

    No exception of the usual kind, so that nobody who handles failures takes it for one.
    """
