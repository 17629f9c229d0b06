"""Plans made by asking: both clusters, and the folder of runs, for what earlier ones have left, proven or saved."""
