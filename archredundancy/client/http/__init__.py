"""The seam to the network: what is needed of it, requests by httpx, waiting for bytes, what an answer means, URLs."""
