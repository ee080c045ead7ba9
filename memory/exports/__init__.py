"""Customers given out, as rows and shapes of a file."""
