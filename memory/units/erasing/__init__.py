"""Transactions by which something goes for good: erasure, and the end of a retention."""
