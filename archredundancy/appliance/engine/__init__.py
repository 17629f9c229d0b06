"""The part of an appliance that samples PVs."""
