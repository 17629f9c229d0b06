"""What is done to a pair of archivers, and what a comparison must find of it."""
