"""What follows from what is found on both sides: states, gaps and dropouts, clocks, wrong values that are held."""
