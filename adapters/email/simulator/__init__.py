"""A mailbox service on loopback with its customers, for tests and the demo. Never in service."""
