"""Bringing in what customers wrote elsewhere before: files read, sorted, looked at, and brought
in."""
