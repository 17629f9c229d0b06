"""The seam to the network: requests, how long to wait for bytes, what a status means, and text of URLs."""
