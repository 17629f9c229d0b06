"""What became of a run, made from its journal alone, while it goes on and afterwards."""
