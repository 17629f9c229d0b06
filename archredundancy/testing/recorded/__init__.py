"""What two real appliances did, as it was recorded: looked up, asked again, replayed, compared."""
