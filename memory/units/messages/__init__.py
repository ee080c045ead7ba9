"""Transactions of messages on their way: admitted, claimed, decided, delivered."""
