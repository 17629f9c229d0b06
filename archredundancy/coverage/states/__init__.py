"""The states of a side over a range, why it was in them, and the logic of covered, missing and unknown."""
