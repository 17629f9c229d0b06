"""What a secondary's merged answer is worth, held against the exact union."""
