"""Other appliances as a source of samples."""
