"""Transactions over what is remembered: facts, episodes, history, vectors."""
