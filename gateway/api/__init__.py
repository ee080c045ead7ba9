"""The HTTP API: its endpoints by subject, their bodies, and the one way in which each is
served."""
