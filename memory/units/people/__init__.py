"""Transactions of those who work with the gateway: their cases, sessions and tokens, and what time
does to a case."""
