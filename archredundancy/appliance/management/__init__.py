"""Everything below /mgmt/bpl."""
