"""Customers as files, and their end: import, export, erasure, and what is kept for how long."""
