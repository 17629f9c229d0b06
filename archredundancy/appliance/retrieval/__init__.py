"""Everything below /retrieval: requests, the stores they ask, and how streams become one answer."""
